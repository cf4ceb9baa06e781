import type { Span, Zone } from '#core/time/model.ts'
import { transitionsOf } from '#core/time/transitions.ts'
import { clocksOf, instantOf } from './clock.ts'
import { parse, textOf } from './content.ts'
import { momentOf, readEvent } from './event.ts'
import { isMaster } from './merge.ts'

/** Our booking as an object holds it; null when the object does not hold this UID. */
export function readWritten(
  text: string,
  uid: string,
  zone: Zone,
): { span: Span | null; title: string | null; cancelled: boolean } | null {
  const parsed = parse(text)
  if (parsed.kind === 'unreadable') return null
  const source = parsed.calendar.parts.find((part) => isMaster(part, uid))
  if (!source) return null
  const event = readEvent(source, {
    local: transitionsOf(zone),
    clocks: clocksOf(parsed.calendar),
    owner: [],
  })
  const { start, length, kind } = event
  const first = start && momentOf(start)
  const span =
    start && first !== null
      ? {
          start: first,
          end: Math.max(instantOf(start.clock, start.wall + length.wall) + length.time, first + length.exact),
        }
      : null
  return {
    span: span && start!.spread === 0 ? span : null,
    title: textOf(source, 'SUMMARY'),
    cancelled: kind === 'cancelled',
  }
}
