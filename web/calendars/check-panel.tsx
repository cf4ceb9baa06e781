import { useMutation } from '@tanstack/react-query'
import { Check, TriangleAlert, Zap } from 'lucide-react'
import { calendarWords } from '#core/locale/words/app-calendars.ts'
import { calendars } from '../api.ts'
import type { CheckStep, Connection } from '../api-types.ts'
import { useLanguage, useSay } from '../language.tsx'
import { ProblemNotice } from '../problem.tsx'
import { calendarsChanged } from '../queries.ts'
import { Button } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { Chip } from '../ui/chip.tsx'
import { serverOf, useReason } from './reason.tsx'

/** Tries everything once, on the real calendar, and says what came of it. */
export function CheckPanel({ connection, named }: { connection: Connection; named: boolean }) {
  const say = useSay(calendarWords)
  const check = useMutation({
    mutationFn: () => calendars.check(connection.id),
    onSettled: () => calendarsChanged(),
  })
  const content = () => {
    switch (check.status) {
      case 'idle':
        return <p className="px-5 py-4 text-sm text-muted">{say('cal.check.idle')}</p>
      case 'pending':
        return (
          <p role="status" className="px-5 py-4 text-sm text-muted">
            {say('cal.check.running')}
          </p>
        )
      case 'error':
        return (
          <div className="p-4">
            <ProblemNotice error={check.error} />
          </div>
        )
      case 'success':
        return (
          <ul className="divide-y divide-border">
            {check.data.steps.map((step) => (
              <StepLine key={step.step} step={step} account={connection.account} />
            ))}
          </ul>
        )
    }
  }
  return (
    <Card
      flush
      title={named ? say('cal.check.title_of', { account: connection.account }) : say('cal.check.title')}
      actions={
        <Button
          small
          tone="primary"
          icon={<Zap size={16} aria-hidden />}
          busy={check.isPending}
          onClick={() => check.mutate()}
        >
          {say('cal.check.go')}
        </Button>
      }
    >
      <div aria-live="polite">{content()}</div>
    </Card>
  )
}

function StepLine({ step, account }: { step: CheckStep; account: string }) {
  const say = useSay(calendarWords)
  const { locale } = useLanguage()
  const words = useReason()
  const tone = step.ok ? 'good' : step.step === 'live' ? 'warn' : 'bad'
  const seconds = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(
    (step.detail.ms ?? 0) / 1000,
  )
  const fine = {
    read: () => say('cal.check.read_ok', { n: step.detail.events ?? 0 }),
    write: () => say('cal.check.write_ok', { seconds }),
    live: () => say('cal.check.live_ok'),
  }
  const reason = step.reason && words(step.reason, serverOf(account))
  const told = step.ok
    ? fine[step.step]()
    : step.step === 'live'
      ? say('cal.check.live_poll', { n: step.detail.minutes ?? 2 })
      : reason
        ? `${reason.cause} ${reason.way}`
        : ''
  return (
    <li className="flex flex-wrap items-center gap-x-5 gap-y-1 px-5 py-3">
      <Chip
        tone={tone}
        icon={step.ok ? <Check size={14} aria-hidden /> : <TriangleAlert size={14} aria-hidden />}
        className="w-20 justify-center"
      >
        {say(({ good: 'cal.check.ok', warn: 'cal.check.note', bad: 'cal.check.bad' } as const)[tone])}
      </Chip>
      <div className="min-w-0 flex-1 basis-60">
        <p className="font-medium">{say(`cal.check.${step.step}`)}</p>
        {told && <p className="text-sm text-muted">{told}</p>}
      </div>
    </li>
  )
}
