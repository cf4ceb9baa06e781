import { calendarWords } from '#core/locale/words/app-calendars.ts'
import { useSay } from '../language.tsx'

/** CAL-UNVERIFIED-APP: what Google's red page looks like and what to press there. */
export function WarnedSteps() {
  const say = useSay(calendarWords)
  const server = location.hostname
  return (
    <div className="grid gap-2 pt-1">
      <p>{say('cal.disclose.warned')}</p>
      <ol className="grid list-decimal gap-1 ps-5">
        <li>{say('cal.disclose.warned_1')}</li>
        <li>{say('cal.disclose.warned_2', { server })}</li>
        <li>{say('cal.disclose.warned_3')}</li>
      </ol>
    </div>
  )
}
