import type { Instant, Zone } from '#core/time/model.ts'
import type { Locale } from './locale.ts'

// British English for its day-first dates and 24 hours: the voice of ux.md §4.4.
const TAG: Record<Locale, string> = { en: 'en-GB', it: 'it-IT' }

export type DateStyle = {
  /** mercoledì 25 novembre 2026 */
  fullDay: string
  /** mercoledì 25 novembre */
  day: string
  /** mer 25 nov */
  shortDay: string
  /** 16 nov */
  dayMonth: string
  /** novembre 2026 */
  month: string
  /** 10:00 */
  time: string
  /** mercoledì */
  weekday: string
  /** mer */
  shortWeekday: string
}

const STYLES: Record<keyof DateStyle, Intl.DateTimeFormatOptions> = {
  fullDay: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
  day: { weekday: 'long', day: 'numeric', month: 'long' },
  shortDay: { weekday: 'short', day: 'numeric', month: 'short' },
  dayMonth: { day: 'numeric', month: 'short' },
  month: { month: 'long', year: 'numeric' },
  time: { hour: '2-digit', minute: '2-digit' },
  weekday: { weekday: 'long' },
  shortWeekday: { weekday: 'short' },
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** An instant in words, on the wall clock of `zone`. Always Gregorian with Latin digits (D32). */
export function formatDate(locale: Locale, zone: Zone, instant: Instant, style: keyof DateStyle, hour12 = false): string {
  const name = `${locale} ${zone} ${style} ${hour12}`
  let format = formats.get(name)
  if (!format) {
    if (formats.size > 2000) formats.clear()
    format = new Intl.DateTimeFormat(TAG[locale], {
      ...STYLES[style],
      timeZone: zone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      ...(style === 'time' ? (hour12 ? { hour12: true } : { hourCycle: 'h23' }) : {}),
    })
    formats.set(name, format)
  }
  // English writes "Wed, 25 Nov": a receptionist does not say the comma.
  return format.format(instant).replace(/,(?= \d)/, '')
}

/** A list in words: "a, b and c". */
export const formatList = (locale: Locale, items: string[]): string => new Intl.ListFormat(TAG[locale]).format(items)

/** "2 minutes ago", "2 minuti fa"; future instants read "in 3 hours". */
export function formatAgo(locale: Locale, instant: Instant, now: Instant): string {
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const seconds = Math.round((instant - now) / 1000)
  const size = Math.abs(seconds)
  if (size < 60) return relative.format(seconds, 'second')
  if (size < 3600) return relative.format(Math.round(seconds / 60), 'minute')
  if (size < 86_400) return relative.format(Math.round(seconds / 3600), 'hour')
  return relative.format(Math.round(seconds / 86_400), 'day')
}

/** "Rome", "New York": the city of a zone; "Italy time (Rome)" is said by `zoneName`. */
export const zoneCity = (zone: Zone): string => (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ')

/** The zone as a sentence part: "ora dell’Europa centrale (Roma)". */
export function zoneName(locale: Locale, zone: Zone, instant: Instant): string {
  const generic = new Intl.DateTimeFormat(TAG[locale], { timeZone: zone, timeZoneName: 'longGeneric' }).formatToParts(instant).find((part) => part.type === 'timeZoneName')?.value
  return generic ? `${generic[0]!.toUpperCase()}${generic.slice(1)}` : zoneCity(zone)
}
