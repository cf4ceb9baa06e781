import { useId, type ReactNode } from 'react'
import { cx } from './look.ts'

type CardProps = {
  title?: ReactNode
  actions?: ReactNode
  lead?: ReactNode
  children?: ReactNode
  className?: string
  flush?: boolean
}

/** A quiet box with a heading. `flush` leaves the padding to its rows. */
export function Card({ title, actions, lead, children, className, flush = false }: CardProps) {
  const id = useId()
  return (
    <section
      aria-labelledby={title ? id : undefined}
      className={cx('hairline min-w-0 rounded-card bg-surface', className)}
    >
      {title && (
        <header
          className={cx(
            'flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-5 pt-4',
            flush ? 'border-b border-border pb-4' : 'pb-1',
          )}
        >
          <div className="grid gap-1">
            <h2 id={id} className="text-md font-medium">
              {title}
            </h2>
            {lead && <p className="text-sm text-muted">{lead}</p>}
          </div>
          {actions}
        </header>
      )}
      {flush ? children : <div className={cx('px-5 pb-5', title ? 'pt-3' : 'pt-5')}>{children}</div>}
    </section>
  )
}

/** Rows between hairlines, inside a `flush` card. */
export const Rows = ({ children, className }: { children: ReactNode; className?: string }) => (
  <ul className={cx('divide-y divide-border', className)}>{children}</ul>
)
export const Row = ({ children, className }: { children: ReactNode; className?: string }) => (
  <li className={cx('flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-3', className)}>{children}</li>
)
