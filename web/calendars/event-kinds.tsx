import { calendarWords } from '#core/locale/words/app-calendars.ts'
import type { Connection } from '../api-types.ts'
import { useSay } from '../language.tsx'
import { ProblemNotice } from '../problem.tsx'
import { Switch } from '../ui/tick.tsx'
import { useChangeCalendar } from './choose-calendars.tsx'

/** Which doubtful events take time; said per calendar, since a team calendar and a private one differ. */
export function EventKinds({ connection: { calendars } }: { connection: Connection }) {
  const say = useSay(calendarWords)
  const change = useChangeCalendar()
  const checked = calendars.filter((calendar) => calendar.checked)
  if (checked.length === 0) return null
  return (
    <section className="border-t border-border pt-5">
      <h3 className="font-medium">{say('cal.kinds.title')}</h3>
      <p className="mb-2 text-sm text-muted">{say('cal.kinds.lead')}</p>
      <div className="grid gap-x-8 gap-y-4 @2xl:grid-cols-2">
        {checked.map((calendar) => (
          <div key={calendar.id} role="group" aria-label={say('cal.kinds.of', { calendar: calendar.name })}>
            {checked.length > 1 && (
              <p className="pt-2 text-sm text-muted">{say('cal.kinds.of', { calendar: calendar.name })}</p>
            )}
            <Switch
              label={say('cal.kinds.tentative')}
              on={calendar.blocksTentative}
              disabled={change.isPending}
              onChange={(blocksTentative) => change.mutate({ id: calendar.id, change: { blocksTentative } })}
            />
            <Switch
              label={say('cal.kinds.unanswered')}
              on={calendar.blocksUnanswered}
              disabled={change.isPending}
              onChange={(blocksUnanswered) =>
                change.mutate({ id: calendar.id, change: { blocksUnanswered } })
              }
            />
          </div>
        ))}
      </div>
      {change.isError && <ProblemNotice error={change.error} />}
    </section>
  )
}
