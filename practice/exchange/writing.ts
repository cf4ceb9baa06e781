import { DAY, type Instant } from '#core/time/model.ts'
import { is, type Call } from './call.ts'
import { dayOf, readTime, readZone } from './clock.ts'
import { extendedField } from './extended.ts'
import type { Attendee, Item } from './model.ts'
import { readRecurrence } from './recurrence-xml.ts'
import { zoneOf } from './recurrence.ts'
import { Refused } from './reply.ts'
import { child, textOf, type Node } from './xml.ts'
import { isWindowsName } from './zones.ts'

/** What a write says, before it is an item: times are read last, since the zone they are meant in may stand after them. */
export type Written = Partial<Item> & { start?: string; end?: string }
type Write = (node: Node, item: Item) => Written

const body = (node: Node): Written => ({
  body: { type: node.attributes['BodyType'] as 'HTML' | 'Text', text: node.text },
})
const zone =
  (side: 'start' | 'end') =>
  (node: Node, item: Item): Written => {
    const id = node.attributes['Id']
    if (id === undefined || !isWindowsName(id) || !readZone(id)) throw new Refused('ErrorTimeZone')
    return { zones: { ...item.zones, [side]: id } }
  }

export function readMailbox(node: Node): { name: string; email: string } {
  const email = textOf(node, 'EmailAddress')?.trim() ?? ''
  if (!/^[^@\s]+@[^@\s]+$/.test(email)) throw new Refused('ErrorInvalidRecipients')
  return { name: textOf(node, 'Name') ?? email, email }
}
const attendees =
  (type: Attendee['type']): Write =>
  (node, item) => {
    const said = node.children.map((one): Attendee => {
      const who = readMailbox(child(one, 'Mailbox')!)
      const before = item.attendees.find(({ email }) => email.toLowerCase() === who.email.toLowerCase())
      return {
        ...who,
        name: child(child(one, 'Mailbox'), 'Name') ? who.name : (before?.name ?? who.name),
        type,
        answer: before?.answer ?? 'Unknown',
        at: before?.at ?? null,
      }
    })
    return { attendees: [...item.attendees.filter((one) => one.type !== type), ...said] }
  }
const mail =
  (change: (node: Node) => Partial<NonNullable<Item['mail']>>): Write =>
  (node, item) => ({ mail: { ...item.mail!, ...change(node) } })
const nothing: Write = () => ({})

const EVERY: Record<string, Write> = {
  'item:ItemClass': nothing,
  'item:Subject': (node) => ({ subject: node.text }),
  'item:Sensitivity': (node) => ({ sensitivity: node.text as Item['sensitivity'] }),
  'item:Body': body,
  'item:Categories': (node) => ({ categories: node.children.map(({ text }) => text) }),
  'item:Importance': (node) => ({ importance: node.text as Item['importance'] }),
  'item:ReminderIsSet': (node) => ({ reminderIsSet: is(node.text) }),
  'item:ReminderMinutesBeforeStart': (node) => ({ reminderMinutes: Number(node.text) }),
  'item:Culture': nothing,
  'item:IsAssociated': nothing,
  'item:ExtendedProperty': (node, item) => {
    const field = extendedField(child(node, 'ExtendedFieldURI')!)
    const values = child(node, 'Values')?.children.map(({ text }) => text) ?? [textOf(node, 'Value')!]
    return { extended: [...item.extended.filter((one) => one.field !== field), { field, values }] }
  },
}
const CALENDAR: Record<string, Write> = {
  'calendar:UID': (node) => ({ uid: node.text }),
  'calendar:Start': (node) => ({ start: node.text }),
  'calendar:End': (node) => ({ end: node.text }),
  'calendar:IsAllDayEvent': (node) => ({ isAllDay: is(node.text) }),
  'calendar:LegacyFreeBusyStatus': (node) => ({ showAs: node.text as Item['showAs'] }),
  'calendar:Location': (node) => ({ location: node.text }),
  'calendar:IsResponseRequested': (node) => ({ responseRequested: is(node.text) }),
  'calendar:RequiredAttendees': attendees('required'),
  'calendar:OptionalAttendees': attendees('optional'),
  'calendar:Resources': attendees('resource'),
  'calendar:Recurrence': (node) => ({ recurrence: readRecurrence(node), exceptions: {} }),
  'calendar:MeetingTimeZone': nothing,
  'calendar:StartTimeZone': zone('start'),
  'calendar:EndTimeZone': zone('end'),
  'calendar:ConferenceType': nothing,
  'calendar:AllowNewTimeProposal': (node) => ({ allowNewTimeProposal: is(node.text) }),
  'calendar:IsOnlineMeeting': nothing,
  'calendar:MeetingWorkspaceUrl': nothing,
  'calendar:NetShowUrl': nothing,
}
const MAIL: Record<string, Write> = {
  'item:MimeContent': nothing,
  'item:InReplyTo': nothing,
  'message:ToRecipients': mail((node) => ({ to: node.children.map((one) => readMailbox(one).email) })),
  'message:CcRecipients': mail((node) => ({ cc: node.children.map((one) => readMailbox(one).email) })),
  'message:BccRecipients': mail((node) => ({ cc: node.children.map((one) => readMailbox(one).email) })),
  'message:From': mail((node) => ({ from: readMailbox(child(node, 'Mailbox')!).email })),
  'message:Sender': nothing,
  'message:ReplyTo': nothing,
  'message:References': nothing,
  'message:InternetMessageId': mail((node) => ({ internetId: node.text })),
  'message:IsRead': mail((node) => ({ isRead: is(node.text) })),
  'message:IsReadReceiptRequested': nothing,
  'message:IsDeliveryReceiptRequested': nothing,
  'message:IsResponseRequested': nothing,
}
const CREATE_ONLY = new Set(['calendar:UID', 'item:MimeContent', 'item:ItemClass', 'item:IsAssociated'])

/** What one element says of a field; all others are the server's to write. */
export function write(item: Item, field: string, node: Node, create: boolean): Written {
  const found = EVERY[field] ?? (item.kind === 'CalendarItem' ? CALENDAR : MAIL)[field]
  if (!found || (!create && CREATE_ONLY.has(field)))
    throw new Refused('ErrorInvalidPropertySet', `Set action is invalid for property ${field}.`)
  return found(node, item)
}

const EMPTY: Record<string, Partial<Item>> = {
  'item:Subject': { subject: '' },
  'item:Body': { body: { type: 'Text', text: '' } },
  'item:Categories': { categories: [] },
  'calendar:Location': { location: '' },
  'calendar:Recurrence': { recurrence: null, exceptions: {} },
}
const PEOPLE: Record<string, Attendee['type']> = {
  'calendar:RequiredAttendees': 'required',
  'calendar:OptionalAttendees': 'optional',
  'calendar:Resources': 'resource',
}
export function erase(item: Item, field: string): Partial<Item> {
  const type = PEOPLE[field]
  if (type) return { attendees: item.attendees.filter((one) => one.type !== type) }
  if (EMPTY[field]) return EMPTY[field]
  throw new Refused('ErrorInvalidPropertyDelete', `Delete action is invalid for property ${field}.`)
}

const FIVE_YEARS = 5 * 366 * DAY

/** The item after a write, or why it cannot be. */
export function settle(call: Call, before: Item, written: Written, create: boolean): Partial<Item> {
  const { start, end, ...fields } = written
  const after: Item = { ...before, ...fields }
  const meant = zoneOf(after)
  // A time without an offset is meant in the zone that came with it, else in that of the request's context: time-zones-and-ews-in-exchange.
  const clock = create || fields.zones ? meant : call.zone
  const read = (text: string) => readTime(text, clock)
  const span = {
    start: start === undefined ? before.span.start : read(start),
    end: end === undefined ? before.span.end : read(end),
  }
  if (create && start === undefined) span.start = call.store.now()
  if (create && end === undefined) span.end = span.start + 30 * 60_000
  if (span.end < span.start) throw new Refused('ErrorCalendarEndDateIsEarlierThanStartDate')
  if (span.end - span.start > FIVE_YEARS) throw new Refused('ErrorCalendarDurationIsTooLong')
  if (after.isAllDay && (start !== undefined || end !== undefined || !before.isAllDay))
    Object.assign(span, wholeDays(span.start, span.end, meant))
  return { ...fields, span }
}

/** learn.microsoft.com/exchange/client-developer/web-service-reference/isalldayevent: from midnight to midnight in the item's zone. */
function wholeDays(start: Instant, end: Instant, zone: string): { start: Instant; end: Instant } {
  const first = dayOf(start, zone)
  const last = dayOf(end, zone)
  const until =
    last.toZonedDateTime(zone).epochMilliseconds === end && end > start ? last : last.add({ days: 1 })
  return {
    start: first.toZonedDateTime(zone).epochMilliseconds,
    end: until.toZonedDateTime(zone).epochMilliseconds,
  }
}
