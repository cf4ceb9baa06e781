import type { Instant, Zone } from './model.ts'
import { transitionAt, transitionsOf } from './transitions.ts'
import { TODAYS_NAME } from './zone-names.ts'

const KEPT = 1024
const kept = new Map<string, Zone | null>()
const FIXED = /^Etc\/GMT[+-]\d{1,2}$/
let listed: ReadonlySet<string> | null = null

/**
 * The one door for time-zone names from outside: the name we store for it (`asia/calcutta` → `Asia/Kolkata`),
 * or null. Only names of the IANA database pass; offsets such as `+02:00` and `GMT+5` do not, since they know
 * no summer time.
 */
export function zone(name: string): Zone | null {
  if (name.length > 64 || !/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(name)) return null
  const known = kept.get(name)
  if (known !== undefined) return known
  const found = find(name)
  if (kept.size >= KEPT) kept.clear() // visitors choose these names: a stranger must not grow our memory
  kept.set(name, found)
  return found
}

function find(name: string): Zone | null {
  const answer = resolve(name)
  if (answer === null) return null
  listed ??= new Set(['UTC', ...Intl.supportedValuesOf('timeZone')].map(todays))
  // Intl also accepts names of its own, such as SystemV/EST5, which Temporal and the rest of the world
  // refuse.
  return listed.has(answer) || FIXED.test(answer) ? answer : null
}

function resolve(name: string): Zone | null {
  try {
    return todays(new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone)
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

const todays = (name: string): string => TODAYS_NAME[name] ?? name

/** Milliseconds that the zone's clocks are ahead of UTC at that instant. */
export function offsetAt(zone: Zone, instant: Instant): number {
  const table = transitionsOf(zone)
  return table.offset[transitionAt(table, instant)]!
}
