import { useId, type ComponentProps, type ReactNode } from 'react'
import { cx } from './look.ts'

type TickProps = Omit<ComponentProps<'input'>, 'type' | 'className' | 'id'> & {
  label: ReactNode
  hint?: ReactNode
  className?: string
}

/** A checkbox whose whole row is the target. */
export const Tick = (props: TickProps) => <Box {...props} type="checkbox" />

/** One of several: a radio button whose whole row is the target. */
export const Choice = (props: TickProps) => <Box {...props} type="radio" />

function Box({ label, hint, className, type, ...rest }: TickProps & { type: 'checkbox' | 'radio' }) {
  const id = useId()
  return (
    <div className={cx('flex min-h-11 items-start gap-3', className)}>
      <input
        {...rest}
        id={id}
        type={type}
        className="tick mt-2.5"
        aria-describedby={hint ? `${id}-hint` : undefined}
      />
      <div className="grid flex-1 py-2.5">
        <label htmlFor={id} className={rest.disabled ? 'text-muted' : undefined}>
          {label}
        </label>
        {hint && (
          <span id={`${id}-hint`} className="text-sm text-muted">
            {hint}
          </span>
        )}
      </div>
    </div>
  )
}

type SwitchProps = {
  label: ReactNode
  hint?: ReactNode
  on: boolean
  onChange: (on: boolean) => void
  disabled?: boolean
  className?: string
}

/** For what takes effect at once. */
export function Switch({ label, hint, on, onChange, disabled = false, className }: SwitchProps) {
  const id = useId()
  return (
    <div className={cx('flex min-h-11 items-center justify-between gap-4', className)}>
      <div className="grid">
        <span id={`${id}-label`} className="font-medium">
          {label}
        </span>
        {hint && (
          <span id={`${id}-hint`} className="text-sm text-muted">
            {hint}
          </span>
        )}
      </div>
      <button
        type="button"
        role="switch"
        aria-checked={on}
        aria-labelledby={`${id}-label`}
        aria-describedby={hint ? `${id}-hint` : undefined}
        disabled={disabled}
        onClick={() => onChange(!on)}
        className="group inline-grid h-11 w-12 flex-none place-content-center rounded-control disabled:opacity-55"
      >
        <span className="flex h-6 w-11 items-center rounded-full border border-border-strong bg-sunken p-0.5 transition-colors group-aria-checked:border-primary group-aria-checked:bg-primary">
          <span className="size-4.5 rounded-full bg-border-strong transition-transform group-aria-checked:translate-x-5 group-aria-checked:bg-on-primary rtl:group-aria-checked:-translate-x-5" />
        </span>
      </button>
    </div>
  )
}
