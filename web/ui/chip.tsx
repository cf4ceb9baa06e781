import type { ReactNode } from 'react'
import { cx } from './look.ts'

export type ChipTone = 'good' | 'warn' | 'bad' | 'note' | 'plain'

const TONES: Record<ChipTone, string> = {
  good: 'bg-primary-soft text-on-primary-soft',
  warn: 'bg-accent-soft text-on-accent-soft',
  bad: 'bg-danger-soft text-on-danger-soft',
  note: 'bg-info-soft text-on-info-soft',
  plain: 'bg-sunken text-muted',
}

export const Chip = ({
  tone = 'plain',
  icon,
  children,
  className,
}: {
  tone?: ChipTone
  icon?: ReactNode
  children: ReactNode
  className?: string
}) => (
  <span
    className={cx(
      'inline-flex max-w-full items-center gap-1.5 rounded-full px-2.5 py-0.5 text-xs font-medium wrap-normal forced-colors:border',
      TONES[tone],
      className,
    )}
  >
    {icon}
    {children}
  </span>
)
