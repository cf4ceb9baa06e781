import type { Busy } from '#core/time/busy.ts'
import type { Instant, Span, Zone } from '#core/time/model.ts'

/**
 * Minutes of wall clock after midnight, 0 ≤ from < 1440; `to` passes 1440 for overnight hours (22:00–02:00 is
 * 1320–1560) and ends at 2880.
 */
export type WallSpan = { from: number; to: number }

/**
 * Hours belong to the day they begin on: an override for Tuesday leaves Monday's night shift alone. Breaks
 * are the gaps.
 */
export type Schedule = {
  zone: Zone
  /** Seven lists, Monday first. */
  weekly: WallSpan[][]
  /** Instead of the weekly hours; no spans is a day off. Of two for one date the later stands. */
  overrides: { date: string; spans: WallSpan[] }[]
}

/**
 * `rolling` counts whole days after today in the schedule's zone (0 is today only); `range` includes both its
 * dates.
 */
export type Horizon = { kind: 'rolling'; days: number } | { kind: 'range'; from: string; to: string }

export type Limits = {
  /** Milliseconds between now and the start of a slot. */
  notice: number
  horizon: Horizon
  /** Meetings of this type that may begin on one day, in one week from Monday, by the schedule's calendar. */
  perDay: number | null
  perWeek: number | null
}

export type Offer = {
  /** Minutes. */
  durations: number[]
  /** Minutes from one start to the next. */
  increment: number
  /** Minutes kept clear before and after. */
  before: number
  after: number
  limits: Limits
  capacity: number
}

/**
 * Our own bookings and holds of one host, one entry a meeting: `taken` of its `capacity` places are given.
 */
export type Own = {
  start: Instant
  end: Instant
  before: number
  after: number
  taken: number
  capacity: number
  sameType: boolean
}[]

/**
 * `busy` and `own` must reach past the window by a duration and the buffers, `own` by the week when there is
 * a cap.
 */
export type HostTime = { hostId: string; schedule: Schedule; busy: Busy; own: Own }

export type Assignment = 'solo' | 'round-robin' | 'collective'

export type Question = {
  offer: Offer
  /** Minutes; one of the offer's. */
  duration: number
  assignment: Assignment
  hosts: HostTime[]
  /** Slots that begin in it. */
  window: Span
  now: Instant
}

/** Starts of slots, ascending. */
export type Slots = Float64Array
