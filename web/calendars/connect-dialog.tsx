import { useState } from 'react'
import { appWords } from '#core/locale/words/app.ts'
import { calendarWords } from '#core/locale/words/app-calendars.ts'
import type { Connection } from '../api-types.ts'
import { useSay } from '../language.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ConnectFlow, STEPS, useStepTitle, type Step } from './connect-flow.tsx'

/** S-033 to S-035: choose, read, connect. */
export function ConnectDialog({
  onClose,
  onConnected,
}: {
  onClose: () => void
  onConnected: (connection: Connection) => void
}) {
  const say = useSay(calendarWords)
  const sayApp = useSay(appWords)
  const [step, setStep] = useState<Step>('provider')
  const title = useStepTitle(step)
  return (
    <Dialog
      title={title}
      step={say('cal.step', { n: STEPS.indexOf(step) + 1 })}
      close={sayApp('do.close')}
      onClose={onClose}
      hold={step === 'account'}
    >
      <ConnectFlow
        step={step}
        onStep={setStep}
        onLater={onClose}
        later={sayApp('do.not_now')}
        onConnected={onConnected}
      />
    </Dialog>
  )
}
