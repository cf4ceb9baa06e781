import { DAY } from '#core/time/model.ts'
import type { Instant, Span } from '#core/time/model.ts'
import type { EventKind, Session } from '../provider.ts'
import { ask, messageIn } from './ask.ts'
import { child, childrenOf, textAt } from './parse.ts'
import type { Element } from './parse.ts'
import { xml } from './soap.ts'
import { instantOf } from './times.ts'

/** When somebody is taken, as their own Exchange tells this mailbox; `unknown` is never free (I8). */
export type Availability =
  | { kind: 'known'; busy: { start: Instant; end: Instant; kind: EventKind }[] }
  | { kind: 'unknown'; code: string }

// What servers allow by default; a window that is longer is asked for in pieces.
const MOST_PEOPLE = 100
const LONGEST = 42 * DAY

// Times are told on the clock of the zone that is sent along, without an offset: one that never leaves UTC makes them instants.
const change = xml`<t:Bias>0</t:Bias><t:Time>00:00:00</t:Time><t:DayOrder>0</t:DayOrder><t:Month>0</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek>`
const UTC = xml`<t:TimeZone><t:Bias>0</t:Bias><t:StandardTime>${change}</t:StandardTime><t:DaylightTime>${change}</t:DaylightTime></t:TimeZone>`

const KINDS: Readonly<Record<string, EventKind>> = {
  Tentative: 'tentative',
  Busy: 'busy',
  OOF: 'out-of-office',
  Free: 'transparent',
  WorkingElsewhere: 'transparent',
}

/**
 * Free and busy of colleagues and rooms, whose calendars this mailbox may not read: for a person's own calendars the view says more
 * (busy.ts).
 */
export async function availabilityOf(
  session: Session,
  addresses: readonly string[],
  window: Span,
): Promise<Map<string, Availability>> {
  const found = new Map<string, Availability>()
  for (let from = 0; from < addresses.length; from += MOST_PEOPLE)
    for (let start = window.start; start < window.end; start += LONGEST) {
      const people = addresses.slice(from, from + MOST_PEOPLE)
      const answers = await look(session, people, { start, end: Math.min(start + LONGEST, window.end) })
      people.forEach((address, index) => found.set(address, joined(found.get(address), answers[index]!)))
    }
  return found
}

const joined = (before: Availability | undefined, now: Availability): Availability => {
  if (before?.kind === 'unknown' || now.kind === 'unknown') return before?.kind === 'unknown' ? before : now
  return { kind: 'known', busy: [...(before?.busy ?? []), ...now.busy] }
}

async function look(
  session: Session,
  people: readonly string[],
  { start, end }: Span,
): Promise<Availability[]> {
  const mailboxes = people.map(
    (address) =>
      xml`<t:MailboxData><t:Email><t:Address>${address}</t:Address></t:Email><t:AttendeeType>Required</t:AttendeeType><t:ExcludeConflicts>false</t:ExcludeConflicts></t:MailboxData>`,
  )
  const reply = await ask(
    session,
    'GetUserAvailability',
    xml`<m:GetUserAvailabilityRequest>${UTC}<m:MailboxDataArray>${mailboxes}</m:MailboxDataArray><t:FreeBusyViewOptions><t:TimeWindow><t:StartTime>${wall(start)}</t:StartTime><t:EndTime>${wall(end)}</t:EndTime></t:TimeWindow><t:MergedFreeBusyIntervalInMinutes>30</t:MergedFreeBusyIntervalInMinutes><t:RequestedView>FreeBusy</t:RequestedView></t:FreeBusyViewOptions></m:GetUserAvailabilityRequest>`,
  )
  const answers = childrenOf(child(reply.body, 'FreeBusyResponseArray'), 'FreeBusyResponse')
  return people.map((_, index) => {
    const told = answers[index]
    if (!told) return { kind: 'unknown', code: '' }
    const message = child(told, 'ResponseMessage')
    const { fault, code } = message
      ? messageIn(message, reply.host, reply.version)
      : { fault: null, code: '' }
    return fault ? { kind: 'unknown', code } : read(child(told, 'FreeBusyView'))
  })
}

const wall = (instant: Instant): string => new Date(instant).toISOString().slice(0, 19)

function read(view: Element | null): Availability {
  // Less than asked for is allowed, down to nothing at all.
  const type = textAt(view, 'FreeBusyViewType')
  if (!view || type === '' || type === 'None' || type === 'MergedOnly') return { kind: 'unknown', code: '' }
  const busy = childrenOf(child(view, 'CalendarEventArray'), 'CalendarEvent').map((event) => ({
    start: instantOf(textAt(event, 'StartTime')),
    end: instantOf(textAt(event, 'EndTime')),
    kind: KINDS[textAt(event, 'BusyType')] ?? ('unknown' as const),
  }))
  return busy.some(({ start, end }) => Number.isNaN(start) || Number.isNaN(end))
    ? { kind: 'unknown', code: '' }
    : { kind: 'known', busy }
}
