import type { Instant } from '#core/time/model.ts'
import { DAY } from '#core/time/model.ts'
import { keyOf, type Call, type Found } from './call.ts'
import { dayOf, faceOf, writeTime } from './clock.ts'
import { extendedUri } from './extended.ts'
import { occurrenceId } from './ids.ts'
import type { Attendee, Item } from './model.ts'
import { plainText, htmlText } from './text.ts'
import { endsOf, occurrenceOn, zoneOf, type Occurrence } from './recurrence.ts'
import { recurrenceXml } from './recurrence-xml.ts'
import { el, type Content, type Xml } from './xml.ts'

/** One item, as someone looks at it: a day of a series shows what that day has of its own. */
export type View = Pick<Call, 'store' | 'zone' | 'person'> & {
  item: Item
  master: Item
  occurrence: Occurrence | null
  bodyType: 'HTML' | 'Text' | 'Best'
}
export const view = (
  call: Call,
  { item, occurrence }: Pick<Found, 'item' | 'occurrence'>,
  bodyType: View['bodyType'] = 'Best',
): View => ({
  store: call.store,
  zone: call.zone,
  person: call.person,
  item: occurrence?.item ?? item,
  master: item,
  occurrence,
  bodyType,
})

export const idOf = ({ item, occurrence }: Pick<Found, 'item' | 'occurrence'>): string =>
  occurrence ? occurrenceId(item.id, occurrence.date) : item.id
export const itemIdXml = (found: Pick<Found, 'item' | 'occurrence'>, name = 't:ItemId'): Xml =>
  el(name, { Id: idOf(found), ChangeKey: keyOf(found) })
export const mailboxXml = (one: { name: string; email: string }, name = 't:Mailbox'): Xml =>
  el(
    name,
    null,
    el('t:Name', null, one.name),
    el('t:EmailAddress', null, one.email),
    el('t:RoutingType', null, 'SMTP'),
  )

const attendeesXml =
  (name: string, type: Attendee['type']) =>
  ({ item, zone }: View): Xml | null => {
    const some = item.attendees.filter((one) => one.type === type)
    if (some.length === 0) return null
    const one = ({ answer, at, ...who }: Attendee) =>
      el(
        't:Attendee',
        null,
        mailboxXml(who),
        el('t:ResponseType', null, answer),
        at === null ? null : el('t:LastResponseTime', null, writeTime(at, zone)),
      )
    return el(`t:${name}`, null, some.map(one))
  }
const bodyXml = ({ item: { body }, bodyType }: View): Xml => {
  const type = bodyType === 'Best' ? body.type : bodyType
  const text = type === body.type ? body.text : type === 'Text' ? plainText(body.text) : htmlText(body.text)
  return el('t:Body', { BodyType: type }, text)
}
const said = (name: string, value: Content): Xml | null =>
  value === null || value === undefined ? null : el(`t:${name}`, null, value)
const kindOf = ({ master, occurrence }: View): string =>
  occurrence
    ? occurrence.changed
      ? 'Exception'
      : 'Occurrence'
    : master.recurrence
      ? 'RecurringMaster'
      : 'Single'
const isMeeting = ({ item }: View): boolean => item.attendees.length > 0 || !item.isOrganizer
// Bits: a meeting, received, cancelled ([MS-OXOCAL] PidLidAppointmentStateFlags).
const state = (one: View): number =>
  (isMeeting(one) ? 1 : 0) + (one.item.isOrganizer ? 0 : 2) + (one.item.isCancelled ? 4 : 0)
const duration = (ms: number): string => {
  const minutes = Math.round(ms / 60_000)
  return minutes % 1440 === 0 ? `P${minutes / 1440}D` : `PT${Math.floor(minutes / 60)}H${minutes % 60}M`
}
const names = (some: Attendee[]) => some.map(({ name }) => name).join('; ')
const recipients = (name: string, list: string[] | undefined): Xml | null =>
  list?.length
    ? el(
        `t:${name}`,
        null,
        list.map((email) => mailboxXml({ name: email, email })),
      )
    : null

function occurrenceXml(master: Item, occurrence: Occurrence | null, name: string, zone: string): Xml | null {
  if (!occurrence) return null
  const time = (field: string, at: Instant) => el(`t:${field}`, null, writeTime(at, zone))
  return el(
    `t:${name}`,
    null,
    itemIdXml({ item: master, occurrence }),
    time('Start', occurrence.span.start),
    time('End', occurrence.span.end),
    time('OriginalStart', occurrence.original),
  )
}
const series =
  (read: (item: Item, zone: string) => Xml | null) =>
  ({ master, occurrence, zone }: View): Xml | null =>
    master.recurrence && !occurrence ? read(master, zone) : null
const changed = (item: Item, zone: string): Xml | null => {
  const dates = Object.keys(item.exceptions).filter((date) => item.exceptions[date]!.kind === 'changed')
  return dates.length === 0
    ? null
    : el(
        't:ModifiedOccurrences',
        null,
        dates.sort().map((date) => occurrenceXml(item, occurrenceOn(item, date), 'Occurrence', zone)),
      )
}
const removed = (item: Item, zone: string): Xml | null => {
  const whole = { ...item, exceptions: {} }
  const dates = Object.keys(item.exceptions).filter((date) => item.exceptions[date]!.kind === 'removed')
  const starts = dates.sort().flatMap((date) => occurrenceOn(whole, date)?.original ?? [])
  return starts.length === 0
    ? null
    : el(
        't:DeletedOccurrences',
        null,
        starts.map((at) => el('t:DeletedOccurrence', null, el('t:Start', null, writeTime(at, zone)))),
      )
}
const zoneXml = (name: 'StartTimeZone' | 'EndTimeZone', id: string): Xml =>
  el(`t:${name}`, { Id: id, Name: `(UTC) ${id}` })
const classes: Record<Item['kind'], string> = {
  CalendarItem: 'IPM.Appointment',
  Message: 'IPM.Note',
  MeetingRequest: 'IPM.Schedule.Meeting.Request',
  MeetingCancellation: 'IPM.Schedule.Meeting.Canceled',
  MeetingResponse: 'IPM.Schedule.Meeting.Resp.Pos',
}
const RIGHTS = ['CreateAssociated', 'CreateContents', 'CreateHierarchy', 'Delete', 'Modify', 'Read'] as const
export const rightsXml = (canEdit: boolean): Xml =>
  el(
    't:EffectiveRights',
    null,
    RIGHTS.map((name) => el(`t:${name}`, null, name === 'Read' || (canEdit && !name.endsWith('Hierarchy')))),
  )

/** What an item answers when a field of it is asked for; null: it has none. */
export const READ: Record<string, (one: View) => Xml | null> = {
  'item:MimeContent': ({ item }) =>
    item.mail?.mime
      ? el('t:MimeContent', { CharacterSet: 'UTF-8' }, Buffer.from(item.mail.mime).toString('base64'))
      : null,
  'item:ItemId': ({ master, occurrence }) => itemIdXml({ item: master, occurrence }),
  'item:ParentFolderId': ({ master, store }) =>
    el('t:ParentFolderId', { Id: master.folder, ChangeKey: store.folders.get(master.folder)!.changeKey }),
  'item:ItemClass': ({ item }) => said('ItemClass', classes[item.kind]),
  'item:Subject': ({ item }) => (item.subject ? said('Subject', item.subject) : null),
  'item:Sensitivity': ({ item }) => said('Sensitivity', item.sensitivity),
  'item:Body': bodyXml,
  'item:DateTimeReceived': ({ item, zone }) => said('DateTimeReceived', writeTime(item.madeAt, zone)),
  'item:Size': ({ item }) => said('Size', 1000 + item.body.text.length),
  'item:Categories': ({ item }) =>
    item.categories.length
      ? el(
          't:Categories',
          null,
          item.categories.map((one) => said('String', one)),
        )
      : null,
  'item:Importance': ({ item }) => said('Importance', item.importance),
  'item:IsSubmitted': () => said('IsSubmitted', false),
  'item:IsDraft': () => said('IsDraft', false),
  'item:IsFromMe': () => said('IsFromMe', false),
  'item:IsResend': () => said('IsResend', false),
  'item:IsUnmodified': () => said('IsUnmodified', false),
  'item:DateTimeSent': ({ item, zone }) => said('DateTimeSent', writeTime(item.madeAt, zone)),
  'item:DateTimeCreated': ({ item, zone }) => said('DateTimeCreated', writeTime(item.madeAt, zone)),
  'item:ReminderDueBy': ({ item, zone }) =>
    item.kind === 'CalendarItem' ? said('ReminderDueBy', writeTime(item.span.start, zone)) : null,
  'item:ReminderIsSet': ({ item }) => said('ReminderIsSet', item.reminderIsSet),
  'item:ReminderMinutesBeforeStart': ({ item }) => said('ReminderMinutesBeforeStart', item.reminderMinutes),
  'item:DisplayCc': ({ item }) =>
    said('DisplayCc', names(item.attendees.filter(({ type }) => type === 'optional'))),
  'item:DisplayTo': ({ item }) =>
    said(
      'DisplayTo',
      item.mail ? item.mail.to.join('; ') : names(item.attendees.filter(({ type }) => type === 'required')),
    ),
  'item:HasAttachments': () => said('HasAttachments', false),
  'item:Culture': () => said('Culture', 'en-US'),
  'item:EffectiveRights': ({ master, store }) => rightsXml(store.folders.get(master.folder)!.canEdit),
  'item:LastModifiedName': ({ person }) => said('LastModifiedName', person.name),
  'item:LastModifiedTime': ({ item, zone }) => said('LastModifiedTime', writeTime(item.changedAt, zone)),
  'item:IsAssociated': () => said('IsAssociated', false),
  'message:ToRecipients': ({ item }) => recipients('ToRecipients', item.mail?.to),
  'message:CcRecipients': ({ item }) => recipients('CcRecipients', item.mail?.cc),
  'message:From': ({ item }) =>
    item.mail ? el('t:From', null, mailboxXml({ name: item.mail.from, email: item.mail.from })) : null,
  'message:Sender': ({ item }) =>
    item.mail ? el('t:Sender', null, mailboxXml({ name: item.mail.from, email: item.mail.from })) : null,
  'message:InternetMessageId': ({ item }) => said('InternetMessageId', item.mail?.internetId),
  'message:IsRead': ({ item }) => said('IsRead', item.mail?.isRead),
  'meeting:AssociatedCalendarItemId': ({ item, store, person }) => {
    const meeting = store.events(person.email).find((one) => one.uid === item.uid)
    return meeting ? itemIdXml({ item: meeting, occurrence: null }, 't:AssociatedCalendarItemId') : null
  },
  'meeting:IsDelegated': () => said('IsDelegated', false),
  'meeting:IsOutOfDate': () => said('IsOutOfDate', false),
  'meeting:HasBeenProcessed': () => said('HasBeenProcessed', true),
  'meeting:ResponseType': ({ item }) => said('ResponseType', item.answer),
  'calendar:UID': ({ item }) => said('UID', item.uid),
  'calendar:RecurrenceId': ({ occurrence, zone }) =>
    occurrence ? said('RecurrenceId', writeTime(occurrence.original, zone)) : null,
  'calendar:DateTimeStamp': ({ item, zone }) => said('DateTimeStamp', writeTime(item.changedAt, zone)),
  'calendar:Start': ({ item, zone }) => said('Start', writeTime(item.span.start, zone)),
  'calendar:End': ({ item, zone }) => said('End', writeTime(item.span.end, zone)),
  'calendar:OriginalStart': ({ occurrence, zone }) =>
    occurrence?.changed ? said('OriginalStart', writeTime(occurrence.original, zone)) : null,
  'calendar:IsAllDayEvent': ({ item }) => said('IsAllDayEvent', item.isAllDay),
  'calendar:LegacyFreeBusyStatus': ({ item }) => said('LegacyFreeBusyStatus', item.showAs),
  'calendar:Location': ({ item }) => (item.location ? said('Location', item.location) : null),
  'calendar:IsMeeting': (one) => said('IsMeeting', isMeeting(one)),
  'calendar:IsCancelled': ({ item }) => said('IsCancelled', item.isCancelled),
  'calendar:IsRecurring': ({ occurrence, master }) =>
    said('IsRecurring', occurrence !== null || master.recurrence !== null),
  'calendar:MeetingRequestWasSent': ({ item }) => said('MeetingRequestWasSent', item.invited.length > 0),
  'calendar:IsResponseRequested': ({ item }) => said('IsResponseRequested', item.responseRequested),
  'calendar:CalendarItemType': (one) => said('CalendarItemType', kindOf(one)),
  'calendar:MyResponseType': ({ item }) => said('MyResponseType', item.answer),
  'calendar:Organizer': ({ item }) => el('t:Organizer', null, mailboxXml(item.organizer)),
  'calendar:RequiredAttendees': attendeesXml('RequiredAttendees', 'required'),
  'calendar:OptionalAttendees': attendeesXml('OptionalAttendees', 'optional'),
  'calendar:Resources': attendeesXml('Resources', 'resource'),
  'calendar:Duration': ({ item }) =>
    said(
      'Duration',
      duration(
        item.isAllDay
          ? DAY * dayOf(item.span.start, zoneOf(item)).until(dayOf(item.span.end, zoneOf(item))).days
          : item.span.end - item.span.start,
      ),
    ),
  'calendar:TimeZone': ({ item }) => said('TimeZone', item.zones.start),
  'calendar:AppointmentReplyTime': ({ item, zone }) =>
    item.answeredAt === null ? null : said('AppointmentReplyTime', writeTime(item.answeredAt, zone)),
  'calendar:AppointmentSequenceNumber': ({ item }) => said('AppointmentSequenceNumber', item.sequence),
  'calendar:AppointmentState': (one) => said('AppointmentState', state(one)),
  'calendar:Recurrence': series(({ recurrence }) => recurrenceXml(recurrence!)),
  'calendar:FirstOccurrence': series((item, zone) =>
    occurrenceXml(item, endsOf(item).first, 'FirstOccurrence', zone),
  ),
  'calendar:LastOccurrence': series((item, zone) =>
    occurrenceXml(item, endsOf(item).last, 'LastOccurrence', zone),
  ),
  'calendar:ModifiedOccurrences': series(changed),
  'calendar:DeletedOccurrences': series(removed),
  'calendar:StartTimeZone': ({ item }) => zoneXml('StartTimeZone', item.zones.start),
  'calendar:EndTimeZone': ({ item }) => zoneXml('EndTimeZone', item.zones.end),
  'calendar:AllowNewTimeProposal': ({ item }) => said('AllowNewTimeProposal', item.allowNewTimeProposal),
  'calendar:IsOnlineMeeting': () => said('IsOnlineMeeting', false),
  'calendar:StartWallClock': ({ item }) => said('StartWallClock', faceOf(item.span.start, zoneOf(item))),
  'calendar:EndWallClock': ({ item }) => said('EndWallClock', faceOf(item.span.end, zoneOf(item))),
  'calendar:StartTimeZoneId': ({ item }) => said('StartTimeZoneId', item.zones.start),
  'calendar:EndTimeZoneId': ({ item }) => said('EndTimeZoneId', item.zones.end),
  'calendar:IsOrganizer': ({ item }) => said('IsOrganizer', item.isOrganizer),
  'meetingRequest:MeetingRequestType': ({ item }) =>
    item.kind === 'MeetingRequest'
      ? said('MeetingRequestType', item.sequence > 0 ? 'FullUpdate' : 'NewMeetingRequest')
      : null,
  'meetingRequest:IntendedFreeBusyStatus': () => said('IntendedFreeBusyStatus', 'Busy'),
}
/** What FindItem does not look up: learn.microsoft.com/exchange/client-developer/exchange-web-services/email-properties-and-elements-in-ews-in-exchange */
export const NOT_IN_LISTS = new Set(
  `item:MimeContent item:Body item:UniqueBody item:NormalizedBody item:TextBody item:InternetMessageHeaders item:ResponseObjects
  item:Attachments calendar:RequiredAttendees calendar:OptionalAttendees calendar:Resources calendar:Recurrence
  calendar:FirstOccurrence calendar:LastOccurrence calendar:ModifiedOccurrences calendar:DeletedOccurrences
  calendar:ConflictingMeetings calendar:AdjacentMeetings calendar:MeetingTimeZone message:CcRecipients message:BccRecipients
  message:ToRecipients message:ReplyTo`.split(/\s+/),
)

export function extendedXml({ item }: View, field: string): Xml | null {
  const found = item.extended.find((one) => one.field === field)
  if (!found) return null
  const value = field.endsWith('Array')
    ? el(
        't:Values',
        null,
        found.values.map((one) => el('t:Value', null, one)),
      )
    : el('t:Value', null, found.values[0]!)
  return el('t:ExtendedProperty', null, extendedUri(field), value)
}
