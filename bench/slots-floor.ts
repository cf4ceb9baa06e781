import { DAY, MINUTE } from '#core/time/model.ts'
import type { Instant, Span } from '#core/time/model.ts'
import { transitionAt, transitionsOf } from '#core/time/transitions.ts'
import { dateText, dayNumber } from '#core/time/wall.ts'
import type { Case } from './slots-cases.ts'

/**
 * The same request done with as little as will do: no caps, no own bookings, no overnight hours, one grid for
 * all, memory kept from call to call. From unsorted rows to local times. What we ship may take three times as
 * long.
 */
export function floorRequest({ question, hosts, viewer }: Case): [string, number[]][] {
  const { window } = question
  const step = question.offer.increment * MINUTE
  const cells = Math.ceil((window.end - window.start) / step)
  if (slots.length < cells) {
    slots = new Float64Array(cells)
    votes = new Uint16Array(cells)
  }
  if (hosts.length === 1) return shown(sweep(question, hosts[0]!), viewer)
  votes.fill(0, 0, cells)
  for (let h = 0; h < hosts.length; h++) {
    const count = sweep(question, hosts[h]!)
    for (let i = 0; i < count; i++) votes[(slots[i]! - window.start) / step]!++
  }
  const needed = question.assignment === 'collective' ? hosts.length : 1
  let count = 0
  for (let cell = 0; cell < cells; cell++)
    if (votes[cell]! >= needed) slots[count++] = window.start + cell * step
  return shown(count, viewer)
}

let slots = new Float64Array(0)
let votes = new Uint16Array(0)
let starts = new Float64Array(0)
let ends = new Float64Array(0)

/** One host's starts into `slots`. */
function sweep(
  { offer, duration, window, now }: Case['question'],
  { schedule, rows }: Case['hosts'][number],
): number {
  const length = duration * MINUTE
  const step = offer.increment * MINUTE
  const before = offer.before * MINUTE
  const after = offer.after * MINUTE
  const lower = Math.max(window.start, now + offer.limits.notice)
  const busy = pack(rows, window.start - before, window.end + length + after, before, after)
  const [found, opens, shuts] = [slots, ends, starts]
  const table = transitionsOf(schedule.zone)
  let t = transitionAt(table, window.start)
  let shift = table.offset[t]!
  let change = table.at[t + 1] ?? Infinity
  let next = 0
  let count = 0
  const overridden = schedule.overrides.map(({ date }) => dayNumber(date))
  const firstDay = Math.floor((window.start + shift) / DAY)
  const lastDay = Math.floor((window.end + shift) / DAY)
  let weekday = (firstDay + 3) % 7
  for (let day = firstDay; day <= lastDay; day++) {
    let spans = schedule.weekly[weekday]!
    weekday = weekday === 6 ? 0 : weekday + 1
    for (let o = 0; o < overridden.length; o++)
      if (overridden[o] === day) spans = schedule.overrides[o]!.spans
    if (day * DAY + DAY / 2 - shift >= change) {
      shift = table.offset[++t]!
      change = table.at[t + 1] ?? Infinity
    }
    for (let s = 0; s < spans.length; s++) {
      const open = day * DAY - shift + spans[s]!.from * MINUTE
      const last = Math.min(day * DAY - shift + spans[s]!.to * MINUTE - length, window.end - 1)
      let start = open < lower ? open + Math.ceil((lower - open) / step) * step : open
      while (start <= last) {
        while (next < busy && opens[next]! <= start) next++
        if (next < busy && shuts[next]! < start + length) {
          start = open + Math.ceil((opens[next]! - open) / step) * step
          continue
        }
        found[count++] = start
        start += step
      }
    }
  }
  return count
}

/** Into `starts` and `ends`: the rows inside, widened by the buffers, sorted and merged. */
function pack(rows: Span[], from: Instant, to: Instant, before: number, after: number): number {
  if (starts.length < rows.length) {
    starts = new Float64Array(rows.length)
    ends = new Float64Array(rows.length)
  }
  let count = 0
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!
    if (row.end <= from || row.start >= to || row.start === row.end) continue
    starts[count] = row.start - after
    ends[count++] = row.end + before
  }
  starts.subarray(0, count).sort()
  ends.subarray(0, count).sort()
  let merged = 0
  for (let i = 1; i <= count; i++) {
    if (i < count && starts[i]! <= ends[i - 1]!) continue
    ends[merged++] = ends[i - 1]!
    if (i < count) starts[merged] = starts[i]!
  }
  return merged
}

function shown(count: number, viewer: string): [string, number[]][] {
  const days: [string, number[]][] = []
  if (count === 0) return days
  const found = slots
  const table = transitionsOf(viewer)
  let t = transitionAt(table, found[0]!)
  let shift = table.offset[t]!
  let change = table.at[t + 1] ?? Infinity
  let midnight = -Infinity
  let minutes: number[] = []
  for (let i = 0; i < count; i++) {
    const start = found[i]!
    if (start >= change) {
      shift = table.offset[++t]!
      change = table.at[t + 1] ?? Infinity
    }
    const wall = start + shift
    if (wall >= midnight + DAY) {
      midnight = Math.floor(wall / DAY) * DAY
      minutes = []
      days.push([dateText(midnight / DAY), minutes])
    }
    minutes.push((wall - midnight) / MINUTE)
  }
  return days
}
