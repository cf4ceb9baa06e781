import { DAY } from '#core/time/model.ts'
import type { Span, Zone } from '#core/time/model.ts'
import { zone as knownZone } from '#core/time/zone.ts'
import type { Call } from './call.ts'
import { invalid, parameter, Refusal, required } from './refusal.ts'
import type { Reply } from './reply.ts'
import type { Event } from './schema.ts'
import type { GoogleCalendar } from './model.ts'
import { spanOf, written } from './time.ts'
import { occurrences } from './visible.ts'

type Asked = {
  timeMin?: string
  timeMax?: string
  timeZone?: string
  items?: { id?: string }[]
  calendarExpansionMax?: number
  groupExpansionMax?: number
}

// Seen by others only, in no document: about three months (see protocols.md §7.5).
const LONGEST = 92 * DAY

/** developers.google.com/workspace/calendar/api/v3/reference/freebusy/query */
export function queryFreeBusy({ store, user, body }: Call): Reply {
  const asked = body as Asked
  if (asked.timeMin === undefined) throw required('Missing timeMin parameter.')
  if (asked.timeMax === undefined) throw required('Missing timeMax parameter.')
  const zone = asked.timeZone === undefined ? 'UTC' : knownZone(asked.timeZone)
  if (zone === null) throw invalid('Invalid value for: timeZone.')
  if ((asked.calendarExpansionMax ?? 0) > 50 || (asked.groupExpansionMax ?? 0) > 100)
    throw invalid('Invalid value for: calendarExpansionMax.')
  const window = { start: Date.parse(asked.timeMin), end: Date.parse(asked.timeMax) }
  if (window.end <= window.start)
    throw new Refusal(400, 'timeRangeEmpty', 'The specified time range is empty.', parameter('timeMax'))
  if (window.end - window.start > LONGEST)
    throw new Refusal(400, 'timeRangeTooLong', 'The requested time range is too long.', parameter('timeMax'))
  const most = asked.calendarExpansionMax ?? 50
  const answer = ({ id = '' }: { id?: string }, index: number) => {
    const calendar = store.calendars.get(id === 'primary' ? user.email : id)
    if (index >= most)
      return [id, { busy: [], errors: [{ domain: 'global', reason: 'tooManyCalendarsRequested' }] }] as const
    if (!calendar || !store.role(user.email, calendar.id))
      return [id, { busy: [], errors: [{ domain: 'global', reason: 'notFound' }] }] as const
    return [
      id,
      {
        busy: busySpans(calendar, window).map((span) => ({
          start: written(span.start, zone),
          end: written(span.end, zone),
        })),
      },
    ] as const
  }
  const calendars = Object.fromEntries((asked.items ?? []).map(answer))
  return {
    status: 200,
    body: {
      kind: 'calendar#freeBusy',
      timeMin: new Date(window.start).toISOString(),
      timeMax: new Date(window.end).toISOString(),
      calendars,
    },
  }
}

const blocks = (event: Event, calendar: GoogleCalendar): boolean =>
  event.transparency !== 'transparent' &&
  !event.attendees?.some(
    (attendee) => attendee.email === calendar.id && attendee.responseStatus === 'declined',
  )

function busySpans(calendar: GoogleCalendar, window: Span): Span[] {
  const zone: Zone = calendar.zone
  const spans = occurrences(calendar, window)
    .filter((event) => blocks(event, calendar))
    .map((event) => spanOf(event, zone))
    .filter((span) => span.end > span.start)
    .sort((a, b) => a.start - b.start)
  const merged: Span[] = []
  for (const { start, end } of spans) {
    const last = merged.at(-1)
    if (last && start <= last.end) last.end = Math.max(last.end, end)
    else merged.push({ start, end })
  }
  return merged.map((span) => ({
    start: Math.max(span.start, window.start),
    end: Math.min(span.end, window.end),
  }))
}
