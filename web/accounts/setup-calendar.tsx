import { useState } from 'react'
import { accountWords } from '#core/locale/words/app-accounts.ts'
import { ConnectFlow, useStepTitle, type Step } from '../calendars/connect-flow.tsx'
import { useSay } from '../language.tsx'
import { useMay } from '../me.tsx'
import { ScreenHeading } from '../screen.tsx'
import { Button } from '../ui/button.tsx'

export function CalendarStep({
  onBack,
  onDone,
}: {
  onBack: () => void
  onDone: (account: string | null) => void
}) {
  const say = useSay(accountWords)
  const [step, setStep] = useState<Step>('provider')
  const title = useStepTitle(step)
  const may = useMay('personal-email')
  return (
    <>
      <ScreenHeading title={title} below={step === 'provider' ? say('setup.calendar.lead') : undefined} />
      {may ? (
        <ConnectFlow
          step={step}
          onStep={setStep}
          onLater={() => onDone(null)}
          later={say('setup.calendar.later')}
          onConnected={({ account }) => onDone(account)}
        />
      ) : (
        <Button onClick={() => onDone(null)}>{say('setup.calendar.later')}</Button>
      )}
      {step === 'provider' && (
        <button type="button" onClick={onBack} className="link mt-4 min-h-11 self-start text-sm">
          ← {say('setup.step.hours')}
        </button>
      )}
    </>
  )
}
