type PillsProps<Value extends string> = {
  label: string
  options: readonly { value: Value; label: string }[]
  value: Value
  onChange: (value: Value) => void
}

/** A few views of one list; the pressed one is shown. */
export function Pills<Value extends string>({ label, options, value, onChange }: PillsProps<Value>) {
  return (
    <div role="group" aria-label={label} className="flex flex-wrap gap-1.5">
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
          className="min-h-8 rounded-full bg-sunken px-3 text-sm font-medium text-muted hover:text-text aria-pressed:bg-primary-soft aria-pressed:text-on-primary-soft pointer-coarse:min-h-11 forced-colors:border forced-colors:aria-pressed:border-2"
        >
          {option.label}
        </button>
      ))}
    </div>
  )
}
