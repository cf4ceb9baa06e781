import { formatDate, type DateStyle } from '#core/locale/dates.ts'
import { spokenZone } from '#core/locale/cities.ts'
import type { Locale } from '#core/locale/locale.ts'
import { speak, type Say } from '#core/locale/say.ts'
import { publicWords, type PublicKey } from '#core/locale/words/public.ts'
import { DAY, MINUTE, type Instant, type Zone } from '#core/time/model.ts'
import { dateText, instantToWall } from '#core/time/wall.ts'
import { offsetAt } from '#core/time/zone.ts'
import type { Address, Clock } from './views.ts'

export type Words = Say<PublicKey>
export const words = (locale: Locale): Words => speak(publicWords, locale)

/** A date, which has no zone, in words. */
export const sayDate = (locale: Locale, date: string, style: keyof DateStyle): string =>
  formatDate(locale, 'UTC', Date.parse(`${date}T00:00:00Z`), style)

/** The visitor's date of an instant. */
export const dateOf = (zone: Zone, instant: Instant): string =>
  dateText(Math.floor(instantToWall(zone, instant) / DAY))

export type Teller = {
  locale: Locale
  t: Words
  say: (instant: Instant, style: keyof DateStyle) => string
  /** "10:00" */
  time: (instant: Instant) => string
  /** "lun 23 nov, 09:30" */
  short: (instant: Instant) => string
  /** "lunedì 23 novembre, 09:30" */
  long: (instant: Instant) => string
  /** "mercoledì 25 novembre 2026, 10:00–10:30" */
  span: (start: Instant, end: Instant) => string
}

/** What most parts of a page are given. */
export type Shown<View> = { view: View; address: Address; tell: Teller }

/** Times told in one language on one visitor's clock. */
export function teller(locale: Locale, { zone, hour12 }: Pick<Clock, 'zone' | 'hour12'>): Teller {
  const say = (instant: Instant, style: keyof DateStyle) => formatDate(locale, zone, instant, style, hour12)
  const time = (instant: Instant) => say(instant, 'time')
  return {
    locale,
    t: words(locale),
    say,
    time,
    short: (instant) => `${say(instant, 'shortDay')}, ${time(instant)}`,
    long: (instant) => `${say(instant, 'day')}, ${time(instant)}`,
    span: (start, end) => {
      const from = `${say(start, 'fullDay')}, ${time(start)}`
      // The joiners keep "10:00–10:30" on one line.
      return dateOf(zone, start) === dateOf(zone, end)
        ? `${from}\u2060–\u2060${time(end)}`
        : `${from} – ${say(end, 'shortDay')}, ${time(end)}`
    },
  }
}

/** The labels of a day's slots; of two that read alike, in the hour that happens twice, each says its offset (D03). */
export function slotLabels(tell: Teller, zone: Zone, slots: Instant[]): string[] {
  const labels = slots.map(tell.time)
  const seen = new Set<string>()
  const twice = new Set(labels.filter((label) => seen.size === seen.add(label).size))
  return labels.map((label, index) =>
    twice.has(label) ? `${label} ${offsetText(zone, slots[index]!)}` : label,
  )
}

/** "GMT+1", "GMT+5:30". */
export function offsetText(zone: Zone, instant: Instant): string {
  const minutes = offsetAt(zone, instant) / MINUTE
  const size = Math.abs(minutes)
  const rest = size % 60
  return minutes === 0
    ? 'GMT'
    : `GMT${minutes < 0 ? '−' : '+'}${Math.floor(size / 60)}${rest ? `:${String(rest).padStart(2, '0')}` : ''}`
}

export type Period = 'morning' | 'afternoon' | 'evening'
export const PERIODS: Period[] = ['morning', 'afternoon', 'evening']

export const periodOf = (zone: Zone, instant: Instant): Period => {
  const hour = (((instantToWall(zone, instant) % DAY) + DAY) % DAY) / (60 * MINUTE)
  return hour < 12 ? 'morning' : hour < 18 ? 'afternoon' : 'evening'
}

/** "30 minuti", "1 ora e 30 minuti". */
export function sayLength(t: Words, length: number): string {
  const hours = Math.floor(length / 60)
  const minutes = length % 60
  return hours === 0
    ? t('length.minutes', { minutes })
    : minutes === 0
      ? t('length.hours', { hours })
      : t('length.both', { hours, minutes })
}

/** How far an alternative is from the time that was lost: "−30 min", "+1 h 30". */
export function sayDelta(t: Words, from: Instant, to: Instant): string {
  const all = Math.round(Math.abs(to - from) / MINUTE)
  const hours = Math.floor(all / 60)
  const minutes = all % 60
  const size =
    hours >= 24
      ? t('delta.days', { days: Math.round(all / 1440) })
      : hours === 0
        ? t('delta.minutes', { minutes })
        : minutes === 0
          ? t('delta.hours', { hours })
          : t('delta.both', { hours, minutes: String(minutes).padStart(2, '0') })
  return `${to < from ? '−' : '+'}${size}`
}

/** "Italy time (Rome)". */
export function sayZone(t: Words, locale: Locale, zone: Zone, instant: Instant): string {
  if (zone === 'Europe/Rome') return t('tz.rome')
  const { name, city } = spokenZone(locale, zone, instant)
  return city === null ? name : t('tz.named', { name, city })
}

/** Whether somebody's clocks change between now and then. */
export const clocksChange = (zones: Zone[], now: Instant, then: Instant): boolean =>
  zones.some((zone) => offsetAt(zone, now) !== offsetAt(zone, then))

/** Both clocks of a meeting in words, or null where they show the same. */
export function bothClocks(
  tell: Teller,
  clock: Pick<Clock, 'zone' | 'hour12'>,
  hostZone: Zone,
  instant: Instant,
): { a: string; b: string; day: string | null } | null {
  if (offsetAt(clock.zone, instant) === offsetAt(hostZone, instant)) return null
  const host = teller(tell.locale, { zone: hostZone, hour12: clock.hour12 })
  const otherDay = dateOf(clock.zone, instant) !== dateOf(hostZone, instant)
  return { a: tell.time(instant), b: host.time(instant), day: otherDay ? host.say(instant, 'weekday') : null }
}
