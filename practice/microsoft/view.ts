import { GraphError, idOf, occurrenceId, type Call, type Prefer } from './call.ts'
import { faceOf, stamp } from './clock.ts'
import type { Event } from './model.ts'
import type { Occurrence } from './recurrence.ts'

const time = (at: number, event: Event, prefer: Prefer) =>
  // All-day events have dates, not moments: they stand at midnight whatever zone is asked for.
  event.isAllDay
    ? { dateTime: faceOf(at, 'UTC'), timeZone: 'UTC' }
    : { dateTime: faceOf(at, prefer.zone), timeZone: prefer.zoneName }

export const plainText = (html: string): string =>
  html
    .replace(/<head>[\s\S]*?<\/head>/gi, '')
    .replace(/<(br|\/p|\/div)[^>]*>/gi, '\n')
    .replace(/<[^>]+>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&nbsp;', ' ')
    .replaceAll('&amp;', '&')
    .trim()
const asHtml = (text: string): string =>
  `<html><head></head><body><div class="PlainText">${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replace(/\r?\n/g, '<br>')}</div></body></html>`

/** Bodies are answered as HTML unless text was asked for: learn.microsoft.com/graph/api/event-get (Prefer: outlook.body-content-type). */
function body(event: Event, prefer: Prefer): { contentType: 'text' | 'html'; content: string } {
  const { contentType, content } = event.body
  if (prefer.text)
    return { contentType: 'text', content: contentType === 'text' ? content : plainText(content) }
  return {
    contentType: 'html',
    content: contentType === 'html' || content === '' ? content : asHtml(content),
  }
}

const instanceUid = (uid: string, date: string): string =>
  `${uid.slice(0, 32)}${[Number(date.slice(0, 4)).toString(16).padStart(4, '0'), Number(date.slice(5, 7)).toString(16).padStart(2, '0'), Number(date.slice(8)).toString(16).padStart(2, '0')].join('').toUpperCase()}${uid.slice(40)}`
const etag = (key: string): string => `W/"${key}"`
export const etagOf = (event: Event, occurrence: Occurrence | null = null): string =>
  etag(occurrence?.changeKey ?? event.changeKey)

/** One event as Graph shows it; with an occurrence, that occurrence of the series. */
export function eventJson(
  event: Event,
  occurrence: Occurrence | null,
  prefer: Prefer,
): Record<string, unknown> {
  const id = idOf(event, prefer)
  const span = occurrence?.span ?? event.span
  const key = occurrence?.changeKey ?? event.changeKey
  const location = {
    displayName: event.location,
    locationType: 'default',
    ...(event.location ? { uniqueId: event.location, uniqueIdType: 'private' } : { uniqueIdType: 'unknown' }),
  }
  return {
    '@odata.etag': etag(key),
    id: occurrence ? occurrenceId(id, occurrence.date) : id,
    createdDateTime: stamp(event.madeAt),
    lastModifiedDateTime: stamp(event.changedAt),
    changeKey: key,
    categories: event.categories,
    transactionId: event.transactionId,
    originalStartTimeZone: event.zones.start,
    originalEndTimeZone: event.zones.end,
    iCalUId: occurrence ? instanceUid(event.uid, occurrence.date) : event.uid,
    reminderMinutesBeforeStart: event.reminderMinutesBeforeStart,
    isReminderOn: event.isReminderOn,
    hasAttachments: false,
    subject: occurrence?.subject ?? event.subject,
    bodyPreview: plainText(event.body.content).slice(0, 255),
    importance: event.importance,
    sensitivity: event.sensitivity,
    isAllDay: event.isAllDay,
    isCancelled: event.isCancelled,
    isOrganizer: event.isOrganizer,
    responseRequested: event.responseRequested,
    seriesMasterId: occurrence ? id : null,
    showAs: event.showAs,
    type: occurrence
      ? occurrence.changed
        ? 'exception'
        : 'occurrence'
      : event.recurrence
        ? 'seriesMaster'
        : 'singleInstance',
    ...(occurrence?.changed ? { originalStart: stamp(occurrence.original) } : {}),
    webLink: `https://outlook.office365.com/owa/?itemid=${encodeURIComponent(id)}&exvsurl=1&path=/calendar/item`,
    onlineMeetingUrl: null,
    isOnlineMeeting: event.isOnlineMeeting,
    onlineMeetingProvider: event.meetingProvider,
    allowNewTimeProposals: event.allowNewTimeProposals,
    isDraft: false,
    hideAttendees: event.hideAttendees,
    recurrence: occurrence ? null : event.recurrence,
    onlineMeeting: event.joinUrl === null ? null : { joinUrl: event.joinUrl },
    responseStatus: {
      response: event.answer,
      time:
        event.answer === 'none' || event.answer === 'organizer'
          ? '0001-01-01T00:00:00Z'
          : stamp(event.changedAt),
    },
    body: body(event, prefer),
    start: time(span.start, event, prefer),
    end: time(span.end, event, prefer),
    location,
    locations: event.location ? [location] : [],
    attendees: event.attendees.map(({ name, email, type, answer, at }) => ({
      type,
      status: { response: answer, time: at === null ? '0001-01-01T00:00:00Z' : stamp(at) },
      emailAddress: { name, address: email },
    })),
    organizer: { emailAddress: { name: event.organizer.name, address: event.organizer.email } },
  }
}

/**
 * What a delta says of an occurrence that is as its series says: only this much
 * (github.com/microsoftgraph/microsoft-graph-docs-contrib/issues/34, /issues/5602).
 */
export function thinJson(event: Event, occurrence: Occurrence, prefer: Prefer): Record<string, unknown> {
  const id = idOf(event, prefer)
  return {
    '@odata.type': '#microsoft.graph.event',
    '@odata.etag': etag(occurrence.changeKey),
    seriesMasterId: id,
    type: 'occurrence',
    id: occurrenceId(id, occurrence.date),
    start: time(occurrence.span.start, event, prefer),
    end: time(occurrence.span.end, event, prefer),
  }
}

const PROPERTY = "(?:String|Integer|Boolean|SystemTime|CLSID) \\{[0-9a-fA-F-]{36}\\} (?:Name|Id) [^']+"
const EXPAND = new RegExp(
  `^singleValueExtendedProperties\\(\\s*\\$filter\\s*=\\s*(id eq '${PROPERTY}'(?: or id eq '${PROPERTY}')*)\\s*\\)$`,
  'i',
)

/** $select and $expand: learn.microsoft.com/graph/api/singlevaluelegacyextendedproperty-get */
export function dress(json: Record<string, unknown>, event: Event, call: Call): Record<string, unknown> {
  const expand = call.query.get('$expand')
  let shown = json
  if (expand !== undefined) {
    const found = EXPAND.exec(expand)
    if (!found)
      throw new GraphError(
        400,
        'BadRequest',
        `Parsing OData Select and Expand failed: '${expand}' is not understood.`,
      )
    const wanted = [...found[1]!.matchAll(/id eq '([^']+)'/gi)].map((match) => match[1]!)
    const values = event.extended.filter((one) => wanted.some((id) => sameProperty(one.id, id)))
    // Nothing is shown where the event has none of them.
    shown = values.length > 0 ? { ...shown, singleValueExtendedProperties: values } : shown
  }
  const select = call.query.get('$select')
  if (select === undefined) return shown
  const names = select.split(',').map((name) => name.trim())
  for (const name of names)
    if (!(name in json) && name !== 'originalStart')
      throw new GraphError(
        400,
        'BadRequest',
        `Parsing OData Select and Expand failed: Could not find a property named '${name}' on type 'microsoft.graph.event'.`,
      )
  return Object.fromEntries(
    Object.entries(shown).filter(
      ([name]) =>
        name.startsWith('@') ||
        name === 'id' ||
        name === 'singleValueExtendedProperties' ||
        names.includes(name),
    ),
  )
}

/** The set's GUID in either case; the name as it was written. */
export const sameProperty = (a: string, b: string): boolean => propertyKey(a) === propertyKey(b)
const propertyKey = (id: string): string =>
  id.replace(
    /^(\w+) \{([^}]+)\}/,
    (_, type: string, guid: string) => `${type.toLowerCase()} {${guid.toLowerCase()}}`,
  )

const BY_PROPERTY = new RegExp(
  `^singleValueExtendedProperties/any\\(\\s*(\\w+)\\s*:\\s*\\1/id eq '(${PROPERTY})' and \\1/value eq '((?:[^']|'')*)'\\s*\\)$`,
  'i',
)
const BY_UID = /^iCalUId eq '([^']+)'$/i

/** The filters events can be asked by; anything else is not understood. */
export function readFilter(text: string): (event: Event) => boolean {
  const property = BY_PROPERTY.exec(text)
  // Values of text properties are compared without regard to case.
  if (property)
    return (event) =>
      event.extended.some(
        (one) =>
          sameProperty(one.id, property[2]!) &&
          one.value.toLowerCase() === property[3]!.replaceAll("''", "'").toLowerCase(),
      )
  const uid = BY_UID.exec(text)
  if (uid) return (event) => event.uid === uid[1]
  throw new GraphError(400, 'BadRequest', `Invalid filter clause: ${text.slice(0, 100)}`)
}

/** One page of a list, with the way to the next. */
export function page<T>(call: Call, all: T[], render: (one: T) => object, context: string): object {
  const number = (name: string, otherwise: number, most: number) => {
    const text = call.query.get(name)
    if (text === undefined) return otherwise
    if (!/^\d+$/.test(text) || Number(text) > most)
      throw new GraphError(400, 'BadRequest', `Invalid value '${text}' for ${name} query option.`)
    return Number(text)
  }
  const size = number('$top', call.prefer.pageSize ?? 10, 1000)
  const skip = number('$skip', 0, 1_000_000)
  const rest = [...call.query]
    .filter(([name]) => name !== '$skip' && name !== '$top')
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  const more =
    skip + size < all.length
      ? {
          '@odata.nextLink': `${call.url}${call.path}?${[...rest, `$top=${size}`, `$skip=${skip + size}`].join('&')}`,
        }
      : {}
  return {
    '@odata.context': `${call.url}/v1.0/$metadata#${context}`,
    value: all.slice(skip, skip + size).map(render),
    ...more,
  }
}
