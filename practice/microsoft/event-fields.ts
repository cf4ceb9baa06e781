import { randomBytes } from 'node:crypto'
import type { z } from 'zod'
import { DAY, type Instant } from '#core/time/model.ts'
import { GraphError, type Call } from './call.ts'
import { instantOf, readZone, windowsName } from './clock.ts'
import type { Calendar, Event } from './model.ts'
import { missing } from './recurrence.ts'
import type { eventPatch } from './schema.ts'
import { plainText } from './view.ts'

export type Written = z.infer<typeof eventPatch>

export const refuse = (code: string, message: string): GraphError => new GraphError(400, code, message)

function readTime(time: { dateTime: string; timeZone?: string | null | undefined }): {
  at: Instant
  zone: string
  name: string
} {
  const name = time.timeZone ?? 'UTC'
  const zone = readZone(name)
  if (!zone)
    throw refuse(
      'TimeZoneNotSupportedException',
      `A valid TimeZone value must be specified. The following TimeZone value is not supported: '${name}'.`,
    )
  // A clock face and its zone, no offset: learn.microsoft.com/graph/api/resources/datetimetimezone
  const at = instantOf(time.dateTime, zone)
  if (at === null)
    throw refuse('RequestBodyRead', `Cannot convert the literal '${time.dateTime}' to the expected type.`)
  return { at, zone, name: windowsName(zone) }
}

export function readSpan(body: Written, before: Event | null): Pick<Event, 'span' | 'zones' | 'isAllDay'> {
  const isAllDay = body.isAllDay ?? before?.isAllDay ?? false
  const start = body.start ? readTime(body.start) : null
  const end = body.end ? readTime(body.end) : null
  if (!before && (!start || !end))
    throw refuse('ErrorInvalidRequest', 'The start and the end of an event are required.')
  if (isAllDay && (start || end)) {
    // learn.microsoft.com/graph/api/resources/event (isAllDay): both at midnight, in one zone
    for (const [side, time] of [
      ['Start', body.start],
      ['End', body.end],
    ] as const)
      if (time && !/^\d{4}-\d\d-\d\d(T00:00(:00(\.0+)?)?)?$/.test(time.dateTime))
        throw refuse(
          'ErrorInvalidRequest',
          `The Event.${side} property for an all-day event needs to be set to midnight.`,
        )
    if (start && end && start.zone !== end.zone)
      throw refuse(
        'ErrorInvalidRequest',
        'The start and end of an all-day event must have the same time zone.',
      )
  }
  const moment = (
    time: { dateTime: string } | undefined,
    read: { at: Instant } | null,
    otherwise: Instant | undefined,
  ) => (isAllDay && time ? Date.parse(`${time.dateTime.slice(0, 10)}T00:00:00Z`) : (read?.at ?? otherwise!))
  const span = {
    start: moment(body.start, start, before?.span.start),
    end: moment(body.end, end, before?.span.end),
  }
  if (span.end < span.start || (isAllDay && span.end - span.start < DAY))
    throw refuse('ErrorPropertyValidationFailure', 'At least one property failed validation.')
  return {
    span,
    isAllDay,
    zones: { start: start?.name ?? before!.zones.start, end: end?.name ?? before!.zones.end },
  }
}

const PROPERTY = /^(String|Integer|Boolean|SystemTime|CLSID) \{[0-9a-f-]{36}\} (Name .+|Id 0x[0-9a-f]+)$/i

/** What a body says of an event, on top of what the event was. */
export function readFields(
  call: Call,
  body: Written,
  calendar: Calendar,
  before: Event | null,
): Partial<Event> {
  const fields: Partial<Event> = readSpan(body, before)
  for (const name of [
    'showAs',
    'sensitivity',
    'importance',
    'categories',
    'isReminderOn',
    'reminderMinutesBeforeStart',
    'responseRequested',
    'allowNewTimeProposals',
    'hideAttendees',
  ] as const)
    if (body[name] !== undefined) Object.assign(fields, { [name]: body[name] })
  if (body.subject !== undefined) fields.subject = body.subject ?? ''
  if (body.location !== undefined) fields.location = body.location?.displayName ?? ''
  if (body.body !== undefined)
    fields.body = {
      contentType: body.body?.contentType?.toLowerCase() === 'html' ? 'html' : 'text',
      content: body.body?.content ?? '',
    }
  if (body.attendees !== undefined) fields.attendees = readAttendees(body.attendees ?? [], before)
  if (body.recurrence !== undefined) {
    const lacking = body.recurrence && missing(body.recurrence)
    if (lacking) throw refuse('ErrorInvalidRequest', `The recurrence lacks '${lacking}'.`)
    fields.recurrence = body.recurrence
    fields.exceptions = {}
  }
  if (body.singleValueExtendedProperties !== undefined) {
    for (const { id } of body.singleValueExtendedProperties)
      if (!PROPERTY.test(id))
        throw refuse('ErrorInvalidProperty', `The property identifier '${id}' is not valid.`)
    const written = body.singleValueExtendedProperties.flatMap(({ id, value }) =>
      value === null ? [] : [{ id, value }],
    )
    fields.extended = [
      ...(before?.extended ?? []).filter(
        (old) => !body.singleValueExtendedProperties!.some(({ id }) => id === old.id),
      ),
      ...written,
    ]
  }
  return { ...fields, ...readMeeting(call, body, calendar, before, fields) }
}

function readAttendees(list: NonNullable<Written['attendees']>, before: Event | null): Event['attendees'] {
  if (list.length > 500)
    throw refuse('ErrorRecipientLimitExceeded', 'The maximum number of attendees is 500.')
  return list.map(({ emailAddress: { name, address }, type }) => {
    if (!address || !/^[^@\s]+@[^@\s]+$/.test(address))
      throw refuse('ErrorInvalidRecipients', 'At least one recipient is not valid.')
    const old = before?.attendees.find((one) => one.email.toLowerCase() === address.toLowerCase())
    return {
      name: name ?? old?.name ?? address,
      email: address,
      type: type ?? old?.type ?? 'required',
      answer: old?.answer ?? 'none',
      at: old?.at ?? null,
    }
  })
}

/**
 * Once an online meeting, always one — unless the body loses the part with the link
 * (learn.microsoft.com/graph/api/resources/event: isOnlineMeeting; event-update: body property and online meetings).
 */
function readMeeting(
  call: Call,
  body: Written,
  calendar: Calendar,
  before: Event | null,
  fields: Partial<Event>,
): Partial<Event> {
  const text = fields.body ?? before?.body ?? { contentType: 'text' as const, content: '' }
  if (before?.isOnlineMeeting) {
    const lost = fields.body && before.joinUrl !== null && !plainText(text.content).includes(before.joinUrl)
    return lost ? { isOnlineMeeting: false, joinUrl: null, meetingProvider: 'unknown' } : {}
  }
  const wanted = body.onlineMeetingProvider ?? calendar.meetings[0]
  if (
    !body.isOnlineMeeting ||
    !calendar.meetings.includes(wanted as never) ||
    call.store.meetingLinks === 'never'
  )
    return {}
  const meeting = { isOnlineMeeting: true, meetingProvider: wanted as Event['meetingProvider'] }
  if (call.store.meetingLinks === 'later') return meeting
  const joinUrl = `https://teams.microsoft.com/l/meetup-join/19%3ameeting_${randomBytes(18).toString('hex')}%40thread.v2/0`
  const blob = `<div>________________________________________________________________________________</div><div>Microsoft Teams meeting</div><div><a href="${joinUrl}">${joinUrl}</a></div>`
  const html =
    text.contentType === 'html'
      ? text.content
      : text.content
          .replaceAll('&', '&amp;')
          .replaceAll('<', '&lt;')
          .replaceAll('>', '&gt;')
          .replace(/\r?\n/g, '<br>')
  return { ...meeting, joinUrl, body: { contentType: 'html', content: `${html}${blob}` } }
}
