import { Check } from 'lucide-react'
import { accountWords } from '#core/locale/words/app-accounts.ts'
import { useSay } from '../language.tsx'
import { cx } from '../ui/look.ts'

const STEPS = ['account', 'hours', 'calendar', 'try'] as const
export type SetupStep = (typeof STEPS)[number]

/** Where one is on the way. */
export function SetupProgress({ step }: { step: SetupStep }) {
  const say = useSay(accountWords)
  const at = STEPS.indexOf(step)
  return (
    <nav aria-label={say('setup.steps')} className="mb-6">
      <ol className="flex flex-wrap gap-x-4 gap-y-2 text-sm font-medium">
        {STEPS.map((name, index) => (
          <li
            key={name}
            aria-current={index === at ? 'step' : undefined}
            className={cx('flex items-center gap-2', index === at ? 'text-text' : 'text-muted')}
          >
            <span
              aria-hidden="true"
              className={cx(
                'grid size-6 place-content-center rounded-full border text-xs font-bold',
                index < at && 'border-primary bg-primary text-on-primary',
                index === at && 'border-accent bg-accent text-on-accent',
                index > at && 'border-border-strong',
              )}
            >
              {index < at ? <Check size={14} /> : index + 1}
            </span>
            <span className={cx(index !== at && 'sr-only @md:not-sr-only')}>{say(`setup.step.${name}`)}</span>
          </li>
        ))}
      </ol>
    </nav>
  )
}
