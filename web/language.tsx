import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react'
import { I18nProvider } from 'react-aria-components/I18nProvider'
import { cityOf } from '#core/locale/cities.ts'
import { formatAgo, formatDate } from '#core/locale/dates.ts'
import type { Locale } from '#core/locale/locale.ts'
import { speak, type Catalogue, type Say } from '#core/locale/say.ts'
import { DAY, type Instant, type Zone } from '#core/time/model.ts'
import { dayOf } from '#core/time/wall.ts'
import { appWords } from '#core/locale/words/app.ts'
import { usePreferences } from './preferences.ts'

type Language = { locale: Locale; zone: Zone }

export const deviceZone = (): Zone => Intl.DateTimeFormat().resolvedOptions().timeZone
const Context = createContext<Language>({ locale: 'en', zone: 'UTC' })

/** The language of everything below it, and the zone of every time shown there. */
export function LanguageProvider({ zone, children }: { zone?: Zone; children: ReactNode }) {
  const { locale } = usePreferences()
  const value = useMemo(() => ({ locale, zone: zone ?? deviceZone() }), [locale, zone])
  return (
    <Context value={value}>
      <I18nProvider locale={locale === 'it' ? 'it-IT' : 'en-GB'}>{children}</I18nProvider>
    </Context>
  )
}

export const useLanguage = (): Language => useContext(Context)

export function useSay<Key extends string>(catalogue: Catalogue<Key>): Say<Key> {
  const { locale } = useLanguage()
  return useMemo(() => speak(catalogue, locale), [catalogue, locale])
}

export type Times = {
  zone: Zone
  /** mercoledì 25 novembre */
  day: (at: Instant) => string
  /** mer 25 nov */
  shortDay: (at: Instant) => string
  /** 16 nov 2026 */
  date: (at: Instant) => string
  month: (at: Instant) => string
  time: (at: Instant, zone?: Zone) => string
  /** 10:00–10:30 */
  span: (start: Instant, end: Instant, zone?: Zone) => string
  /** mer 25 nov, 10:00 */
  when: (at: Instant) => string
  /** Oggi 16:00 · Domani 09:30 · mer 25 nov, 10:00 */
  soon: (at: Instant, now: Instant) => string
  ago: (at: Instant, now: Instant) => string
  city: (zone: Zone) => string
  weekday: (day: number, short?: boolean) => string
}

const MONDAY = 4 * DAY // 1970-01-05

/** Instants in words, in the reader's language and zone. */
export function useTimes(): Times {
  const { locale, zone } = useLanguage()
  return useMemo(() => {
    const say = speak(appWords, locale)
    const form =
      (style: Parameters<typeof formatDate>[3]) =>
      (at: Instant, inZone: Zone = zone) =>
        formatDate(locale, inZone, at, style)
    const [day, shortDay, time, month] = [form('day'), form('shortDay'), form('time'), form('month')]
    const when = (at: Instant) => `${shortDay(at)}, ${time(at)}`
    return {
      zone,
      day: (at) => day(at),
      shortDay: (at) => shortDay(at),
      date: (at) =>
        new Intl.DateTimeFormat(locale === 'it' ? 'it-IT' : 'en-GB', {
          day: 'numeric',
          month: 'short',
          year: 'numeric',
          timeZone: zone,
        }).format(at),
      month: (at) => month(at),
      time,
      span: (start, end, inZone = zone) => `${time(start, inZone)}–${time(end, inZone)}`,
      when,
      soon: (at, now) => {
        const away = dayOf(zone, at) - dayOf(zone, now)
        if (away === 0) return `${say('day.today')} ${time(at)}`
        return away === 1 ? `${say('day.tomorrow')} ${time(at)}` : when(at)
      },
      // The server's clock may be a little ahead of this one: what has happened is never "in 4 seconds".
      ago: (at, now) => formatAgo(locale, Math.min(at, now), now),
      city: (of) => cityOf(locale, of),
      weekday: (number, short = false) =>
        formatDate(locale, 'UTC', MONDAY + number * DAY, short ? 'shortWeekday' : 'weekday'),
    }
  }, [locale, zone])
}

/** The clock, read again every half minute, so that "2 minutes ago" does not stand still. */
export function useNow(): Instant {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000)
    return () => clearInterval(timer)
  }, [])
  return now
}

/** The first letter large: our days and months are lower case in Italian. */
export const sentence = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)
