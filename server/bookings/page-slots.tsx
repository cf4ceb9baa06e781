import type { ComponentChildren } from 'preact'
import type { Instant } from '#core/time/model.ts'
import { carried, hrefOf } from './page-links.ts'
import { Hidden, Name, Notice, rich } from './page-parts.tsx'
import {
  clocksChange,
  dateOf,
  PERIODS,
  periodOf,
  sayDate,
  sayDelta,
  slotLabels,
  type Shown,
} from './page-times.ts'
import type { Address, PickerView, Typed } from './views.ts'

/** The form around slot buttons: it holds a slot, or, when moving, asks whether to move to it. Whatever was typed travels along. */
export function SlotForm({
  view,
  address,
  class: name,
  children,
}: {
  view: PickerView
  address: Address
  class?: string
  children: ComponentChildren
}) {
  const { facts, clock, moving } = view
  return (
    <form
      class={name}
      method={moving ? 'get' : 'post'}
      action={moving ? address.path : `${facts.path}/hold`}
      data-live="slot"
    >
      <Hidden
        fields={{
          ...carried(address),
          ...(moving ? {} : { length: String(facts.length) }),
          zone: clock.zone,
        }}
      />
      {!moving && view.hold && <input type="hidden" name="hold" value={view.hold} />}
      {!moving && view.kept && <Hidden fields={typedFields(view.kept)} />}
      {children}
    </form>
  )
}

/** What was typed, under the names of the form's fields. */
export const typedFields = ({
  name,
  email,
  guests,
  consent,
  answers,
}: Typed): Record<string, string | string[]> => ({
  ...Object.fromEntries(
    Object.entries({ name, email, guests, consent: consent ? 'yes' : '' }).filter(
      ([, value]) => value !== '',
    ),
  ),
  ...Object.fromEntries(Object.entries(answers).map(([id, values]) => [`q-${id}`, values])),
})

/** The third column while a time is being chosen. */
export function Times({ view, address, tell }: Shown<PickerView>) {
  const { facts, panel, calendar } = view
  const { t } = tell
  if (facts.mode.kind === 'closed')
    return (
      <div class="empty">
        <h2 id="panel">{t('book.closed')}</h2>
        <p>{rich(t, 'book.closed.hint', { host: <Name>{facts.host.callName}</Name> })}</p>
      </div>
    )
  return (
    <>
      {panel.kind === 'taken' && (
        <Taken lost={panel.lost} nearest={panel.nearest} view={view} address={address} tell={tell} />
      )}
      {calendar.day === null ? (
        <NothingFree view={view} address={address} tell={tell} />
      ) : (
        <DaySlots view={view} date={calendar.day} address={address} tell={tell} />
      )}
    </>
  )
}

function DaySlots({ view, date, address, tell }: Shown<PickerView> & { date: string }) {
  const { facts, clock, calendar } = view
  const { t, locale } = tell
  const slots = calendar.days.find((day) => day.date === date)?.slots ?? []
  if (slots.length === 0) return <NothingFree view={view} address={address} tell={tell} />
  const labels = slotLabels(tell, clock.zone, slots)
  const day = sayDate(locale, date, 'day')
  const hostZones = [clock.zone, facts.host.zone]
  return (
    <SlotForm view={view} address={address} class="day">
      <h2 id="panel">{day}</h2>
      {facts.mode.kind === 'requests' && <p class="chip">{t('offline.unsure')}</p>}
      <p class="note" data-dst="" hidden={!clocksChange(hostZones, clock.now, slots[0]!)}>
        {t('tz.dst')}
      </p>
      <div data-slots={PERIODS.map((period) => t(`book.${period}`)).join('|')}>
        {PERIODS.map((period) => {
          const here = slots
            .map((start, index) => ({ start, label: labels[index]! }))
            .filter(({ start }) => periodOf(clock.zone, start) === period)
          return (
            here.length > 0 && (
              <>
                <h3 id={period}>{t(`book.${period}`)}</h3>
                <ul aria-labelledby={period} class="slots">
                  {here.map(({ start, label }) => (
                    <li>
                      <button name="slot" value={String(start)} class="slot" aria-label={`${day}, ${label}`}>
                        {label}
                      </button>
                    </li>
                  ))}
                </ul>
              </>
            )
          )
        })}
      </div>
    </SlotForm>
  )
}

/** Nothing here: never a dead end. */
function NothingFree({ view, address, tell }: Shown<PickerView>) {
  const { calendar, clock, facts } = view
  const { t, locale } = tell
  const asked = address.query.day
  const empty = calendar.days.find((day) => day.date === asked)
  const first = calendar.days.find((day) => day.slots.length > 0)?.slots[0] ?? calendar.firstFree
  const nothing = first === null && calendar.next === null
  return (
    <div class="empty" data-empty="">
      <h2 id="panel">
        {nothing
          ? t('book.none')
          : empty
            ? t('book.none_day', { day: sayDate(locale, empty.date, 'day') })
            : t('book.none_weeks')}
        {!nothing && empty?.reason && <small>{t(`book.why.${empty.reason}`)}</small>}
      </h2>
      {first !== null && (
        <a
          class="button"
          href={hrefOf(
            address,
            firstDay(calendar.days[0]?.date, calendar.days.at(-1)?.date, dateOf(clock.zone, first)),
          )}
          data-live="page"
        >
          {t('book.first_free', { day: tell.say(first, 'shortDay') })}
        </a>
      )}
      {nothing && calendar.mayAsk && (
        <>
          <a class="button" href={hrefOf(address, { ask: '1', day: null, week: null })} data-live="page">
            {t('book.ask_other')}
          </a>
          <p class="muted">{rich(t, 'book.ask_other.hint', { host: <Name>{facts.host.callName}</Name> })}</p>
        </>
      )}
      {nothing && !calendar.mayAsk && (
        <p class="muted">{rich(t, 'book.closed.hint', { host: <Name>{facts.host.callName}</Name> })}</p>
      )}
    </div>
  )
}

// The weeks shown stay when the day is among them; otherwise they begin with the day's own.
const firstDay = (from: string | undefined, to: string | undefined, date: string) =>
  from && to && date >= from && date <= to ? { day: date } : { day: date, week: date }

function Taken({
  lost,
  nearest,
  view,
  address,
  tell,
}: Shown<PickerView> & { lost: Instant; nearest: Instant[] }) {
  const { t } = tell
  const { zone } = view.clock
  return (
    <Notice tone="danger" icon="alert" role="alert" focus>
      <p>
        <strong>{t('book.taken.strong')}</strong>{' '}
        {t(view.kept ? 'book.taken' : 'book.taken.bare', { time: tell.time(lost) })}{' '}
        {t(nearest.length > 0 ? 'book.taken.choose' : 'book.taken.none')}
      </p>
      {nearest.length > 0 && (
        <SlotForm view={view} address={address}>
          <ul class="slots list">
            {nearest.map((start) => (
              <li>
                <button
                  name="slot"
                  value={String(start)}
                  class="slot"
                  aria-label={`${tell.long(start)}, ${sayDelta(t, lost, start)}`}
                >
                  <span>
                    {dateOf(zone, start) === dateOf(zone, lost) ? tell.time(start) : tell.short(start)}
                  </span>{' '}
                  <small>{sayDelta(t, lost, start)}</small>
                </button>
              </li>
            ))}
          </ul>
        </SlotForm>
      )}
    </Notice>
  )
}
