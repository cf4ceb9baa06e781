import { z } from '@hono/zod-openapi'
import { emailAddress, text } from '#server/platform/http.ts'

export const Contact = z
  .object({
    id: z.uuid(),
    name: z.string(),
    email: z.string(),
    phone: z.string().nullable(),
    jobTitle: z.string().nullable(),
    company: z.object({ id: z.uuid(), name: z.string() }).nullable(),
    locale: z.string().nullable(),
    zone: z.string().nullable(),
    source: z.string(),
    createdAt: z.number(),
    lastEntryAt: z.number().nullable(),
    nextMeetingAt: z.number().nullable(),
  })
  .openapi('Contact')
export type Contact = z.infer<typeof Contact>

const phone = text(40)
const name = text(200, { min: 1 })

// An emptied field of a form means "none".
const optional = <S extends z.ZodType<string>>(field: S) =>
  field.nullable().transform((value) => (value === '' ? null : value))

export const ContactDraft = z.strictObject({
  name,
  email: emailAddress,
  phone: optional(phone).optional(),
  jobTitle: optional(text(200)).optional(),
  companyName: optional(text(200)).optional(),
})
export type ContactDraft = z.infer<typeof ContactDraft>
export const ContactChange = ContactDraft.partial()
export type ContactChange = z.infer<typeof ContactChange>

export const NoteDraft = z.strictObject({ text: text(10_000, { min: 1, lines: true }) })

export const ENTRY_KINDS = [
  'booked',
  'requested',
  'accepted',
  'declined',
  'moved',
  'cancelled',
  'note',
  'meeting',
  // Of events in the calendar with people we know.
  'meeting-moved',
  'meeting-gone',
  'letter',
  'answer',
] as const
export type EntryKind = (typeof ENTRY_KINDS)[number]

const span = z.object({ start: z.number(), end: z.number() })
/** All that a line of a timeline will ever need to be read, kept with the line: what it tells of may be gone. */
export const EntryWords = z
  .object({
    title: z.string(),
    start: z.number().optional(),
    end: z.number().optional(),
    from: span.optional(),
    place: z.string().optional(),
    text: z.string().optional(),
    by: z.enum(['visitor', 'host', 'calendar']).optional(),
    page: z.string().optional(),
    answer: z.enum(['accepted', 'declined']).optional(),
  })
  .openapi('EntryWords')
export type EntryWords = z.infer<typeof EntryWords>

export const TimelineEntry = z
  .object({
    id: z.uuid(),
    kind: z.enum(ENTRY_KINDS),
    at: z.number(),
    recordedAt: z.number(),
    bookingId: z.uuid().nullable(),
    author: z.object({ id: z.uuid(), name: z.string() }).nullable(),
    words: EntryWords,
  })
  .openapi('TimelineEntry')
export type TimelineEntry = z.infer<typeof TimelineEntry>
