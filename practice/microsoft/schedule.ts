import type { z } from 'zod'
import { DAY, MINUTE, type Span } from '#core/time/model.ts'
import { GraphError, type Call, type Reply } from './call.ts'
import { faceOf, instantOf, readZone } from './clock.ts'
import { itemsIn } from './delta.ts'
import { PERSONAL_TENANT, type Event } from './model.ts'
import { workingHours } from './people.ts'
import type { getSchedule } from './schema.ts'

const RANK: Event['showAs'][] = ['free', 'tentative', 'busy', 'oof', 'workingElsewhere']
const ADDRESSES = 20
const DAYS = 62

/** learn.microsoft.com/graph/api/calendar-getschedule */
export function schedule(call: Call): Reply {
  const { store, person, prefer } = call
  const { schedules, startTime, endTime, availabilityViewInterval } = call.body as z.infer<typeof getSchedule>
  if (person.tenant === PERSONAL_TENANT)
    throw new GraphError(403, 'ErrorAccessDenied', 'Access is denied. Check credentials and try again.')
  // null where the interval is not meant to be said has been answered with 500 (protocols.md 7.5).
  if (availabilityViewInterval === null)
    throw new GraphError(
      500,
      'ErrorInternalServerError',
      'An internal server error occurred. The operation failed.',
    )
  const interval = availabilityViewInterval ?? 30
  if (interval < 5 || interval > 1440)
    throw new GraphError(
      400,
      'ErrorInvalidMergedFreeBusyInterval',
      'The merged free/busy interval value is invalid. It must be between 5 and 1440.',
    )
  if (schedules.length > ADDRESSES)
    throw new GraphError(
      400,
      'ErrorMailboxDataArrayTooBig',
      `The number of mailboxes requested is more than the allowed limit of ${ADDRESSES}.`,
    )
  const moment = (time: { dateTime: string; timeZone?: string | null | undefined }) =>
    instantOf(time.dateTime, readZone(time.timeZone ?? 'UTC') ?? 'UTC') ?? NaN
  const window = { start: moment(startTime), end: moment(endTime) }
  if (!(window.start < window.end))
    throw new GraphError(
      400,
      'ErrorInvalidTimeInterval',
      'The time duration specified for FreeBusyViewOptions.TimeWindow is invalid.',
    )
  // github.com/microsoftgraph/microsoft-graph-docs/pull/19703
  if (window.end - window.start > DAYS * DAY)
    throw new GraphError(
      400,
      'ErrorTimeIntervalTooBig',
      `The requested time duration specified for FreeBusyViewOptions.TimeWindow is too long. The allowed limit = ${DAYS} days; the actual limit = ${Math.ceil((window.end - window.start) / DAY)} days.`,
    )
  const value = schedules.map((address) => {
    const whose = store.findPerson(address)
    if (!whose?.mailbox || whose.tenant !== person.tenant)
      return {
        scheduleId: address,
        availabilityView: '',
        scheduleItems: [],
        error: {
          message: 'The recipient could not be resolved.',
          responseCode: 'ErrorMailRecipientNotFound',
        },
      }
    const items = itemsIn(store, store.calendarOf(whose.email), window, false).filter(
      ({ event }) => event.showAs !== 'free' && !event.isCancelled,
    )
    const spans = items.map(({ event, occurrence }) => ({
      event,
      span: event.isAllDay
        ? daysIn(occurrence?.span ?? event.span, whose.zone)
        : (occurrence?.span ?? event.span),
    }))
    return {
      scheduleId: address,
      availabilityView: viewOf(spans, window, interval * MINUTE),
      scheduleItems: spans.map(({ event, span }) => ({
        isPrivate: event.sensitivity !== 'normal',
        status: event.showAs,
        ...(event.sensitivity === 'normal' ? { subject: event.subject, location: event.location } : {}),
        start: { dateTime: faceOf(span.start, prefer.zone), timeZone: prefer.zoneName },
        end: { dateTime: faceOf(span.end, prefer.zone), timeZone: prefer.zoneName },
      })),
      workingHours: workingHours(whose.zone),
    }
  })
  return {
    status: 200,
    body: {
      '@odata.context': `${call.url}/v1.0/$metadata#Collection(microsoft.graph.scheduleInformation)`,
      value,
    },
  }
}

/** Dates become the day of whoever's calendar it is. */
const daysIn = (span: Span, zone: string): Span => ({
  start: instantOf(faceOf(span.start, 'UTC'), zone)!,
  end: instantOf(faceOf(span.end, 'UTC'), zone)!,
})

function viewOf(spans: { event: Event; span: Span }[], window: Span, step: number): string {
  let view = ''
  for (let at = window.start; at < window.end; at += step)
    view += Math.max(
      0,
      ...spans
        .filter(({ span }) => span.start < at + step && span.end > at)
        .map(({ event }) => RANK.indexOf(event.showAs)),
    )
  return view
}
