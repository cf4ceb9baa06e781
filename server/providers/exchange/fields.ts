import { xml } from './soap.ts'
import type { Xml } from './soap.ts'

/** Every property we name, with the first server that knows it: none newer than what we speak (tests/contracts/exchange-client.test.ts). */
export const FIELDS = {
  'item:Subject': 'Exchange2007_SP1',
  'item:Sensitivity': 'Exchange2007_SP1',
  'item:Body': 'Exchange2007_SP1',
  'item:DateTimeCreated': 'Exchange2007_SP1',
  'calendar:UID': 'Exchange2007_SP1',
  'calendar:Start': 'Exchange2007_SP1',
  'calendar:End': 'Exchange2007_SP1',
  'calendar:IsAllDayEvent': 'Exchange2007_SP1',
  'calendar:LegacyFreeBusyStatus': 'Exchange2007_SP1',
  'calendar:Location': 'Exchange2007_SP1',
  'calendar:IsCancelled': 'Exchange2007_SP1',
  'calendar:CalendarItemType': 'Exchange2007_SP1',
  'calendar:MyResponseType': 'Exchange2007_SP1',
  'calendar:Organizer': 'Exchange2007_SP1',
  'calendar:RequiredAttendees': 'Exchange2007_SP1',
  'calendar:OptionalAttendees': 'Exchange2007_SP1',
  'calendar:AppointmentSequenceNumber': 'Exchange2007_SP1',
  'calendar:StartTimeZone': 'Exchange2007_SP1',
  'calendar:EndTimeZone': 'Exchange2010',
  'folder:DisplayName': 'Exchange2007_SP1',
  'folder:FolderClass': 'Exchange2007_SP1',
  'folder:ParentFolderId': 'Exchange2007_SP1',
  'folder:EffectiveRights': 'Exchange2007_SP1',
} as const satisfies Record<
  string,
  'Exchange2007_SP1' | 'Exchange2010' | 'Exchange2010_SP1' | 'Exchange2010_SP2'
>
export type Field = keyof typeof FIELDS

/** The elements we write into an item, in the order in which the schema, and every Exchange, wants them. */
export const ORDER = [
  'Subject',
  'Body',
  'ReminderIsSet',
  'ExtendedProperty',
  'UID',
  'Start',
  'End',
  'IsAllDayEvent',
  'LegacyFreeBusyStatus',
  'Location',
  'RequiredAttendees',
  'StartTimeZone',
  'EndTimeZone',
] as const
export type Part = (typeof ORDER)[number]

/** An appointment of these parts. */
export const calendarItem = (parts: Partial<Record<Part, Xml>>): Xml =>
  xml`<t:CalendarItem>${ORDER.flatMap((part) => parts[part] ?? [])}</t:CalendarItem>`

export const fieldUri = (field: Field): Xml => xml`<t:FieldURI FieldURI="${field}"/>`

/** What is asked of each item, beside its id. */
export const shape = (fields: readonly Field[], more: readonly Xml[] = []): Xml =>
  xml`<t:BaseShape>IdOnly</t:BaseShape>${bodyType(fields)}<t:AdditionalProperties>${[...fields.map(fieldUri), ...more]}</t:AdditionalProperties>`

const bodyType = (fields: readonly Field[]): Xml =>
  fields.includes('item:Body') ? xml`<t:BodyType>Text</t:BodyType>` : xml``
