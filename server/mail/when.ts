import { spokenZone } from '#core/locale/cities.ts'
import { formatDate } from '#core/locale/dates.ts'
import type { Locale } from '#core/locale/locale.ts'
import { speak } from '#core/locale/say.ts'
import { mailWords } from '#core/locale/words/mail.ts'
import type { Instant, Span, Zone } from '#core/time/model.ts'
import { dateOf } from '#core/time/wall.ts'
import { offsetAt } from '#core/time/zone.ts'
import { said } from './plain.ts'

/** A time in the reader's words, made once and used by every part of a letter. */
export type When = {
  /** mercoledì 25 novembre */
  day: string
  /** mer 25 nov, 10:00 */
  short: string
  /** The whole of it: day and time, then the zone's name and offset (D32), then the other person's clock where it shows another time. */
  lines: string[]
}

/** The span on the reader's clock and, where theirs differs, on the clock of the person they meet. */
export function whenOf(locale: Locale, span: Span, zone: Zone, other?: { name: string; zone: Zone }): When {
  const full = range(locale, zone, span, 'fullDay')
  const lines = [`${full[0]!.toUpperCase()}${full.slice(1)}`, zoneLine(locale, zone, span.start)]
  if (other && differs(zone, other.zone, span)) {
    const sameDay = dateOf(zone, span.start) === dateOf(other.zone, span.start)
    const time = range(locale, other.zone, span, sameDay ? null : 'shortDay')
    lines.push(speak(mailWords, locale)('when.other', { time, name: said(other.name), zone: zoneLine(locale, other.zone, span.start) }))
  }
  return {
    day: formatDate(locale, zone, span.start, 'day'),
    short: `${formatDate(locale, zone, span.start, 'shortDay')}, ${formatDate(locale, zone, span.start, 'time')}`,
    lines,
  }
}

const differs = (a: Zone, b: Zone, { start, end }: Span) => offsetAt(a, start) !== offsetAt(b, start) || offsetAt(a, end) !== offsetAt(b, end)

/** "Wednesday 25 November 2026, 10:00–10:30"; an end on another day names that day. */
function range(locale: Locale, zone: Zone, { start, end }: Span, style: 'fullDay' | 'shortDay' | null): string {
  const from = formatDate(locale, zone, start, 'time')
  const until = formatDate(locale, zone, end, 'time')
  const day = style === null ? '' : `${formatDate(locale, zone, start, style)}, `
  return dateOf(zone, start) === dateOf(zone, end) ? `${day}${from}–${until}` : `${day}${from} – ${formatDate(locale, zone, end, 'shortDay')}, ${until}`
}

/** "Central European Time (Rome, UTC+1)". */
function zoneLine(locale: Locale, zone: Zone, instant: Instant): string {
  const minutes = Math.round(offsetAt(zone, instant) / 60_000)
  const size = Math.abs(minutes)
  const offset = `UTC${minutes === 0 ? '' : `${minutes < 0 ? '−' : '+'}${Math.floor(size / 60)}${size % 60 === 0 ? '' : `:${String(size % 60).padStart(2, '0')}`}`}`
  const { name, city } = spokenZone(locale, zone, instant)
  return city === null ? offset : `${name} (${city}, ${offset})`
}
