import { cx } from './ui/look.ts'

/** How many requests wait, as a number to see and in words to hear. */
export const RequestCount = ({ n, words, className }: { n: number; words: string; className?: string }) => (
  <span
    className={cx(
      'rounded-full bg-accent-soft px-2.5 text-sm font-medium text-on-accent-soft forced-colors:border',
      className,
    )}
  >
    <span aria-hidden="true">{n}</span>
    <span className="sr-only">, {words}</span>
  </span>
)
