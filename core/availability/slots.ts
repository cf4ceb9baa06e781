import { firstAbove, packBusy } from '#core/time/busy.ts'
import type { Busy } from '#core/time/busy.ts'
import { MINUTE } from '#core/time/model.ts'
import type { Instant, Span } from '#core/time/model.ts'
import { dayOf } from '#core/time/wall.ts'
import { AHEAD, capsOf, earliestStart, horizonSpan } from './limits.ts'
import type { Full } from './limits.ts'
import type { HostTime, Offer, Question, Slots } from './model.ts'
import { commonOpenings, openingsOf } from './openings.ts'
import type { Openings } from './openings.ts'
import { hasRoom, joins, keptClear } from './own.ts'

/**
 * Every start a visitor may choose. Pure: the same question always has the same answer. Round robin asks for
 * any host who is free, collective for all of them at once; solo asks the first.
 */
export function findSlots(question: Question): Slots {
  const { offer, duration, assignment, hosts } = question
  if (!(Number.isInteger(offer.increment) && offer.increment > 0))
    throw new RangeError(`an increment of ${offer.increment} minutes`)
  if (hosts.length === 0 || !offer.durations.includes(duration)) return new Float64Array(0)
  if (assignment === 'round-robin' && hosts.length > 1) return anyOf(question)
  const tray: Tray = { starts: new Float64Array(0) }
  const count = together(question, assignment === 'collective' ? hosts : hosts.slice(0, 1), tray)
  return tray.starts.subarray(0, count)
}

/**
 * Where starts are laid out and crossed off, in place; kept from host to host, since making it costs more
 * than filling it.
 */
type Tray = { starts: Float64Array }

/** Whether `findSlots` would offer this start; cheap enough for inside the booking's lock (A20). */
export function isSlot(question: Question, start: Instant): boolean {
  if (start < question.window.start || start >= question.window.end) return false
  return findSlots({ ...question, window: { start, end: start + 1 } })[0] === start
}

/** The hosts who could each take this start alone, in the question's order. */
export function freeHosts(question: Question, start: Instant): string[] {
  return question.hosts
    .filter((host) => isSlot({ ...question, hosts: [host], assignment: 'solo' }, start))
    .map(({ hostId }) => hostId)
}

/** Lays on the tray the starts at which all these hosts are free, and says how many those are. */
function together(question: Question, hosts: HostTime[], tray: Tray): number {
  const length = question.duration * MINUTE
  let reach = question.window
  for (const host of hosts) reach = within(reach, question, host)
  if (reach.start >= reach.end) return 0
  let openings = openingsOf(hosts[0]!.schedule, reach, length)
  for (let i = 1; i < hosts.length; i++)
    openings = commonOpenings(openings, openingsOf(hosts[i]!.schedule, reach, length))
  let count = layGrid(openings, question.offer.increment * MINUTE, length, reach, tray)
  for (const host of hosts) count = keepFree(tray.starts, count, host, question)
  return count
}

/** A bit for each minute: all zones have been whole minutes from UTC since 1972, so every start has one. */
function anyOf(question: Question): Slots {
  const base = Math.floor(Math.max(question.window.start, question.now) / MINUTE) * MINUTE
  const end = Math.min(question.window.end, question.now + AHEAD)
  const marks = new Int32Array(Math.max(0, Math.ceil((end - base) / MINUTE / 32)))
  const tray: Tray = { starts: new Float64Array(0) }
  for (const host of question.hosts) {
    const free = together(question, [host], tray)
    for (let i = 0; i < free; i++) {
      const minute = (tray.starts[i]! - base) / MINUTE
      marks[minute >>> 5] = marks[minute >>> 5]! | (1 << (minute & 31))
    }
  }
  return marked(marks, base)
}

function marked(marks: Int32Array, base: Instant): Slots {
  let count = 0
  for (let i = 0; i < marks.length; i++) for (let bits = marks[i]!; bits !== 0; bits &= bits - 1) count++
  const slots = new Float64Array(count)
  let next = 0
  for (let i = 0; next < count; i++) {
    for (let bits = marks[i]!; bits !== 0; bits &= bits - 1)
      slots[next++] = base + (i * 32 + 31 - Math.clz32(bits & -bits)) * MINUTE
  }
  return slots
}

function within(window: Span, { offer, now }: Question, { schedule }: HostTime): Span {
  const horizon = horizonSpan(offer.limits, schedule.zone, now)
  return {
    start: Math.max(window.start, earliestStart(offer.limits, now), horizon.start),
    end: Math.min(window.end, horizon.end),
  }
}

// The grid hangs from the opening, not from the last meeting: free from 09:10 still offers 09:30.
function layGrid(
  { hang, until, close }: Openings,
  step: number,
  length: number,
  reach: Span,
  tray: Tray,
): number {
  let room = hang.length
  for (let i = 0; i < hang.length; i++)
    room += Math.max(0, Math.floor((Math.min(until[i]!, reach.end) - Math.max(hang[i]!, reach.start)) / step))
  if (tray.starts.length < room) tray.starts = new Float64Array(room)
  const { starts } = tray
  let count = 0
  for (let i = 0; i < hang.length; i++) {
    const end = Math.min(until[i]!, reach.end, close[i]! - length + 1)
    const skipped = Math.max(0, Math.ceil((reach.start - hang[i]!) / step))
    for (let start = hang[i]! + skipped * step; start < end; start += step) starts[count++] = start
  }
  return count
}

/** Keeps, in place, the first `count` starts at which the host is free, and says how many those are. */
function keepFree(starts: Slots, count: number, host: HostTime, question: Question): number {
  const { offer } = question
  const length = question.duration * MINUTE
  let kept = keepOutOf(host.busy, offer.before * MINUTE, offer.after * MINUTE, starts, count, length)
  if (host.own.length === 0) return keepUnderCaps(starts, kept, host, question)
  const own = host.own.filter(({ start, end }) => start < end)
  const full = packBusy(
    own.filter((booking) => !hasRoom(booking, offer)).map((booking) => keptClear(booking, offer)),
  )
  kept = keepOutOf(full, 0, 0, starts, kept, length)
  const groups = own.filter((booking) => hasRoom(booking, offer))
  if (groups.length > 0) kept = keepJoining(groups, offer, starts, kept, length)
  return keepUnderCaps(starts, kept, host, question)
}

/** One sweep, both lists forward. */
function keepOutOf(
  busy: Busy,
  before: number,
  after: number,
  starts: Slots,
  count: number,
  length: number,
): number {
  if (count === 0) return 0
  const opens = (i: number) => (i < busy.ends.length ? busy.ends[i]! + before : Infinity)
  const shuts = (i: number) => (i < busy.starts.length ? busy.starts[i]! - after - length : Infinity)
  let next = firstAbove(busy.ends, starts[0]! - before)
  let open = opens(next)
  let shut = shuts(next)
  let kept = 0
  for (let i = 0; i < count; i++) {
    const start = starts[i]!
    while (open <= start) {
      open = opens(++next)
      shut = shuts(next)
    }
    if (start <= shut) starts[kept++] = start
  }
  return kept
}

/** Groups with room left stand in the way of every start but their own. */
function keepJoining(
  groups: HostTime['own'],
  offer: Offer,
  starts: Slots,
  count: number,
  length: number,
): number {
  const spans = groups
    .map((booking) => ({ booking, clear: keptClear(booking, offer) }))
    .sort((a, b) => a.clear.start - b.clear.start)
  let kept = 0
  let next = 0
  for (let i = 0; i < count; i++) {
    const start = starts[i]!
    while (next < spans.length && spans[next]!.clear.end <= start) next++
    let free = true
    for (let j = next; free && j < spans.length && spans[j]!.clear.start < start + length; j++) {
      const { booking, clear } = spans[j]!
      free = clear.end <= start || joins(booking, offer, start, length)
    }
    if (free) starts[kept++] = start
  }
  return kept
}

/**
 * A full day or week takes no new meeting; one more person may still join a meeting that is already counted.
 */
function keepUnderCaps(
  starts: Slots,
  count: number,
  { own, schedule }: HostTime,
  { offer, duration }: Question,
): number {
  const caps = capsOf(offer.limits, own, schedule.zone)
  if (!caps) return count
  let kept = 0
  let day = -Infinity
  let full: Full = { day: false, week: false }
  for (let i = 0; i < count; i++) {
    const start = starts[i]!
    const today = dayOf(schedule.zone, start)
    if (today !== day) full = caps((day = today))
    if (!(full.day || full.week) || own.some((booking) => joins(booking, offer, start, duration * MINUTE)))
      starts[kept++] = start
  }
  return kept
}
