import type { HostTime, Own, Question, Schedule } from '#core/availability/model.ts'
import { DAY, MINUTE } from '#core/time/model.ts'
import type { Instant, Span } from '#core/time/model.ts'

/**
 * The slots found the slow and obvious way: every minute is looked at on the zone's own clock, by Temporal,
 * and every start is held against every event. It shares no code with core/availability; tests and bench
 * compare the two. `busy` are the hosts' raw events, unsorted.
 */
export function scanSlots(question: Question, busy: Span[][]): Instant[] {
  const { assignment, hosts, offer, duration } = question
  if (!offer.durations.includes(duration)) return []
  const asked = assignment === 'solo' ? hosts.slice(0, 1) : hosts
  const scans = asked.map((host) => scanHours(host.schedule, question.window, duration))
  const grids = assignment === 'round-robin' ? scans.map((scan) => [scan]) : [scans]
  const members = assignment === 'round-robin' ? asked.map((_, i) => [i]) : [asked.map((_, i) => i)]
  const starts = new Set<Instant>()
  for (const [g, grid] of grids.entries()) {
    if (grid.length === 0) continue
    for (const start of gridStarts(grid, question)) {
      if (members[g]!.every((i) => isFree(question, asked[i]!, busy[i]!, start))) starts.add(start)
    }
  }
  return [...starts].sort((a, b) => a - b)
}

/** One flag a minute from `from`: open, and does a span of hours begin here. */
type Scan = { from: Instant; open: Uint8Array; begins: Uint8Array }

const scanned = new Map<string, Scan>()

function scanHours(schedule: Schedule, window: Span, duration: number): Scan {
  const key = JSON.stringify([schedule, window, duration])
  const known = scanned.get(key)
  if (known) return known
  if (scanned.size > 64) scanned.clear()
  const from = Math.floor(window.start / MINUTE) * MINUTE - 6 * DAY
  const count = (window.end - from) / MINUTE + duration + 2
  const scan = { from, open: new Uint8Array(count), begins: new Uint8Array(count) }
  const at = (minute: number) =>
    Temporal.Instant.fromEpochMilliseconds(from + minute * MINUTE).toZonedDateTimeISO(schedule.zone)
  let date = at(0).toPlainDate()
  let today = spansOn(schedule, date)
  let yesterday = spansOn(schedule, date.subtract({ days: 1 }))
  for (let i = 0; i < count; i++) {
    const moment = at(i)
    if (moment.day !== date.day) {
      date = moment.toPlainDate()
      today = spansOn(schedule, date)
      yesterday = spansOn(schedule, date.subtract({ days: 1 }))
    }
    const minute = moment.hour * 60 + moment.minute
    const inToday = today.some((span) => span.from <= minute && minute < span.to)
    const inYesterday = yesterday.some((span) => span.from <= minute + 1440 && minute + 1440 < span.to)
    scan.open[i] = inToday || inYesterday ? 1 : 0
    const begins =
      today.some((span) => span.from === minute) &&
      !today.some((span) => span.from < minute && minute <= span.to)
    scan.begins[i] = begins ? 1 : 0
  }
  scanned.set(key, scan)
  return scan
}

function spansOn({ weekly, overrides }: Schedule, date: Temporal.PlainDate) {
  const override = overrides.findLast((entry) => entry.date === date.toString())
  return (override?.spans ?? weekly[date.dayOfWeek - 1]!).filter((span) => span.from < span.to)
}

function gridStarts(scans: Scan[], { offer, duration, window }: Question): Instant[] {
  const starts: Instant[] = []
  const { from, open } = scans[0]!
  const isOpen = (i: number) => scans.every((scan) => scan.open[i] === 1)
  let hang = -1
  for (let i = 0; i < open.length - duration; i++) {
    if (!isOpen(i)) continue
    if (i === 0 || !isOpen(i - 1) || scans.some((scan) => scan.begins[i] === 1)) hang = i
    const start = from + i * MINUTE
    if (start < window.start || start >= window.end || (i - hang) % offer.increment !== 0) continue
    let lasts = true
    for (let j = i; lasts && j < i + duration; j++) lasts = isOpen(j)
    if (lasts) starts.push(start)
  }
  return starts
}

function isFree({ offer, duration, now }: Question, host: HostTime, busy: Span[], start: Instant): boolean {
  const end = start + duration * MINUTE
  const { limits } = offer
  if (start < now || start - now < limits.notice) return false
  const joined = host.own.some((own) => isJoined(own, offer, start, end))
  const { zone } = host.schedule
  const date = dateIn(zone, start)
  if (limits.horizon.kind === 'rolling') {
    if (Temporal.PlainDate.compare(date, dateIn(zone, now).add({ days: limits.horizon.days })) > 0)
      return false
  } else if (date.toString() < limits.horizon.from || date.toString() > limits.horizon.to) return false
  if (!joined && (limits.perDay !== null || limits.perWeek !== null)) {
    const dates = host.own.filter((own) => own.sameType).map((own) => dateIn(zone, own.start))
    const week = ({ yearOfWeek, weekOfYear }: Temporal.PlainDate) => `${yearOfWeek}-${weekOfYear}`
    if (limits.perDay !== null && dates.filter((other) => other.equals(date)).length >= limits.perDay)
      return false
    if (
      limits.perWeek !== null &&
      dates.filter((other) => week(other) === week(date)).length >= limits.perWeek
    )
      return false
  }
  for (const span of busy) {
    if (
      span.start !== span.end &&
      start - offer.before * MINUTE < span.end &&
      span.start < end + offer.after * MINUTE
    )
      return false
  }
  return host.own.every((own) => {
    if (own.start === own.end || isJoined(own, offer, start, end)) return true
    const gapBefore = start - own.end
    const gapAfter = own.start - end
    return (
      gapBefore >= Math.max(own.after, offer.before) * MINUTE ||
      gapAfter >= Math.max(own.before, offer.after) * MINUTE
    )
  })
}

const isJoined = (own: Own[number], offer: Question['offer'], start: Instant, end: Instant) =>
  own.sameType && own.start === start && own.end === end && offer.capacity > 1 && own.taken < own.capacity

const dateIn = (zone: string, instant: Instant) =>
  Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone).toPlainDate()
