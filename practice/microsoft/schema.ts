import { z } from 'zod'

// Closed schemas of every exchange this server takes part in: what is not said here is refused, from either side. The vendor's own
// contract knows far more; tests/contracts/microsoft.test.ts holds the two against each other.

const text = z.string()
const moment = z.iso.datetime({ offset: true })
const face = z.string().regex(/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?)?$/)
const closed = z.strictObject

export const dateTimeTimeZone = closed({ dateTime: face, timeZone: text })
const writtenTime = closed({ dateTime: text, timeZone: text.nullish() })
const emailAddress = closed({ name: text.nullish(), address: text.nullish() })
const recipient = closed({ emailAddress })
const bodyType = z.enum(['text', 'html', 'Text', 'HTML'])
const showAs = z.enum(['free', 'tentative', 'busy', 'oof', 'workingElsewhere', 'unknown'])
const sensitivity = z.enum(['normal', 'personal', 'private', 'confidential'])
const importance = z.enum(['low', 'normal', 'high'])
const attendeeType = z.enum(['required', 'optional', 'resource'])
const response = z.enum(['none', 'organizer', 'tentativelyAccepted', 'accepted', 'declined', 'notResponded'])
const weekday = z.enum(['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'])
const meetingProvider = z.enum(['unknown', 'teamsForBusiness', 'skypeForBusiness', 'skypeForConsumer'])
const locationType = z.enum([
  'default',
  'conferenceRoom',
  'homeAddress',
  'businessAddress',
  'geoCoordinates',
  'streetAddress',
  'hotel',
  'restaurant',
  'localBusiness',
  'postalAddress',
])
const uniqueIdType = z.enum(['unknown', 'locationStore', 'directory', 'private', 'bing'])
const property = closed({ id: text, value: text.nullable() })
const whole = z.int().min(-2147483648).max(2147483647)

export const recurrence = closed({
  pattern: closed({
    type: z.enum([
      'daily',
      'weekly',
      'absoluteMonthly',
      'relativeMonthly',
      'absoluteYearly',
      'relativeYearly',
    ]),
    interval: whole,
    daysOfWeek: z.array(weekday).optional(),
    dayOfMonth: whole.optional(),
    month: whole.optional(),
    index: z.enum(['first', 'second', 'third', 'fourth', 'last']).optional(),
    firstDayOfWeek: weekday.optional(),
  }),
  range: closed({
    type: z.enum(['endDate', 'noEnd', 'numbered']),
    startDate: z.iso.date(),
    endDate: z.iso.date().optional(),
    numberOfOccurrences: whole.optional(),
    recurrenceTimeZone: text.optional(),
  }),
})

/** What may be said of an event: learn.microsoft.com/graph/api/calendar-post-events, event-update */
export const eventPatch = closed({
  subject: text.nullable().optional(),
  body: closed({ contentType: bodyType.optional(), content: text.nullable() }).nullable().optional(),
  start: writtenTime.optional(),
  end: writtenTime.optional(),
  isAllDay: z.boolean().optional(),
  location: closed({
    displayName: text.nullish(),
    locationType: locationType.optional(),
    locationUri: text.nullish(),
    uniqueId: text.nullish(),
    uniqueIdType: uniqueIdType.optional(),
  })
    .nullable()
    .optional(),
  attendees: z
    .array(
      closed({
        emailAddress,
        type: attendeeType.optional(),
        status: closed({ response: response.optional(), time: moment.nullish() }).optional(),
      }),
    )
    .nullable()
    .optional(),
  showAs: showAs.optional(),
  sensitivity: sensitivity.optional(),
  importance: importance.optional(),
  categories: z.array(text).optional(),
  isReminderOn: z.boolean().optional(),
  reminderMinutesBeforeStart: whole.optional(),
  responseRequested: z.boolean().optional(),
  allowNewTimeProposals: z.boolean().optional(),
  hideAttendees: z.boolean().optional(),
  isOnlineMeeting: z.boolean().optional(),
  onlineMeetingProvider: meetingProvider.optional(),
  recurrence: recurrence.nullable().optional(),
  singleValueExtendedProperties: z.array(property).optional(),
})
// The transactionId cannot change later: learn.microsoft.com/graph/api/resources/event
export const eventPost = eventPatch.extend({ transactionId: text.nullable().optional() })

const time = dateTimeTimeZone
const location = closed({ displayName: text, locationType, uniqueId: text.optional(), uniqueIdType })
const etag = text.regex(/^W\/"[^"]+"$/)
/** Also what `$select` leaves of it. */
const eventFields = {
  '@odata.etag': etag,
  '@odata.type': z.literal('#microsoft.graph.event').optional(),
  id: text.min(1),
  createdDateTime: moment,
  lastModifiedDateTime: moment,
  changeKey: text,
  categories: z.array(text),
  transactionId: text.nullable(),
  originalStartTimeZone: text,
  originalEndTimeZone: text,
  iCalUId: text,
  reminderMinutesBeforeStart: whole,
  isReminderOn: z.boolean(),
  hasAttachments: z.boolean(),
  subject: text,
  bodyPreview: text,
  importance,
  sensitivity,
  isAllDay: z.boolean(),
  isCancelled: z.boolean(),
  isOrganizer: z.boolean(),
  responseRequested: z.boolean(),
  seriesMasterId: text.nullable(),
  showAs,
  type: z.enum(['singleInstance', 'occurrence', 'exception', 'seriesMaster']),
  originalStart: moment.optional(),
  webLink: text,
  onlineMeetingUrl: z.null(),
  isOnlineMeeting: z.boolean(),
  onlineMeetingProvider: meetingProvider,
  allowNewTimeProposals: z.boolean(),
  isDraft: z.boolean(),
  hideAttendees: z.boolean(),
  recurrence: recurrence.nullable(),
  onlineMeeting: closed({ joinUrl: text }).nullable(),
  responseStatus: closed({ response, time: moment }),
  body: closed({ contentType: z.enum(['text', 'html']), content: text }),
  start: time,
  end: time,
  location,
  locations: z.array(location),
  attendees: z.array(
    closed({
      type: attendeeType,
      status: closed({ response, time: moment }),
      emailAddress: closed({ name: text, address: text }),
    }),
  ),
  organizer: closed({ emailAddress: closed({ name: text, address: text }) }),
  singleValueExtendedProperties: z.array(closed({ id: text, value: text })).optional(),
}
const context = text.regex(/^http:\/\/localhost:\d+\/v1\.0\/\$metadata#/)
const link = text.regex(/^http:\/\/localhost:\d+\/v1\.0\//)
const someEvent = closed(eventFields).partial().required({ '@odata.etag': true, id: true })
export const event = someEvent.extend({ '@odata.context': context })
const thin = closed({
  '@odata.type': z.literal('#microsoft.graph.event'),
  '@odata.etag': etag,
  id: text,
  seriesMasterId: text,
  type: z.literal('occurrence'),
  start: time,
  end: time,
})
const removed = closed({ id: text, '@removed': closed({ reason: z.enum(['deleted', 'changed']) }) })
const list = <T extends z.ZodType>(item: T) =>
  closed({ '@odata.context': context, value: z.array(item), '@odata.nextLink': link.optional() })
export const events = list(someEvent)
export const delta = closed({
  '@odata.context': context,
  value: z.array(z.union([removed, thin, closed(eventFields)])),
  '@odata.nextLink': link.optional(),
  '@odata.deltaLink': link.optional(),
}).refine((page) => '@odata.nextLink' in page !== '@odata.deltaLink' in page, 'one link, never two')

const calendarFields = {
  id: text,
  name: text,
  color: text,
  hexColor: text,
  isDefaultCalendar: z.boolean(),
  changeKey: text,
  canShare: z.boolean(),
  canViewPrivateItems: z.boolean(),
  canEdit: z.boolean(),
  allowedOnlineMeetingProviders: z.array(meetingProvider),
  defaultOnlineMeetingProvider: meetingProvider,
  isTallyingResponses: z.boolean(),
  isRemovable: z.boolean(),
  owner: closed({ name: text, address: text }),
}
const someCalendar = closed(calendarFields).partial().required({ id: true })
export const calendar = someCalendar.extend({ '@odata.context': context })
export const calendars = list(someCalendar)

const workingHours = closed({
  daysOfWeek: z.array(weekday),
  startTime: text,
  endTime: text,
  timeZone: closed({ name: text }),
})
export const me = closed({
  '@odata.context': context,
  id: text,
  displayName: text,
  givenName: text.nullable(),
  surname: text.nullable(),
  mail: text.nullable(),
  userPrincipalName: text,
  preferredLanguage: text.nullable(),
  businessPhones: z.array(text),
  jobTitle: z.null(),
  mobilePhone: z.null(),
  officeLocation: z.null(),
})
  .partial()
  .required({ '@odata.context': true })
export const mailboxSettings = closed({
  '@odata.context': context,
  timeZone: text,
  language: closed({ locale: text, displayName: text }),
  timeFormat: text,
  dateFormat: text,
  workingHours,
})

const comment = { comment: text.optional(), Comment: text.optional() }
export const cancel = closed(comment)
export const answer = closed({
  ...comment,
  sendResponse: z.boolean().optional(),
  proposedNewTime: closed({ start: writtenTime, end: writtenTime }).optional(),
})

export const getSchedule = closed({
  schedules: z.array(text),
  startTime: writtenTime,
  endTime: writtenTime,
  availabilityViewInterval: whole.nullable().optional(),
})
export const schedules = closed({
  '@odata.context': context,
  value: z.array(
    z.union([
      closed({
        scheduleId: text,
        availabilityView: text.regex(/^[0-4]*$/),
        scheduleItems: z.array(
          closed({
            isPrivate: z.boolean(),
            status: showAs,
            subject: text.optional(),
            location: text.optional(),
            start: time,
            end: time,
          }),
        ),
        workingHours,
      }),
      closed({
        scheduleId: text,
        availabilityView: z.literal(''),
        scheduleItems: z.array(z.never()),
        error: closed({ message: text, responseCode: text }),
      }),
    ]),
  ),
})

export const subscriptionPost = closed({
  changeType: text,
  notificationUrl: text,
  lifecycleNotificationUrl: text.nullish(),
  resource: text,
  expirationDateTime: moment,
  clientState: text.max(128).nullish(),
  latestSupportedTlsVersion: z.enum(['v1_0', 'v1_1', 'v1_2', 'v1_3']).optional(),
})
export const subscriptionPatch = closed({ expirationDateTime: moment })
const subscriptionFields = closed({
  id: z.uuid(),
  resource: text,
  applicationId: text,
  changeType: text,
  clientState: text.nullable(),
  notificationUrl: text,
  notificationQueryOptions: z.null(),
  lifecycleNotificationUrl: text.nullable(),
  expirationDateTime: moment,
  creatorId: text,
  includeResourceData: z.boolean().nullable(),
  latestSupportedTlsVersion: text,
  encryptionCertificate: z.null(),
  encryptionCertificateId: z.null(),
  notificationUrlAppId: z.null(),
})
export const subscription = subscriptionFields.extend({ '@odata.context': context })
export const subscriptions = list(subscriptionFields)
const notice = {
  subscriptionId: z.uuid(),
  subscriptionExpirationDateTime: moment,
  tenantId: z.uuid(),
  clientState: text.nullable(),
}
export const changeNotice = closed({
  value: z
    .array(
      closed({
        ...notice,
        changeType: z.enum(['created', 'updated', 'deleted']),
        resource: text,
        resourceData: closed({
          '@odata.type': z.literal('#Microsoft.Graph.Event'),
          '@odata.id': text,
          '@odata.etag': etag,
          id: text,
        }),
      }),
    )
    .min(1),
})
export const lifecycleNotice = closed({
  value: z
    .array(
      closed({
        ...notice,
        lifecycleEvent: z.enum(['reauthorizationRequired', 'subscriptionRemoved', 'missed']),
      }),
    )
    .min(1),
})

const message = closed({
  subject: text.nullish(),
  body: closed({ contentType: bodyType.optional(), content: text }).optional(),
  toRecipients: z.array(recipient).optional(),
  ccRecipients: z.array(recipient).optional(),
  bccRecipients: z.array(recipient).optional(),
  replyTo: z.array(recipient).optional(),
  from: recipient.optional(),
  importance: importance.optional(),
  // Own headers only, at most five: learn.microsoft.com/graph/api/resources/internetmessageheader
  internetMessageHeaders: z
    .array(closed({ name: text.regex(/^[xX]-/), value: text }))
    .max(5)
    .optional(),
  attachments: z
    .array(
      closed({
        '@odata.type': z.literal('#microsoft.graph.fileAttachment'),
        name: text,
        contentType: text.optional(),
        contentBytes: z.base64(),
        isInline: z.boolean().optional(),
        contentId: text.optional(),
      }),
    )
    .optional(),
})
export const sendMail = closed({
  message: message.optional(),
  Message: message.optional(),
  saveToSentItems: z.boolean().optional(),
  SaveToSentItems: z.boolean().optional(),
})

export const graphError = closed({
  error: closed({
    code: text.min(1),
    message: text,
    '@event.existingEventId': text.optional(),
    innerError: closed({ date: text, 'request-id': text, 'client-request-id': text }),
  }),
})
