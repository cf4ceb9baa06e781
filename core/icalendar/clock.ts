import { DAY } from '#core/time/model.ts'
import type { Instant } from '#core/time/model.ts'
import { transitionAt, transitionsOf } from '#core/time/transitions.ts'
import type { Transitions } from '#core/time/transitions.ts'
import type { Wall } from '#core/time/wall.ts'
import type { Component } from './content.ts'
import { readZone, zoneOf, zonesGiven } from './vtimezone.ts'
import { namedZone } from './zone-alias.ts'

/** The offsets of a series' clock: of an IANA zone, or read from the rules in the object itself. */
export type Clock = Transitions

export const UTC: Clock = { at: Float64Array.of(-Infinity), offset: Float64Array.of(0) }

/** How far any clock on earth is from UTC: what an unknown zone can mean (D08). */
export const WIDEST_OFFSET = 14 * 3_600_000

// Nobody's event knows more zones; a name that is none takes long to be told from one.
const MOST_ZONES = 50

/** How the TZIDs of one object are read. Null when nobody can know which clock is meant: never floating, never UTC (D08). */
export type Clocks = (tzid: string) => Clock | null

/** An IANA name counts whatever VTIMEZONE says of it (D10), then the rules in the object, then Windows' and Outlook's names. */
export function clocksOf(calendar: Component): Clocks {
  const known = new Map<string, Clock | null>()
  let given: Map<string, Component> | null = null
  return (tzid) => {
    let clock = known.get(tzid)
    if (clock !== undefined) return clock
    if (known.size >= MOST_ZONES) return null
    const iana = zoneOf(tzid)
    if (iana !== null) clock = transitionsOf(iana)
    else {
      given ??= zonesGiven(calendar)
      const timezone = given.get(tzid.trim().toLowerCase())
      clock = timezone ? readZone(timezone) : null
      const named = clock ? null : namedZone(tzid)
      if (named !== null) clock = transitionsOf(named)
    }
    known.set(tzid, clock)
    return clock
  }
}

/**
 * The instant at which the clock first shows `wall`. A time that the clocks jump over is read with the offset before
 * the jump (RFC 5545 §3.3.5), one that comes twice is its first.
 */
export function instantOf({ at, offset }: Clock, wall: Wall): Instant {
  if (at.length === 1) return wall - offset[0]!
  for (let i = transitionAt({ at, offset }, wall - DAY); ; i++) {
    const instant = wall - offset[i]!
    if (i + 1 === at.length || instant < at[i + 1]!)
      return instant >= at[i]! ? instant : wall - offset[i - 1]!
  }
}

/** `instantOf` for walls that come in order: looks the offset up again only where the clocks change. */
export function instantsOf(clock: Clock): (wall: Wall) => Instant {
  const { at, offset } = clock
  let [from, to, shown] = [Infinity, -Infinity, 0]
  return (wall) => {
    if (wall >= from && wall < to) return wall - shown
    const instant = instantOf(clock, wall)
    const i = transitionAt(clock, instant)
    shown = offset[i]!
    // Inside these, the wall comes once and with this offset: a day's distance covers every gap and repetition.
    from = at[i]! + shown + DAY
    to = i + 1 === at.length ? Infinity : at[i + 1]! + shown - DAY
    return instant
  }
}

export const wallOf = (clock: Clock, instant: Instant): Wall =>
  instant + clock.offset[transitionAt(clock, instant)]!
