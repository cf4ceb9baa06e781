import { calendarWords } from '#core/locale/words/app-calendars.ts'
import { useSay } from '../language.tsx'

const WHERE = ['icloud', 'fastmail', 'nextcloud', 'other'] as const

/** CAL-APP-PASSWORD: where a second password is made, provider by provider. */
export function AppPassword() {
  const say = useSay(calendarWords)
  return (
    <details className="mt-1 text-sm">
      <summary className="min-h-6 font-medium">{say('way.app_password')}</summary>
      <p className="mt-1">{say('app_password.lead')}</p>
      <ul className="mt-1 grid list-disc gap-1 ps-5">
        {WHERE.map((place) => (
          <li key={place}>{say(`app_password.${place}`)}</li>
        ))}
      </ul>
    </details>
  )
}
