import { z } from 'zod'

// What calendar-v3 and gmail-v1 let a body say, and nothing more: closed, with no field required. What is required, and which words a
// field knows, stands in the guides and is asked by the verbs. tests/contracts/google.test.ts holds these to the published documents.

const text = z.string().optional()
const flag = z.boolean().optional()
const whole = z.int().optional()
const texts = z.record(z.string(), z.string()).optional()
const moment = z.iso.datetime({ offset: true })
const long = z.string().regex(/^-?[0-9]+$/)

export const eventTime = z.strictObject({
  date: z.iso.date().optional(),
  // The offset may be left out where a timeZone stands beside it (EventDateTime in the discovery document).
  dateTime: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})?$/)
    .optional(),
  timeZone: text,
})
const person = z.strictObject({ displayName: text, email: text, id: text, self: flag })
export const attendee = z.strictObject({
  additionalGuests: whole,
  comment: text,
  displayName: text,
  email: text,
  id: text,
  optional: flag,
  organizer: flag,
  resource: flag,
  responseStatus: text,
  self: flag,
})
const reminder = z.strictObject({ method: text, minutes: whole })
const solutionKey = z.strictObject({ type: text })
const entryPoint = z.strictObject({
  accessCode: text,
  entryPointFeatures: z.array(z.string()).optional(),
  entryPointType: text,
  label: text,
  meetingCode: text,
  passcode: text,
  password: text,
  pin: text,
  regionCode: text,
  uri: text,
})
export const conferenceData = z.strictObject({
  conferenceId: text,
  conferenceSolution: z.strictObject({ iconUri: text, key: solutionKey.optional(), name: text }).optional(),
  createRequest: z
    .strictObject({
      conferenceSolutionKey: solutionKey.optional(),
      requestId: text,
      status: z.strictObject({ statusCode: text }).optional(),
    })
    .optional(),
  entryPoints: z.array(entryPoint).optional(),
  notes: text,
  parameters: z
    .strictObject({ addOnParameters: z.strictObject({ parameters: texts }).optional() })
    .optional(),
  signature: text,
})
const workingLocation = z.strictObject({
  customLocation: z.strictObject({ label: text }).optional(),
  homeOffice: z.unknown().optional(),
  officeLocation: z
    .strictObject({ buildingId: text, deskId: text, floorId: text, floorSectionId: text, label: text })
    .optional(),
  type: text,
})

export const event = z.strictObject({
  anyoneCanAddSelf: flag,
  attachments: z
    .array(z.strictObject({ fileId: text, fileUrl: text, iconLink: text, mimeType: text, title: text }))
    .optional(),
  attendees: z.array(attendee).optional(),
  attendeesOmitted: flag,
  birthdayProperties: z.strictObject({ contact: text, customTypeName: text, type: text }).optional(),
  colorId: text,
  conferenceData: conferenceData.optional(),
  created: moment.optional(),
  creator: person.optional(),
  description: text,
  end: eventTime.optional(),
  endTimeUnspecified: flag,
  etag: text,
  eventType: text,
  extendedProperties: z.strictObject({ private: texts, shared: texts }).optional(),
  focusTimeProperties: z
    .strictObject({ autoDeclineMode: text, chatStatus: text, declineMessage: text })
    .optional(),
  gadget: z
    .strictObject({
      display: text,
      height: whole,
      iconLink: text,
      link: text,
      preferences: texts,
      title: text,
      type: text,
      width: whole,
    })
    .optional(),
  guestsCanInviteOthers: flag,
  guestsCanModify: flag,
  guestsCanSeeOtherGuests: flag,
  hangoutLink: text,
  htmlLink: text,
  iCalUID: text,
  id: text,
  kind: text,
  location: text,
  locked: flag,
  organizer: person.optional(),
  originalStartTime: eventTime.optional(),
  outOfOfficeProperties: z.strictObject({ autoDeclineMode: text, declineMessage: text }).optional(),
  privateCopy: flag,
  recurrence: z.array(z.string()).optional(),
  recurringEventId: text,
  reminders: z.strictObject({ overrides: z.array(reminder).optional(), useDefault: flag }).optional(),
  sequence: whole,
  source: z.strictObject({ title: text, url: text }).optional(),
  start: eventTime.optional(),
  status: text,
  summary: text,
  transparency: text,
  updated: moment.optional(),
  visibility: text,
  workingLocationProperties: workingLocation.optional(),
})
export type Event = z.infer<typeof event>
export type EventTime = z.infer<typeof eventTime>
export type Attendee = z.infer<typeof attendee>

// A field of a patch may be null, which takes it away; no schema of Google says so, this guide does:
// developers.google.com/workspace/calendar/api/guides/performance#patch; for single properties guides/extended-properties.
const orNull = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  Object.fromEntries(Object.entries(shape).map(([name, field]) => [name, z.nullable(field)]))
const cleared = z.record(z.string(), z.string().nullable()).nullable().optional()
export const eventPatch = z.strictObject({
  ...orNull(event.shape),
  start: eventTime.extend(orNull(eventTime.shape)).optional(),
  end: eventTime.extend(orNull(eventTime.shape)).optional(),
  extendedProperties: z.strictObject({ private: cleared, shared: cleared }).nullable().optional(),
})

// Of our own answers more is known: the reference calls these fields always there.
export const eventAnswer = event.extend({
  kind: z.literal('calendar#event'),
  id: z.string(),
  etag: z.string(),
  status: z.enum(['confirmed', 'tentative', 'cancelled']),
})
export const events = z.strictObject({
  accessRole: z.enum(['freeBusyReader', 'reader', 'writer', 'owner']),
  defaultReminders: z.array(reminder),
  description: text,
  etag: z.string(),
  items: z.array(eventAnswer),
  kind: z.literal('calendar#events'),
  nextPageToken: text,
  nextSyncToken: text,
  summary: z.string(),
  timeZone: z.string(),
  updated: moment,
})

export const calendarListEntry = z.strictObject({
  accessRole: z.enum(['freeBusyReader', 'reader', 'writer', 'owner']),
  autoAcceptInvitations: flag,
  backgroundColor: text,
  colorId: text,
  conferenceProperties: z
    .strictObject({ allowedConferenceSolutionTypes: z.array(z.string()).optional() })
    .optional(),
  dataOwner: text,
  defaultReminders: z.array(reminder).optional(),
  deleted: flag,
  description: text,
  etag: z.string(),
  foregroundColor: text,
  hidden: flag,
  id: z.string(),
  kind: z.literal('calendar#calendarListEntry'),
  location: text,
  notificationSettings: z
    .strictObject({ notifications: z.array(z.strictObject({ method: text, type: text })).optional() })
    .optional(),
  primary: flag,
  selected: flag,
  summary: text,
  summaryOverride: text,
  timeZone: text,
})
export const calendarList = z.strictObject({
  etag: z.string(),
  items: z.array(calendarListEntry),
  kind: z.literal('calendar#calendarList'),
  nextPageToken: text,
  nextSyncToken: text,
})

export const channel = z.strictObject({
  address: text,
  expiration: long.optional(),
  id: text,
  kind: text,
  params: texts,
  payload: flag,
  resourceId: text,
  resourceUri: text,
  token: text,
  type: text,
})
export const channelAnswer = channel.extend({
  kind: z.literal('api#channel'),
  id: z.string(),
  resourceId: z.string(),
  resourceUri: z.string(),
  expiration: long,
})

export const freeBusyRequest = z.strictObject({
  calendarExpansionMax: whole,
  groupExpansionMax: whole,
  items: z.array(z.strictObject({ id: text })).optional(),
  timeMax: moment.optional(),
  timeMin: moment.optional(),
  timeZone: text,
})
const busyError = z.strictObject({ domain: text, reason: text })
export const freeBusy = z.strictObject({
  calendars: z.record(
    z.string(),
    z.strictObject({
      busy: z.array(z.strictObject({ end: moment, start: moment })),
      errors: z.array(busyError).optional(),
    }),
  ),
  groups: z
    .record(
      z.string(),
      z.strictObject({ calendars: z.array(z.string()).optional(), errors: z.array(busyError).optional() }),
    )
    .optional(),
  kind: z.literal('calendar#freeBusy'),
  timeMax: moment,
  timeMin: moment,
})

const part = z.strictObject({
  body: z.strictObject({ attachmentId: text, data: text, size: whole }).optional(),
  filename: text,
  headers: z.array(z.strictObject({ name: text, value: text })).optional(),
  mimeType: text,
  partId: text,
  get parts(): z.ZodOptional<z.ZodArray<z.ZodUnknown>> {
    return z.array(z.unknown()).optional()
  },
})
const label = z.strictObject({
  fields: z.array(z.strictObject({ fieldId: text, selection: text })).optional(),
  labelId: text,
})
export const message = z.strictObject({
  classificationLabelValues: z.array(label).optional(),
  historyId: long.optional(),
  id: text,
  internalDate: long.optional(),
  labelIds: z.array(z.string()).optional(),
  payload: part.optional(),
  raw: text,
  sizeEstimate: whole,
  snippet: text,
  threadId: text,
})
export const messageAnswer = message.extend({
  id: z.string(),
  threadId: z.string(),
  labelIds: z.array(z.string()),
})

/** developers.google.com/workspace/calendar/api/guides/errors */
export const errorAnswer = z.strictObject({
  error: z.strictObject({
    code: z.int(),
    message: z.string(),
    errors: z
      .array(
        z.strictObject({
          domain: z.string(),
          reason: z.string(),
          message: z.string(),
          locationType: text,
          location: text,
        }),
      )
      .min(1),
    status: text,
  }),
})
