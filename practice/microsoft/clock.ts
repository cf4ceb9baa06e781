import { findIana, findWindows } from 'windows-iana'
import type { Instant } from '#core/time/model.ts'

/** The IANA name behind a Windows or IANA zone name, or null for what no clock follows. */
export function readZone(name: string): string | null {
  if (name === 'tzone://Microsoft/Utc') return 'UTC'
  const [found] = findIana(name as never) as string[]
  try {
    return new Intl.DateTimeFormat('en', { timeZone: found ?? name }).resolvedOptions().timeZone
  } catch {
    return null
  }
}

/** The name Exchange would give the zone. */
export const windowsName = (zone: string): string =>
  zone === 'UTC' ? 'UTC' : (findWindows(readZone(zone) ?? zone)[0] ?? zone)

/** Graph's clock face: no offset, seven decimals (learn.microsoft.com/graph/api/resources/datetimetimezone). */
export const faceOf = (at: Instant, zone: string): string =>
  `${Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDateTime().toString({ fractionalSecondDigits: 7 })}`

const FACE = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?)?$/

/** The instant a clock face means in a zone, or null when it is no clock face. */
export function instantOf(face: string, zone: string): Instant | null {
  if (!FACE.test(face)) return null
  try {
    return Temporal.PlainDateTime.from(face).toZonedDateTime(zone).epochMilliseconds
  } catch {
    return null
  }
}

/** A moment in a query: with an offset, or else UTC (learn.microsoft.com/graph/api/calendar-list-calendarview). */
export function readMoment(text: string): Instant | null {
  if (FACE.test(text)) return instantOf(text, 'UTC')
  try {
    return Temporal.Instant.from(text).epochMilliseconds
  } catch {
    return null
  }
}

export const stamp = (at: Instant): string => new Date(at).toISOString().replace(/Z$/, '0000Z')
