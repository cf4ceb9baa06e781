import { cityOf, zonesByCity } from '#core/locale/cities.ts'
import { MINUTE } from '#core/time/model.ts'
import { carried, hrefOf } from './page-links.ts'
import { Hidden, Icon, Notice } from './page-parts.tsx'
import { clocksChange, dateOf, offsetText, sayDate, sayZone, type Shown, type Teller } from './page-times.ts'
import type { Address, Clock, DayView, PickerView } from './views.ts'

/** The second column: five rolling weeks and the time zone. A plain table of links; the script makes an APG grid of it. */
export function Weeks({ view, address, tell }: Shown<PickerView>) {
  const { calendar, clock } = view
  const { t, locale } = tell
  const weeks = Array.from({ length: Math.ceil(calendar.days.length / 7) }, (_, index) =>
    calendar.days.slice(index * 7, index * 7 + 7),
  )
  const today = dateOf(clock.zone, clock.now)
  return (
    <section
      class="calendar"
      data-part="calendar"
      aria-labelledby="weeks"
      data-zone={clock.zone}
      data-guessed={clock.zoneChosen ? undefined : ''}
      data-hour12={clock.hour12 ? '' : undefined}
    >
      <div class="range">
        <Turn to={calendar.previous} address={address} name={t('book.previous')} icon="back" />
        <h2 id="weeks">{sayRange(locale, calendar.days)}</h2>
        <Turn to={calendar.next} address={address} name={t('book.next')} icon="on" />
      </div>
      <span class="unseen" id="pick">
        {t('book.pick_day')}
      </span>
      <table class="weeks" aria-labelledby="pick weeks">
        <thead>
          <tr>
            {(weeks[0] ?? []).map(({ date }) => (
              <th scope="col" abbr={sayDate(locale, date, 'weekday')}>
                {sayDate(locale, date, 'shortWeekday')}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks.map((week) => (
            <tr>
              {week.map((day) => (
                <Day day={day} today={day.date === today} view={view} address={address} tell={tell} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <ZoneChoice view={view} address={address} tell={tell} />
    </section>
  )
}

function Turn({
  to,
  address,
  name,
  icon,
}: {
  to: string | null
  address: Address
  name: string
  icon: 'back' | 'on'
}) {
  return to === null ? (
    <span class="turn">
      <Icon name={icon} />
    </span>
  ) : (
    <a
      class="turn"
      href={hrefOf(address, { week: to, day: null })}
      aria-label={name}
      title={name}
      data-live="page"
      data-turn={icon}
      rel={icon === 'on' ? 'next' : 'prev'}
    >
      <Icon name={icon} />
    </a>
  )
}

function Day({ day, today, view, address, tell }: Shown<PickerView> & { day: DayView; today: boolean }) {
  const { t, locale } = tell
  const { clock, facts, calendar } = view
  const number = String(Number(day.date.slice(8)))
  const why = day.reason && t(`book.why.${day.reason}`)
  const label = [
    sayDate(locale, day.date, 'day'),
    today ? t('book.today') : null,
    t('book.count', { n: day.slots.length }),
    why,
  ]
    .filter(Boolean)
    .join(', ')
  const month = number === '1' ? sayDate(locale, day.date, 'dayMonth').replace(/[\d\s.]/g, '') : undefined
  const look = { class: 'date', 'data-month': month, 'data-today': today ? '' : undefined }
  const selected = calendar.day === day.date || (calendar.day === null && address.query.day === day.date)
  if (day.slots.length === 0 && (day.reason === null || day.reason === 'past'))
    return (
      <td aria-label={label} title={why ?? undefined}>
        <span {...look}>{number}</span>
      </td>
    )
  return (
    <td>
      <a
        {...look}
        href={hrefOf(address, { day: day.date, week: calendar.days[0]!.date })}
        aria-label={label}
        aria-current={selected ? 'true' : undefined}
        data-live="day"
        data-starts={day.slots.length > 0 ? packed(day.slots) : undefined}
        data-dst={
          day.slots.length > 0 && clocksChange([clock.zone, facts.host.zone], clock.now, day.slots[0]!)
            ? ''
            : undefined
        }
        title={why ?? undefined}
      >
        {number}
      </a>
    </td>
  )
}

/** A day's starts for the script, in minutes: the first since 1970, the others since the one before. */
const packed = (slots: number[]): string =>
  slots.map((start, index) => (start - (slots[index - 1] ?? 0)) / MINUTE).join()

/** "16 nov – 20 dic 2026" */
function sayRange(locale: Teller['locale'], days: DayView[]): string {
  const from = days[0]?.date
  const to = days.at(-1)?.date
  if (!from || !to) return ''
  const year = (date: string) => ` ${date.slice(0, 4)}`
  return `${sayDate(locale, from, 'dayMonth')}${from.slice(0, 4) === to.slice(0, 4) ? '' : year(from)} – ${sayDate(locale, to, 'dayMonth')}${year(to)}`
}

function ZoneChoice({ view, address, tell }: Shown<PickerView>) {
  const { clock, zoneSearch } = view
  const { t, locale } = tell
  const { zone: _zone, ...rest } = carried(address)
  const { clock: _clock, ...other } = carried(address)
  return (
    <div class="zone">
      <p>
        <Icon name="globe" />
        <span>{sayZone(t, locale, clock.zone, clock.now)}</span>
      </p>
      <details open={zoneSearch !== null}>
        <summary>{t('tz.change')}</summary>
        <form method="get" action={address.path} class="change" data-live="page">
          <Hidden fields={rest} />
          {zoneSearch && zoneSearch.text !== '' && (
            <Notice tone="info" icon="globe">
              {t(zoneSearch.found.length > 1 ? 'tz.several' : 'tz.not_found', {
                text: `\u2068${zoneSearch.text}\u2069`,
              })}
            </Notice>
          )}
          {zoneSearch ? (
            <ZoneList found={zoneSearch.found} clock={clock} tell={tell} />
          ) : (
            <ZoneField address={address} tell={tell} />
          )}
          <button class="button">{t('tz.apply')}</button>
        </form>
      </details>
      <form method="get" action={address.path} class="hour12" data-live="page">
        <Hidden fields={other} />
        <label>
          <input type="checkbox" name="clock" value="12" checked={clock.hour12} data-clock="" />
          {t('tz.hour12')}
        </label>
        <noscript>
          <button class="button small">{t('tz.hour12.apply')}</button>
        </noscript>
      </form>
    </div>
  )
}

const ZoneField = ({ address, tell: { t } }: { address: Address; tell: Teller }) => (
  <>
    <label for="zone">{t('tz.search')}</label>
    <input id="zone" name="zone" list="zones" autocomplete="off" maxLength={64} />
    <datalist id="zones" />
    <a href={hrefOf(address, { zone: '' })} data-live="page" data-zones="">
      {t('tz.list')}
    </a>
  </>
)

function ZoneList({
  found,
  clock: { zone: current, now },
  tell: { t, locale },
}: {
  found: string[]
  clock: Clock
  tell: Teller
}) {
  const list =
    found.length > 0 ? found.map((zone) => ({ zone, city: cityOf(locale, zone) })) : zonesByCity(locale)
  return (
    <>
      <label for="zone">{t('tz.label')}</label>
      <select id="zone" name="zone">
        {list.map(({ zone, city }) => (
          <option value={zone} selected={zone === current}>
            {`${city} · ${offsetText(zone, now)}`}
          </option>
        ))}
      </select>
    </>
  )
}
