import { z } from '@hono/zod-openapi'
import type { Assignment } from '#core/availability/model.ts'
import type { Locale } from '#core/locale/locale.ts'
import type { Instant, Zone } from '#core/time/model.ts'
import { Location } from '#server/event-types/model.ts'
import { emailAddress, text } from '#server/platform/http.ts'

export type BookingState = 'requested' | 'confirmed' | 'declined' | 'cancelled' | 'expired'

/** What the calendar says of a booking's current revision. Only `standing` was read back from it. */
export type CalendarState = 'none' | 'writing' | 'standing' | 'failed'

export const PLACE_KINDS = ['video', 'meet', 'teams', 'phone', 'place', 'ask'] as const
/** `meet` and `teams` are links that the calendar makes with the event; until then their value is empty. */
export type Place = { kind: (typeof PLACE_KINDS)[number]; value: string }

export type JoinState = 'none' | 'pending' | 'ready' | 'failed'

/** What its host's changes in the calendar mean for a booking. */
export type OnCalendarChange = { moved: 'reschedule' | 'ask' | 'ignore'; deleted: 'cancel' | 'ask' | 'ignore'; declined: 'cancel' | 'ask' | 'ignore' }
export type ChangeKind = keyof OnCalendarChange
/** For a meeting without a page, or whose page is gone. */
export const USUAL: OnCalendarChange = { moved: 'reschedule', deleted: 'cancel', declined: 'ask' }

export type Question = {
  id: string
  label: string
  kind: 'text' | 'long' | 'choice' | 'many' | 'phone' | 'number' | 'date' | 'check'
  required: boolean
  options?: string[]
}

export type Answer = { id: string; label: string; value: string }

export type Reminder = { n: number; unit: 'minutes' | 'hours' | 'days' | 'weeks' }

/** What an unreadable calendar means for a page: its owner's choice (A25). */
export type WhenUnreadable = { kind: 'close' } | { kind: 'requests' } | { kind: 'last-known'; hours: number }

/** The event type behind a page, as the booking verbs need it. */
export type BookedType = {
  eventTypeId: string
  pageId: string
  workspaceId: string
  workspaceName: string
  slug: string
  open: boolean
  pageLocale: 'auto' | Locale
  owner: { id: string; name: string; slug: string }
  title: string
  description: string
  location: Place
  durations: number[]
  increment: number
  before: number
  after: number
  notice: number
  horizon: { kind: 'rolling'; days: number } | { kind: 'range'; from: string; to: string }
  perDay: number | null
  perWeek: number | null
  capacity: number
  assignment: Assignment
  questions: Question[]
  consent: { required: boolean; text: string } | null
  reminders: Reminder[]
  guestsMax: number
  whenUnreadable: WhenUnreadable
  version: number
}

/** Whoever asks for a time, as checked at the edge. */
export type Visitor = {
  name: string
  email: string
  zone: Zone
  locale: Locale
  answers: Answer[]
  guests: string[]
  consent: { text: string; at: Instant } | null
}

export type PageRef = { host: string; page: string }

/** How long a slot is kept while its visitor types. */
export const HOLD_MINUTES = 10
/** How many live holds one client may have; a third gives the first back (K03). */
export const HOLDS_PER_CLIENT = 2
/** A calendar read longer ago than this no longer proves anything. */
export const STALE_AFTER_MINUTES = 30
/** A manage link outlives its meeting by this much (F15). */
export const LINK_DAYS_AFTER = 30

export const uidOf = (bookingId: string): string => `${bookingId}@ritrovo`

const MINUTES: Record<Reminder['unit'], number> = { minutes: 1, hours: 60, days: 1440, weeks: 10_080 }
export const reminderMinutes = ({ n, unit }: Reminder): number => n * MINUTES[unit]

export const Booking = z
  .object({
    id: z.uuid(),
    state: z.enum(['requested', 'confirmed', 'declined', 'cancelled', 'expired']),
    start: z.number(),
    end: z.number(),
    zone: z.string(),
    title: z.string(),
    page: z.object({ id: z.uuid(), title: z.string(), url: z.string() }).nullable(),
    contact: z.object({ id: z.uuid(), name: z.string(), email: z.string() }).nullable(),
    name: z.string(),
    email: z.string(),
    guests: z.array(z.string()),
    answers: z.array(z.object({ label: z.string(), value: z.string() })),
    location: z.object({ kind: z.enum(PLACE_KINDS), value: z.string() }),
    joinUrl: z.string().nullable(),
    joinState: z.enum(['none', 'pending', 'ready', 'failed']),
    madeFrom: z.enum(['page', 'record']),
    visitorAnswer: z.enum(['accepted', 'declined']).nullable(),
    calendarState: z.enum(['none', 'writing', 'standing', 'failed']),
    calendarReason: z.string().nullable(),
    standingAt: z.number().nullable(),
    conflict: z.boolean(),
    proposed: z.array(z.number()).nullable(),
    letters: z.array(z.object({ kind: z.string(), state: z.string(), to: z.string(), at: z.number() })),
    revision: z.number(),
    visitorZone: z.string(),
    createdAt: z.number(),
    cancelledBy: z.enum(['visitor', 'host', 'calendar']).nullable(),
    cancelReason: z.string().nullable(),
    hosts: z.array(z.object({ id: z.uuid(), name: z.string() })),
  })
  .openapi('Booking')
export type Booking = z.infer<typeof Booking>

export const MeetingDraft = z.strictObject({
  start: z.int().min(0).max(4_102_444_800_000),
  duration: z.int().min(5).max(1440),
  title: text(120, { min: 1 }),
  location: Location,
  guests: z.array(emailAddress).max(50).default([]),
  /** Over what stands in the calendar at that time. */
  anyway: z.boolean().default(false),
})
export type MeetingDraft = z.infer<typeof MeetingDraft>

export const CalendarChangeSeen = z
  .object({
    id: z.uuid(),
    bookingId: z.uuid(),
    kind: z.enum(['moved', 'deleted', 'declined']),
    start: z.number().nullable(),
    end: z.number().nullable(),
    who: z.string().nullable(),
    noticedAt: z.number(),
    booking: z.object({ title: z.string(), start: z.number(), end: z.number(), name: z.string() }),
  })
  .openapi('CalendarChangeSeen')
export type CalendarChangeSeen = z.infer<typeof CalendarChangeSeen>
