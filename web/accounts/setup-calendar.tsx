import { useState } from 'react'
import { accountWords } from '#core/locale/words/app-accounts.ts'
import { ConnectFlow, START, useStepTitle, type Place } from '../calendars/connect-flow.tsx'
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
  const [place, setPlace] = useState<Place>(START)
  const title = useStepTitle(place)
  const first = place.step === 'provider'
  const may = useMay('personal-email')
  return (
    <>
      <ScreenHeading title={title} below={first ? say('setup.calendar.lead') : undefined} />
      {may ? (
        <ConnectFlow
          place={place}
          onPlace={setPlace}
          onLater={() => onDone(null)}
          later={say('setup.calendar.later')}
          onConnected={({ account }) => onDone(account)}
        />
      ) : (
        <Button onClick={() => onDone(null)}>{say('setup.calendar.later')}</Button>
      )}
      {first && (
        <button type="button" onClick={onBack} className="link mt-4 min-h-11 self-start text-sm">
          ← {say('setup.step.hours')}
        </button>
      )}
    </>
  )
}
