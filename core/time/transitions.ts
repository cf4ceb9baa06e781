import { DAY, HOUR } from './model.ts'
import type { Instant, Zone } from './model.ts'

/**
 * From `at[i]` until `at[i + 1]` the zone's clocks show UTC + `offset[i]` (milliseconds). `at[0]` is
 * -Infinity.
 */
export type Transitions = { at: Float64Array; offset: Float64Array }

// No rule is known further ahead, and no question reaches there (D17); beyond it the last offset stays.
const END = Date.UTC(2100, 0, 1)
const KEPT = 512
const kept = new Map<Zone, Transitions>()

/** The zone's table, made once. A name that `zone()` did not accept is a bug and throws. */
export function transitionsOf(zone: Zone): Transitions {
  const known = kept.get(zone)
  if (known) return known
  const made = typeof Temporal === 'undefined' ? readIntl(zone) : readTemporal(zone)
  if (kept.size >= KEPT) kept.delete(kept.keys().next().value!)
  kept.set(zone, made)
  return made
}

/** Where in the table `instant` stands. */
export function transitionAt({ at }: Transitions, instant: Instant): number {
  let low = 0
  let high = at.length - 1
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    if (at[middle]! <= instant) low = middle
    else high = middle - 1
  }
  return low
}

export function readTemporal(zone: Zone): Transitions {
  let moment: Temporal.ZonedDateTime | null =
    Temporal.Instant.from('1800-01-01T00:00Z').toZonedDateTimeISO(zone)
  const found: [Instant, number][] = [[-Infinity, moment.offsetNanoseconds / 1e6]]
  while ((moment = moment.getTimeZoneTransition('next')) && moment.epochMilliseconds < END)
    found.push([moment.epochMilliseconds, moment.offsetNanoseconds / 1e6])
  return packed(found)
}

// For browsers without Temporal. Intl tells only the offset of one instant, so we look every few days and
// halve from there; since 1970 no zone has changed its clocks twice within four days.
const LOOK = 4 * DAY
export function readIntl(zone: Zone, from: Instant = 0, to: Instant = END): Transitions {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
  const offset = (instant: Instant) => readOffset(format.format(instant))
  const found: [Instant, number][] = [[-Infinity, offset(from)]]
  for (let before = from, was = found[0]![1]; before < to; before += LOOK) {
    const now = offset(before + LOOK)
    if (now === was) continue
    let low = before
    let high = before + LOOK
    while (high - low > 1000) {
      const middle = Math.floor((low + high) / 2000) * 1000
      if (offset(middle) === was) low = middle
      else high = middle
    }
    if (high < to) found.push([high, now])
    was = now
  }
  return packed(found)
}

/** `… GMT+05:45`, `… GMT-00:44:30` or a bare `… GMT` → milliseconds. */
function readOffset(text: string): number {
  const [, sign, hours, minutes, seconds = '0'] = /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(text) ?? []
  if (!sign) return 0
  return (sign === '+' ? 1 : -1) * (Number(hours) * HOUR + Number(minutes) * 60_000 + Number(seconds) * 1000)
}

/** Changes of name only (same offset before and after) are left out. */
function packed(found: [Instant, number][]): Transitions {
  const real = found.filter(([, offset], index) => index === 0 || offset !== found[index - 1]![1])
  return {
    at: Float64Array.from(real, ([at]) => at),
    offset: Float64Array.from(real, ([, offset]) => offset),
  }
}
