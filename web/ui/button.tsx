import type { ComponentProps, ReactNode } from 'react'
import { cx } from './look.ts'

export type Tone = 'primary' | 'plain' | 'quiet' | 'danger' | 'danger-full'
export type Look = { tone?: Tone; small?: boolean; wide?: boolean }

const TONES: Record<Tone, string> = {
  primary: 'bg-primary text-on-primary hover:bg-primary-hover border border-transparent',
  plain: 'bg-surface text-text border border-border-strong hover:border-text',
  quiet:
    'bg-transparent text-primary border border-transparent hover:bg-primary-soft hover:text-on-primary-soft',
  danger: 'bg-surface text-danger border border-danger hover:bg-danger-soft hover:text-on-danger-soft',
  'danger-full': 'bg-danger text-surface border border-transparent hover:opacity-90',
}

/** The look of a button, for links that act like one. */
export const buttonLook = ({ tone = 'plain', small = false, wide = false }: Look = {}): string =>
  cx(
    'inline-flex items-center justify-center gap-2 rounded-control text-center font-medium wrap-normal transition-colors',
    'aria-disabled:opacity-60 disabled:opacity-60',
    small ? 'min-h-11 px-3 py-1.5 text-sm @3xl:min-h-9 pointer-coarse:min-h-11' : 'min-h-11 px-4 py-2',
    wide && 'w-full',
    TONES[tone],
  )

type ButtonProps = ComponentProps<'button'> & Look & { icon?: ReactNode; busy?: boolean }

/** While `busy` it keeps its place, its words and the focus; it only stops answering. */
export function Button({
  tone,
  small,
  wide,
  icon,
  busy = false,
  className,
  children,
  onClick,
  type = 'button',
  ...rest
}: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      className={cx(
        buttonLook({ ...(tone ? { tone } : {}), ...(small ? { small } : {}), ...(wide ? { wide } : {}) }),
        className,
      )}
      aria-disabled={busy || undefined}
      aria-busy={busy || undefined}
      onClick={(event) => (busy ? event.preventDefault() : onClick?.(event))}
    >
      {busy ? <Spinner /> : icon}
      {children}
    </button>
  )
}

type IconButtonProps = Omit<ComponentProps<'button'>, 'aria-label'> & { label: string }

/** Only an icon to see, words for everyone who asks. */
export function IconButton({ label, className, children, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      aria-label={label}
      title={label}
      className={cx(
        'inline-grid size-11 flex-none place-content-center rounded-control text-muted hover:bg-primary-soft hover:text-on-primary-soft disabled:opacity-50',
        className,
      )}
    >
      {children}
    </button>
  )
}

export const Spinner = () => (
  <span
    aria-hidden="true"
    className="size-4 flex-none animate-spin rounded-full border-2 border-current border-t-transparent motion-reduce:animate-none"
  />
)
