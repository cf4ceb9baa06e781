import type { Say } from '#core/locale/say.ts'
import { eventTypeWords } from '#core/locale/words/app-event-types.ts'
import { useSay } from '../language.tsx'
import { SelectField, TextField } from '../ui/field.tsx'

const UNITS = [
  [10_080, 'hours.weeks'],
  [1440, 'hours.days'],
  [60, 'hours.hours'],
] as const

/** 90 → 90 minutes, 120 → 2 hours, 2880 → 2 days: the largest unit that fits without a rest. */
export function lengthWords(say: Say<keyof typeof eventTypeWords.en>, minutes: number): string {
  const [size, key] = UNITS.find(([unit]) => minutes >= unit && minutes % unit === 0) ?? [
    1,
    'hours.minutes' as const,
  ]
  return say(key, { n: minutes / size })
}

type LengthProps = {
  label: string
  hint?: string
  value: number
  options: readonly number[]
  onChange: (minutes: number) => void
  className?: string
}

/** One of some usual lengths; an unusual one that is already set stays choosable. */
export function LengthField({ label, hint, value, options, onChange, className }: LengthProps) {
  const say = useSay(eventTypeWords)
  const all = [...new Set([...options, value])].sort((a, b) => a - b)
  return (
    <SelectField
      label={label}
      {...(hint ? { hint } : {})}
      {...(className ? { className } : {})}
      value={value}
      onChange={(event) => onChange(Number(event.target.value))}
    >
      {all.map((minutes) => (
        <option key={minutes} value={minutes}>
          {lengthWords(say, minutes)}
        </option>
      ))}
    </SelectField>
  )
}

type NumberProps = {
  label: string
  hint?: string
  error?: string | undefined
  value: number | null
  min: number
  max: number
  placeholder?: string
  onChange: (n: number | null) => void
  className?: string
}

/** A whole number; empty means none. What is not a number stays visible as typed and is told beside the field. */
export function NumberField({
  label,
  hint,
  error,
  value,
  min,
  max,
  placeholder,
  onChange,
  className,
}: NumberProps) {
  return (
    <TextField
      type="number"
      inputMode="numeric"
      label={label}
      {...(hint ? { hint } : {})}
      {...(className ? { className } : {})}
      error={error}
      min={min}
      max={max}
      placeholder={placeholder}
      value={value !== null && Number.isNaN(value) ? '' : (value ?? '')}
      onChange={(event) => onChange(event.target.value === '' ? null : event.target.valueAsNumber)}
    />
  )
}
