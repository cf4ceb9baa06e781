import { z } from '@hono/zod-openapi'
import { parseDate, dayNumber } from '#core/time/wall.ts'
import { zoneField } from '#server/accounts/model.ts'
import { text } from '#server/platform/http.ts'

// Every bound is also what a question about slots may cost at most (V06, V07).
const MINUTES_A_DAY = 1440
const HORIZON_DAYS = 730
const LONGEST_REMINDER = 60 * 7 * MINUTES_A_DAY

const int = (min: number, max: number) => z.int().min(min).max(max)
const date = z.string().refine((value) => parseDate(value) !== null, { message: 'date' })
const distinct = (list: unknown[]) => new Set(list).size === list.length

export const SLUG = /^[a-z0-9][a-z0-9-]{0,62}$/
const slug = z.string().regex(SLUG)
const title = text(120, { min: 1 })

const webAddress = (value: string) => ['https:', 'http:'].includes(URL.parse(value)?.protocol ?? '')
// What the calendar makes with each event has no value of its own.
const MADE_BY_CALENDAR: readonly string[] = ['meet', 'teams']
export const Location = z
  .strictObject({ kind: z.enum(['video', 'meet', 'teams', 'phone', 'place', 'ask']), value: text(500) })
  .refine(({ kind, value }) => value === '' || !MADE_BY_CALENDAR.includes(kind), { message: 'not-empty', path: ['value'] })
  .refine(({ kind, value }) => value === '' || kind !== 'video' || webAddress(value), { message: 'web-address', path: ['value'] })
  .refine(({ kind, value }) => value === '' || kind !== 'phone' || /^\+?[0-9 ()./-]{3,40}$/.test(value), { message: 'phone', path: ['value'] })
  .openapi('Location')
export type Location = z.infer<typeof Location>

export const Horizon = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('rolling'), days: int(0, HORIZON_DAYS) }),
  z.strictObject({ kind: z.literal('range'), from: date, to: date }),
]).refine((horizon) => horizon.kind === 'rolling' || (horizon.from <= horizon.to && dayNumber(horizon.to) - dayNumber(horizon.from) <= HORIZON_DAYS), { message: 'range' })
export type Horizon = z.infer<typeof Horizon>

const WITH_OPTIONS: readonly string[] = ['choice', 'many']
export const Question = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/),
    label: text(200, { min: 1 }),
    kind: z.enum(['text', 'long', 'choice', 'many', 'phone', 'number', 'date', 'check']),
    required: z.boolean(),
    options: z.array(text(200, { min: 1 })).max(50).refine(distinct, { message: 'twice' }).optional(),
  })
  .refine(({ kind, options }) => WITH_OPTIONS.includes(kind) === (options !== undefined && options.length > 0), { message: 'options', path: ['options'] })
  .openapi('Question')
export type Question = z.infer<typeof Question>

export const Consent = z.strictObject({ required: z.boolean(), text: text(2000, { min: 1, lines: true }) })

const UNIT_MINUTES = { minutes: 1, hours: 60, days: MINUTES_A_DAY, weeks: 7 * MINUTES_A_DAY } as const
export const Reminder = z.strictObject({ n: int(1, 10_000), unit: z.enum(['minutes', 'hours', 'days', 'weeks']) })
const before = ({ n, unit }: z.infer<typeof Reminder>) => n * UNIT_MINUTES[unit]
const Reminders = z
  .array(Reminder)
  .max(3)
  .refine((list) => list.every((reminder) => before(reminder) <= LONGEST_REMINDER), { message: 'out-of-range' })
  .refine((list) => distinct(list.map(before)), { message: 'twice' })

export const WhenUnreadable = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('close') }),
  z.strictObject({ kind: z.literal('requests') }),
  z.strictObject({ kind: z.literal('last-known'), hours: int(1, 168) }),
])
export type WhenUnreadable = z.infer<typeof WhenUnreadable>

/** What a change that a host makes in the calendar itself means for a booking: acted on, asked about, or let be (B21). */
export const OnCalendarChange = z.strictObject({
  moved: z.enum(['reschedule', 'ask', 'ignore']),
  deleted: z.enum(['cancel', 'ask', 'ignore']),
  declined: z.enum(['cancel', 'ask', 'ignore']),
})
export type OnCalendarChange = z.infer<typeof OnCalendarChange>

export const Assignment = z.enum(['solo', 'round-robin', 'collective'])

const settings = {
  title,
  description: text(5000, { lines: true }),
  location: Location,
  durations: z.array(int(5, MINUTES_A_DAY)).min(1).max(8).refine(distinct, { message: 'twice' }),
  increment: int(5, MINUTES_A_DAY),
  bufferBefore: int(0, MINUTES_A_DAY),
  bufferAfter: int(0, MINUTES_A_DAY),
  notice: int(0, 365 * MINUTES_A_DAY),
  horizon: Horizon,
  perDay: int(1, 1000).nullable(),
  perWeek: int(1, 5000).nullable(),
  capacity: int(1, 1000),
  assignment: Assignment,
  scheduleId: z.uuid().nullable(),
  questions: z.array(Question).max(20).refine((list) => distinct(list.map(({ id }) => id)), { message: 'twice' }),
  consent: Consent.nullable(),
  reminders: Reminders,
  guestsMax: int(0, 50),
  whenUnreadable: WhenUnreadable,
  onCalendarChange: OnCalendarChange,
}

export const EventType = z
  .object({ id: z.uuid(), ...settings, hosts: z.array(z.object({ id: z.uuid(), name: z.string(), priority: z.number() })), version: z.number() })
  .openapi('EventType')
export type EventType = z.infer<typeof EventType>

// A host may be sent back as it was read: the name is not ours to change and is let go.
const ChosenHost = z.strictObject({ id: z.uuid(), name: z.string().max(200).optional(), priority: int(0, 100).default(0) }).transform(({ id, priority }) => ({ id, priority }))

/** What an editor may send: any of the settings, nothing else (F22). */
export const EventTypeChange = z
  .strictObject({ ...settings, hosts: z.array(ChosenHost).min(1).max(50).refine((list) => distinct(list.map(({ id }) => id)), { message: 'twice' }) })
  .partial()
  .openapi('EventTypeChange')
export type EventTypeChange = z.infer<typeof EventTypeChange>

/** What the editor shows while one types: it may come whole, as it was read, and its title may be empty for a moment. */
export const EventTypeSketch = EventTypeChange.extend({ title: text(120).optional(), id: z.uuid().optional(), version: z.number().optional() })
export type EventTypeSketch = z.infer<typeof EventTypeSketch>

export const OFFLINE_REASONS = ['no-calendar', 'broken', 'no-destination', 'reading', 'stale'] as const
export type OfflineReason = (typeof OFFLINE_REASONS)[number]

export const Page = z
  .object({
    id: z.uuid(),
    slug: z.string(),
    hostSlug: z.string(),
    url: z.string(),
    locale: z.enum(['auto', 'en', 'it']),
    open: z.boolean(),
    listed: z.boolean(),
    mine: z.boolean(),
    mayEdit: z.boolean(),
    owner: z.object({ id: z.uuid(), name: z.string() }),
    eventType: EventType,
    state: z.enum(['active', 'offline', 'paused']),
    offlineReason: z.enum(OFFLINE_REASONS).nullable(),
    /** Of an active page that goes by what was last known: when that was. */
    lastKnownAt: z.number().nullable(),
    bookings: z.number(),
    requests: z.number(),
  })
  .openapi('Page')
export type Page = z.infer<typeof Page>

export const TEMPLATES = ['first-meeting', 'quick-call', 'in-person'] as const
export type Template = (typeof TEMPLATES)[number]

export const PageDraft = z.strictObject({ title: title.optional(), duration: int(5, MINUTES_A_DAY).optional(), slug: slug.optional(), template: z.enum(TEMPLATES).optional() })
  .refine(({ title, template }) => title !== undefined || template !== undefined, { message: 'too-short', path: ['title'] })
export type PageDraft = z.infer<typeof PageDraft>

export const PageChange = z.strictObject({
  slug: slug.optional(),
  locale: z.enum(['auto', 'en', 'it']).optional(),
  open: z.boolean().optional(),
  listed: z.boolean().optional(),
  eventType: EventTypeChange.optional(),
  version: int(1, 2_147_483_647),
})
export type PageChange = z.infer<typeof PageChange>

// 22:00–02:00 is 1320–1560: hours belong to the day they begin on.
const WallSpan = z.strictObject({ from: int(0, MINUTES_A_DAY - 1), to: int(1, 2 * MINUTES_A_DAY) }).refine(({ from, to }) => from < to, { message: 'backwards' })
const apart = (spans: { from: number; to: number }[]) => spans.toSorted((a, b) => a.from - b.from).every((span, index, sorted) => index === 0 || span.from >= sorted[index - 1]!.to)
const Spans = z.array(WallSpan).max(24).refine(apart, { message: 'overlap' })

const hours = {
  zone: zoneField,
  weekly: z.array(Spans).length(7),
  overrides: z.array(z.strictObject({ date, spans: Spans })).max(400).refine((list) => distinct(list.map(({ date }) => date)), { message: 'twice' }),
}
/** Hours as an unsaved draft shows them to the preview. */
export const Hours = z.strictObject({ ...hours, name: text(120).optional() })
export type Hours = z.infer<typeof Hours>

export const ScheduleDraft = z.strictObject({ name: title, ...hours, overrides: hours.overrides.default([]) })
export type ScheduleDraft = z.infer<typeof ScheduleDraft>
export const ScheduleChange = z.strictObject({ name: title, ...hours, isDefault: z.boolean() }).partial().extend({ version: int(1, 2_147_483_647) })
export type ScheduleChange = z.infer<typeof ScheduleChange>

const shownSpans = z.array(z.object({ from: z.number(), to: z.number() }))
export const Schedule = z
  .object({ id: z.uuid(), name: z.string(), zone: z.string(), weekly: z.array(shownSpans), overrides: z.array(z.object({ date: z.string(), spans: shownSpans })), isDefault: z.boolean(), version: z.number() })
  .openapi('Schedule')
export type Schedule = z.infer<typeof Schedule>

/** Monday to Friday, nine to one and two to six. */
export const FIRST_WEEK = Array.from({ length: 7 }, (_, day) => (day < 5 ? [{ from: 540, to: 780 }, { from: 840, to: 1080 }] : []))

export const PAGES_EACH = 200
export const SCHEDULES_EACH = 50
