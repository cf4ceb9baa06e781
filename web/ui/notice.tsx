import { CircleCheck, Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { cx } from './look.ts'

export type NoticeTone = 'warn' | 'bad' | 'note' | 'good'

const TONES: Record<NoticeTone, { look: string; Icon: typeof Info }> = {
  warn: { look: 'bg-accent-soft text-on-accent-soft', Icon: TriangleAlert },
  bad: { look: 'bg-danger-soft text-on-danger-soft', Icon: TriangleAlert },
  note: { look: 'bg-info-soft text-on-info-soft', Icon: Info },
  good: { look: 'bg-primary-soft text-on-primary-soft', Icon: CircleCheck },
}

type NoticeProps = {
  tone?: NoticeTone
  title?: ReactNode
  children?: ReactNode
  actions?: ReactNode
  className?: string
  live?: boolean
}

/** What happened, what it means, what one can do. `live` when it appears in answer to something the reader did. */
export function Notice({ tone = 'note', title, children, actions, className, live = false }: NoticeProps) {
  const { look, Icon } = TONES[tone]
  return (
    <div
      role={live ? (tone === 'bad' ? 'alert' : 'status') : undefined}
      className={cx(
        'flex flex-wrap items-center gap-x-4 gap-y-3 rounded-card px-4 py-3 forced-colors:border',
        look,
        className,
      )}
    >
      <div className="flex min-w-0 flex-1 basis-64 gap-3">
        <Icon size={18} aria-hidden className="mt-1 flex-none" />
        <div className="grid min-w-0 gap-0.5">
          {title && <strong className="font-bold">{title}</strong>}
          {children && <div className="min-w-0">{children}</div>}
        </div>
      </div>
      {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
    </div>
  )
}
