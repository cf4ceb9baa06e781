import { z } from 'zod'
import {
  calendarList,
  calendarListEntry,
  channel,
  channelAnswer,
  event,
  eventAnswer,
  eventPatch,
  events,
  freeBusy,
  freeBusyRequest,
  message,
  messageAnswer,
} from './schema.ts'

const AUTH = 'https://www.googleapis.com/auth/'
const scopes = (...names: string[]) => names.map((name) => (name.includes(':') ? name : AUTH + name))

const READ_EVENTS = scopes(
  'calendar',
  'calendar.app.created',
  'calendar.events',
  'calendar.events.freebusy',
  'calendar.events.owned',
  'calendar.events.owned.readonly',
  'calendar.events.public.readonly',
  'calendar.events.readonly',
  'calendar.readonly',
)
const WRITE_EVENTS = scopes('calendar', 'calendar.app.created', 'calendar.events', 'calendar.events.owned')
const MOVE_EVENTS = scopes('calendar', 'calendar.events', 'calendar.events.owned')
const LIST_CALENDARS = scopes(
  'calendar',
  'calendar.calendarlist',
  'calendar.calendarlist.readonly',
  'calendar.readonly',
)
const STOP = scopes(
  'calendar',
  'calendar.acls',
  'calendar.acls.readonly',
  'calendar.app.created',
  'calendar.calendarlist',
  'calendar.calendarlist.readonly',
  'calendar.events',
  'calendar.events.freebusy',
  'calendar.events.owned',
  'calendar.events.owned.readonly',
  'calendar.events.public.readonly',
  'calendar.events.readonly',
  'calendar.readonly',
  'calendar.settings.readonly',
)

const text = z.string().optional()
const flag = z
  .enum(['true', 'false'])
  .transform((value) => value === 'true')
  .optional()
const count = (least: number, most = Infinity) =>
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .refine((value) => value >= least && value <= most)
    .optional()
const moment = z.iso
  .datetime({ offset: true })
  .transform((value) => Date.parse(value))
  .optional()
const repeated = <Item extends z.ZodType>(item: Item) =>
  z.union([item.transform((value) => [value]), z.array(item)]).optional()

// Whatever the method, these may stand in the query ("parameters" at the head of each discovery document).
const everywhere = {
  alt: z.enum(['json']).optional(),
  fields: text,
  key: text,
  oauth_token: text,
  prettyPrint: flag,
  quotaUser: z.string().max(40).optional(),
  userIp: text,
}
const query = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject({ ...everywhere, ...shape })

const reading = { alwaysIncludeEmail: flag, maxAttendees: count(1), timeZone: text }
const telling = { sendNotifications: flag, sendUpdates: z.enum(['all', 'externalOnly', 'none']).optional() }
const writing = {
  ...telling,
  conferenceDataVersion: count(0, 1),
  maxAttendees: count(1),
  supportsAttachments: flag,
}
const listing = {
  ...reading,
  eventTypes: repeated(
    z.enum(['birthday', 'default', 'focusTime', 'fromGmail', 'outOfOffice', 'workingLocation']),
  ),
  iCalUID: text,
  maxResults: count(1),
  orderBy: z.enum(['startTime', 'updated']).optional(),
  pageToken: text,
  privateExtendedProperty: repeated(z.string()),
  q: text,
  sharedExtendedProperty: repeated(z.string()),
  showDeleted: flag,
  showHiddenInvitations: flag,
  singleEvents: flag,
  syncToken: text,
  timeMax: moment,
  timeMin: moment,
  updatedMin: moment,
}
export const listQuery = query(listing)
export const instancesQuery = query({
  ...reading,
  maxResults: count(1),
  originalStart: text,
  pageToken: text,
  showDeleted: flag,
  timeMax: moment,
  timeMin: moment,
})
export const calendarListQuery = query({
  maxResults: count(1),
  minAccessRole: z.enum(['freeBusyReader', 'owner', 'reader', 'writer']).optional(),
  pageToken: text,
  showDeleted: flag,
  showHidden: flag,
  syncToken: text,
})
export const writeQuery = query(writing)
export const tellQuery = query(telling)
export const moveQuery = query({ ...telling, destination: z.string() })
// Gmail’s own set of what may stand anywhere is another.
const { userIp: _, ...shared } = everywhere
const sendQuery = z.strictObject({
  ...shared,
  access_token: text,
  callback: text,
  upload_protocol: text,
  uploadType: text,
  '$.xgafv': z.enum(['1', '2']).optional(),
})
export type ListQuery = z.infer<typeof listQuery>
export type InstancesQuery = z.infer<typeof instancesQuery>
export type CalendarListQuery = z.infer<typeof calendarListQuery>
export type WriteQuery = z.infer<typeof writeQuery>

export type Method = {
  feature: string
  verb: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
  /** Any one of them is enough. */
  scopes: string[]
  query: z.ZodType
  request: z.ZodType | null
  answer: z.ZodType | null
}

const EVENTS = 'calendar/v3/calendars/{calendarId}/events'
const ONE = `${EVENTS}/{eventId}`
const method = (
  feature: string,
  verb: Method['verb'],
  path: string,
  allowed: string[],
  asked: z.ZodType,
  request: z.ZodType | null,
  answer: z.ZodType | null,
): Method => ({ feature, verb, path, scopes: allowed, query: asked, request, answer })

/** The methods we know of Google's; the rest of its documents is 404 here. */
export const METHODS: Method[] = [
  method(
    'calendar.calendarList.list',
    'GET',
    'calendar/v3/users/me/calendarList',
    LIST_CALENDARS,
    calendarListQuery,
    null,
    calendarList,
  ),
  method(
    'calendar.calendarList.get',
    'GET',
    'calendar/v3/users/me/calendarList/{calendarId}',
    scopes(
      'calendar',
      'calendar.app.created',
      'calendar.calendarlist',
      'calendar.calendarlist.readonly',
      'calendar.readonly',
    ),
    query({}),
    null,
    calendarListEntry,
  ),
  method('calendar.channels.stop', 'POST', 'calendar/v3/channels/stop', STOP, query({}), channel, null),
  method(
    'calendar.freebusy.query',
    'POST',
    'calendar/v3/freeBusy',
    scopes('calendar', 'calendar.events.freebusy', 'calendar.freebusy', 'calendar.readonly'),
    query({}),
    freeBusyRequest,
    freeBusy,
  ),
  method('calendar.events.list', 'GET', EVENTS, READ_EVENTS, listQuery, null, events),
  method('calendar.events.insert', 'POST', EVENTS, WRITE_EVENTS, writeQuery, event, eventAnswer),
  method(
    'calendar.events.import',
    'POST',
    `${EVENTS}/import`,
    WRITE_EVENTS,
    query({ conferenceDataVersion: count(0, 1), supportsAttachments: flag }),
    event,
    eventAnswer,
  ),
  method('calendar.events.watch', 'POST', `${EVENTS}/watch`, READ_EVENTS, listQuery, channel, channelAnswer),
  method('calendar.events.get', 'GET', ONE, READ_EVENTS, query(reading), null, eventAnswer),
  method(
    'calendar.events.update',
    'PUT',
    ONE,
    WRITE_EVENTS,
    query({ ...writing, alwaysIncludeEmail: flag }),
    event,
    eventAnswer,
  ),
  method(
    'calendar.events.patch',
    'PATCH',
    ONE,
    WRITE_EVENTS,
    query({ ...writing, alwaysIncludeEmail: flag }),
    eventPatch,
    eventAnswer,
  ),
  method('calendar.events.delete', 'DELETE', ONE, WRITE_EVENTS, tellQuery, null, null),
  method('calendar.events.instances', 'GET', `${ONE}/instances`, READ_EVENTS, instancesQuery, null, events),
  method('calendar.events.move', 'POST', `${ONE}/move`, MOVE_EVENTS, moveQuery, null, eventAnswer),
  method(
    'gmail.users.messages.send',
    'POST',
    'gmail/v1/users/{userId}/messages/send',
    scopes(
      'https://mail.google.com/',
      'gmail.addons.current.action.compose',
      'gmail.compose',
      'gmail.modify',
      'gmail.send',
    ),
    sendQuery,
    message,
    messageAnswer,
  ),
]

const patterns = METHODS.map((each) => ({
  each,
  names: [...each.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!),
  pattern: new RegExp(`^/${each.path.replaceAll(/\{\w+\}/g, '([^/]+)')}$`),
}))

/** Broken percent signs name nothing. */
function readable(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return ''
  }
}

/** The method behind a request line, with what stood in its path. */
export function findMethod(
  verb: string,
  path: string,
): { method: Method; params: Record<string, string> } | null {
  for (const { each, names, pattern } of patterns) {
    const match = each.verb === verb ? pattern.exec(path) : null
    if (match)
      return {
        method: each,
        params: Object.fromEntries(names.map((name, index) => [name, readable(match[index + 1]!)])),
      }
  }
  return null
}
