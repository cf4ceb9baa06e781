import { findIana, findWindows } from 'windows-iana'
import type { Instant } from '#core/time/model.ts'

/** The IANA name behind a Windows or IANA zone name, or null for what no clock follows. */
export function readZone(name: string): string | null {
  const [found] = findIana(name as never) as string[]
  try {
    return new Intl.DateTimeFormat('en', { timeZone: found ?? name }).resolvedOptions().timeZone
  } catch {
    return null
  }
}

/** The name Windows has for a zone. */
export const windowsName = (zone: string): string =>
  zone === 'UTC' ? 'UTC' : (findWindows(readZone(zone) ?? zone)[0] ?? 'UTC')

const PLAIN = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?$/

/** An xs:dateTime; without an offset it is what the clocks of the zone show. */
export const readTime = (text: string, zone: string): Instant =>
  PLAIN.test(text.trim())
    ? Temporal.PlainDateTime.from(text.trim()).toZonedDateTime(zone).epochMilliseconds
    : Temporal.Instant.from(text.trim()).epochMilliseconds

/** In UTC, or with the offset of the zone that was asked for. */
export const writeTime = (at: Instant, zone = 'UTC'): string =>
  zone === 'UTC'
    ? new Date(at).toISOString().replace(/\.000Z$/, 'Z')
    : Temporal.Instant.fromEpochMilliseconds(at)
        .toZonedDateTimeISO(zone)
        .toString({ timeZoneName: 'never', smallestUnit: 'second' })

export const dayOf = (at: Instant, zone: string): Temporal.PlainDate =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate()
export const faceOf = (at: Instant, zone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(at)
    .toZonedDateTimeISO(zone)
    .toPlainDateTime()
    .toString({ smallestUnit: 'second' })
