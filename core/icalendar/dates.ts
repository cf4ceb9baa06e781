import { DAY } from '#core/time/model.ts'
import type { Instant } from '#core/time/model.ts'
import type { Wall } from '#core/time/wall.ts'
import { instantOf, wallOf } from './clock.ts'
import type { Property } from './content.ts'
import { momentOf, readTime } from './event.ts'
import type { Event, Length, Surroundings, Time } from './event.ts'
import { stretched } from './hull.ts'
import { looseStretch, parseDuration } from './moment.ts'
import { occurOnce } from './occur.ts'
import type { Expansion } from './occur.ts'
import { trouble } from './trouble.ts'

const COST = 10 // of reading one date, in fuel

export const hasDates = ({ source }: Event): boolean =>
  source.properties.some(({ name }) => name === 'RDATE' || name === 'EXDATE')

export type Excluded = { moments: Set<Instant>; days: Set<number> }

/** EXDATEs and replaced instances. A bare date excludes that day of a timed series (D25); a zone it lacks is the series'. */
export function excluded(
  master: Event,
  start: Time,
  overrides: Event[],
  around: Surroundings,
  into: Expansion,
): Excluded {
  const moments = new Set<Instant>()
  const days = new Set<number>()
  const add = (time: Time | null) => {
    if (!time) return
    if (time.date && !start.date) days.add(time.wall / DAY)
    else if (!time.date && start.date)
      moments.add(instantOf(start.clock, Math.floor(wallOf(time.clock, momentOf(time)) / DAY) * DAY))
    else if (time.spread === start.spread) moments.add(momentOf(time))
  }
  for (const { property, value } of valuesOf(master, 'EXDATE', into))
    add(readTime(property, value, around, start.clock))
  for (const { recurrence } of overrides) if (recurrence) add(recurrence.time)
  return { moments, days }
}

/** RDATEs as walls of the series' clock. What has a length or a nature of its own is added by itself. */
export function added(master: Event, start: Time, around: Surroundings, into: Expansion): Wall[] {
  const walls: Wall[] = []
  for (const { property, value } of valuesOf(master, 'RDATE', into)) {
    const [text = '', end] = value.split('/')
    const time = readTime(property, text, around, start.clock)
    if (!time) {
      into.troubles.add(trouble('impossible-date', text))
      stretched(master, looseStretch(text), false, into)
    } else if (end === undefined && time.spread === start.spread && time.date === start.date) {
      walls.push(wallOf(start.clock, momentOf(time)))
    } else {
      occurOnce({ ...master, length: lengthOf(master, time, property, end, around) }, time, into)
    }
  }
  return walls
}

/** Until the fuel is gone: then nothing more is freed, and where dates would be added the window is busy. */
function* valuesOf(
  master: Event,
  name: string,
  into: Expansion,
): Generator<{ property: Property; value: string }> {
  for (const property of master.source.properties) {
    if (property.name !== name) continue
    for (const value of property.value.split(',')) {
      if ((into.fuel.left -= COST) < 0) {
        into.troubles.add(trouble('too-many'))
        if (name === 'RDATE') stretched(master, null, true, into)
        return
      }
      yield { property, value }
    }
  }
}

/** A PERIOD (RFC 5545 §3.3.9) says how long it lasts; a date lasts its day. */
function lengthOf(
  master: Event,
  time: Time,
  property: Property,
  end: string | undefined,
  around: Surroundings,
): Length {
  const duration = end === undefined ? null : parseDuration(end)
  if (duration) return { wall: duration.days * DAY, time: duration.time, exact: -Infinity }
  const until = end === undefined ? null : readTime(property, end, around, time.clock)
  if (!until) return time.date ? { wall: DAY, time: 0, exact: -Infinity } : master.length
  const to = momentOf(until)
  return { wall: wallOf(time.clock, to) - time.wall, time: 0, exact: to - momentOf(time) }
}
