import { z } from '@hono/zod-openapi'
import { DAY, MINUTE, type Instant, type Span } from '#core/time/model.ts'
import { ReasonCode, Role, type ConnectionState } from '#server/connections/model.ts'
import { text } from '#server/platform/http.ts'
import type { EventKind, RemoteEvent } from '#server/providers/provider.ts'

export const Calendar = z
  .object({
    id: z.uuid(),
    name: z.string(),
    color: z.string().nullable(),
    zone: z.string().nullable(),
    writable: z.boolean(),
    checked: z.boolean(),
    destination: z.boolean(),
    syncedAt: z.number().nullable(),
    trouble: ReasonCode.nullable(),
    quarantined: z.boolean(),
    troubledEvents: z.number(),
    blocksTentative: z.boolean(),
    blocksUnanswered: z.boolean(),
    eventCount: z.number(),
    /** The account's own first calendar. */
    primary: z.boolean(),
    /** The video link it can make for a meeting by itself. */
    conference: z.enum(['meet', 'teams']).nullable(),
    /** One word for all of it: as it should be, with something its owner should know, of no use just now, never read. */
    health: z.enum(['fine', 'degraded', 'broken', 'unread']),
  })
  .openapi('Calendar')
export type Calendar = z.infer<typeof Calendar>

export const Connection = z
  .object({
    id: z.uuid(),
    provider: z.enum(['google', 'microsoft', 'exchange', 'caldav']),
    account: z.string(),
    state: z.enum(['connecting', 'connected', 'broken']),
    reason: ReasonCode.nullable(),
    since: z.number(),
    verifiedAt: z.number().nullable(),
    capabilities: z.record(z.string(), z.boolean()),
    calendars: z.array(Calendar),
    roles: z.array(Role),
    /** Half of a pair of accounts from before 13 March 2023. */
    legacy: z.enum(['calendar', 'meetings']).nullable(),
    mailbox: z.boolean(),
    /** Only its mailbox is left. */
    calendarEnded: z.boolean(),
    grantedScopes: z.array(z.string()),
    /** When the provider will end the grant by itself, where that is known. */
    diesAt: z.number().nullable(),
    /** Whether news is told at once, or asked for. */
    push: z.enum(['live', 'polling']),
  })
  .openapi('Connection')
export type Connection = z.infer<typeof Connection>

const password = z.string().min(1).max(1000)
export const ConnectCaldav = z.strictObject({
  address: text(2000, { min: 1 }),
  user: text(254, { min: 1 }),
  password,
  consent: z.strictObject({ textVersion: text(40, { min: 1 }), locale: z.enum(['en', 'it']) }),
  as: z.enum(['replace', 'add']).optional(),
  roles: z.array(Role).min(1).max(4).optional(),
  replaces: z.uuid().optional(),
})
export type ConnectCaldav = z.infer<typeof ConnectCaldav>

export const Retry = z.strictObject({ password: password.optional() })

export const RolesChange = z.strictObject({ roles: z.array(Role).min(1).max(4) })

export const CalendarChange = z
  .strictObject({
    checked: z.boolean(),
    destination: z.boolean(),
    blocksTentative: z.boolean(),
    blocksUnanswered: z.boolean(),
  })
  .partial()
export type CalendarChange = z.infer<typeof CalendarChange>

export const CheckStep = z
  .object({
    step: z.enum(['read', 'write', 'live']),
    ok: z.boolean(),
    detail: z.object({
      events: z.number().optional(),
      ms: z.number().optional(),
      minutes: z.number().optional(),
    }),
    reason: ReasonCode.optional(),
  })
  .openapi('CheckStep')
export type CheckStep = z.infer<typeof CheckStep>

export type BlockSettings = { blocksTentative: boolean; blocksUnanswered: boolean }

// B32. What is not understood blocks like busy; only what its owner has clearly let go does not.
const BLOCKS: Record<EventKind, (settings: BlockSettings) => boolean> = {
  busy: () => true,
  'out-of-office': () => true,
  unknown: () => true,
  tentative: (settings) => settings.blocksTentative,
  unanswered: (settings) => settings.blocksUnanswered,
  declined: () => false,
  cancelled: () => false,
  transparent: () => false,
}
export const blocks = (kind: EventKind, settings: BlockSettings): boolean => BLOCKS[kind](settings)

/** The occurrences of an event that take its owner's time. */
export const blockingSpans = (event: RemoteEvent, settings: BlockSettings): Span[] =>
  event.occurrences.filter(({ kind }) => blocks(kind, settings))

/**
 * What of a calendar we copy, fixed when a full read begins. It must reach further than a page may be booked ahead, by at
 * least the time between two full reads.
 */
export const windowFrom = (now: Instant): Span => ({ start: now - DAY, end: now + 400 * DAY })

/**
 * A window that stands still lets tomorrow's events of a series out of sight, and a provider tells of changes, not of time
 * that came nearer: so once a day the calendar is read in full again, which also finds whatever an incremental read missed.
 */
export const FULL_READ_EVERY = DAY

/** After this a checked calendar's copy is no longer trusted for a booking. */
export const STALE_AFTER = 30 * MINUTE

/** How a calendar fares, in one word (S-110). */
export function healthOf(
  now: Instant,
  state: ConnectionState,
  calendar: Pick<Calendar, 'syncedAt' | 'trouble' | 'quarantined' | 'troubledEvents' | 'checked' | 'destination'>,
): Calendar['health'] {
  const used = calendar.checked || calendar.destination
  if (calendar.syncedAt === null) return state === 'broken' || (used && calendar.trouble) ? 'broken' : 'unread'
  if (!used) return 'unread'
  if (state !== 'connected' || calendar.syncedAt <= now - STALE_AFTER) return 'broken'
  return calendar.trouble || calendar.quarantined || calendar.troubledEvents > 0 ? 'degraded' : 'fine'
}

/** How long a reader holds a calendar: longer than one page may take at worst, and taken anew with each page. */
export const LEASE = MINUTE

/** A second full read must agree, no sooner than this, before more than a few events may vanish at once (B08). */
export const QUARANTINE = 10 * MINUTE
export const vanishes = (gone: number, all: number): boolean => gone > 20 && gone > 0.3 * all
/** The same of our own events, of which each one is somebody's meeting: two may be deleted at once, half of them not. */
export const vanish = (gone: number, ours: number): boolean => gone > 2 && gone > 0.5 * ours

/** No instant we store lies beyond it (D17): the end of "we do not know". */
export const END_OF_TIME: Instant = Date.UTC(2100, 0, 1)

export type Unusable = 'never-synced' | 'stale' | 'broken' | 'no-destination'
export type Usable = { usable: 'none' | 'yes' | 'no'; reason: Unusable | null; oldestSync: Instant | null }

type Checked = {
  checked: boolean
  destination: boolean
  writable: boolean
  syncedAt: Instant | null
  quarantined: boolean
}

/** Whether a host's calendars can be read and written now: anything short of certainty is "no" (I8). */
export function usableAt(now: Instant, state: ConnectionState | null, calendars: Checked[]): Usable {
  const checked = calendars.filter((calendar) => calendar.checked)
  const synced = checked.flatMap(({ syncedAt }) => syncedAt ?? [])
  const oldestSync = synced.length === 0 || synced.length < checked.length ? null : Math.min(...synced)
  const no = (reason: Unusable): Usable => ({ usable: 'no', reason, oldestSync })
  if (state === null || state === 'disconnected') return { usable: 'none', reason: null, oldestSync: null }
  if (state !== 'connected') return no(state === 'broken' ? 'broken' : 'never-synced')
  if (checked.length === 0 || !calendars.some(({ destination, writable }) => destination && writable))
    return no('no-destination')
  if (oldestSync === null) return no('never-synced')
  if (oldestSync <= now - STALE_AFTER || checked.some(({ quarantined }) => quarantined)) return no('stale')
  return { usable: 'yes', reason: null, oldestSync }
}
