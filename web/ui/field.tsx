import { useId, useState, type ComponentProps, type ReactNode } from 'react'
import { Eye, EyeOff } from 'lucide-react'
import { cx } from './look.ts'

type Told = {
  label: ReactNode
  hint?: ReactNode
  error?: string | undefined
  optional?: string
  hideLabel?: boolean
}
type Wired = { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true }

/** Label above, hint below it, what is wrong right at the control; all three read together. */
export function Field({
  label,
  hint,
  error,
  optional,
  hideLabel = false,
  className,
  children,
}: Told & { className?: string; children: (wired: Wired) => ReactNode }) {
  const id = useId()
  const described = [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ')
  return (
    <div className={cx('grid content-start gap-1.5', className)}>
      <label htmlFor={id} className={cx('text-sm font-medium', hideLabel && 'sr-only')}>
        {label} {optional && <span className="font-normal text-muted">({optional})</span>}
      </label>
      {children({
        id,
        ...(described ? { 'aria-describedby': described } : {}),
        ...(error ? { 'aria-invalid': true } : {}),
      })}
      {hint && (
        <p id={`${id}-hint`} className="text-sm text-muted">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className="text-sm font-medium text-danger">
          {error}
        </p>
      )}
    </div>
  )
}

type Inner<Tag extends 'input' | 'select' | 'textarea'> = Omit<ComponentProps<Tag>, 'id' | 'className'> &
  Told & { className?: string }

export function TextField({ label, hint, error, optional, hideLabel, className, ...rest }: Inner<'input'>) {
  return (
    <Field {...told({ label, hint, error, optional, hideLabel, className })}>
      {(wired) => <input {...rest} {...wired} className="control" />}
    </Field>
  )
}

export function TextArea({
  label,
  hint,
  error,
  optional,
  hideLabel,
  className,
  rows = 3,
  ...rest
}: Inner<'textarea'>) {
  return (
    <Field {...told({ label, hint, error, optional, hideLabel, className })}>
      {(wired) => <textarea {...rest} {...wired} rows={rows} className="control field-sizing-content" />}
    </Field>
  )
}

export function SelectField({
  label,
  hint,
  error,
  optional,
  hideLabel,
  className,
  children,
  ...rest
}: Inner<'select'>) {
  return (
    <Field {...told({ label, hint, error, optional, hideLabel, className })}>
      {(wired) => (
        <select {...rest} {...wired} className="control">
          {children}
        </select>
      )}
    </Field>
  )
}

/** Pasting is welcome, and one may look at what one typed (WCAG 3.3.8). */
export function PasswordField({
  label,
  hint,
  error,
  optional,
  hideLabel,
  className,
  show,
  hide,
  ...rest
}: Inner<'input'> & { show: string; hide: string }) {
  const [open, setOpen] = useState(false)
  return (
    <Field {...told({ label, hint, error, optional, hideLabel, className })}>
      {(wired) => (
        <span className="relative block">
          <input
            {...rest}
            {...wired}
            type={open ? 'text' : 'password'}
            className="control pe-12"
            spellCheck={false}
            autoCapitalize="none"
          />
          <button
            type="button"
            aria-label={open ? hide : show}
            aria-pressed={open}
            onClick={() => setOpen(!open)}
            className="absolute inset-y-0 end-0 grid w-11 place-content-center rounded-control text-muted hover:text-text"
          >
            {open ? <EyeOff size={18} aria-hidden /> : <Eye size={18} aria-hidden />}
          </button>
        </span>
      )}
    </Field>
  )
}

type Loose = {
  label: ReactNode
  hint: ReactNode
  error: string | undefined
  optional: string | undefined
  hideLabel: boolean | undefined
  className: string | undefined
}
// Absent and undefined are two things to the compiler here; to a field they are one.
const told = (props: Loose): Told & { className?: string } =>
  Object.fromEntries(Object.entries(props).filter(([, value]) => value !== undefined)) as Told
