import type { Schedule } from '#core/availability/model.ts'
import { DAY, MINUTE, type Instant, type Zone } from '#core/time/model.ts'
import { dateOf, dateText, dayNumber, dayOf, parseDate, startOfDayNumber, weekdayOf } from '#core/time/wall.ts'
import type { OwnRow, PageInputs } from './inputs.ts'
import { slotsOf } from './slots.ts'
import type { Calendar, DayView, EmptyReason } from './views.ts'

const WEEKS = 5
const SOONEST = 3

/**
 * The five weeks a visitor sees, from a Monday on their own clock. Pure. Days are told apart only as far as a visitor may know:
 * past, full, closed, too soon, too far.
 */
export function calendarOf(
  inputs: PageInputs,
  ask: { duration: number; zone: Zone; now: Instant; week: string | null; day: string | null; except?: (own: OwnRow) => boolean },
): Calendar {
  const { now, zone, duration } = ask
  const today = dayOf(zone, now)
  const thisMonday = today - weekdayOf(today)
  const wanted = ask.week ? parseDate(ask.week) : null
  const limit = horizonEnd(inputs, now)
  const lastMonday = dayOf(zone, limit) - weekdayOf(dayOf(zone, limit))
  const monday = wanted ? Math.max(thisMonday, Math.min(lastMonday, dayNumber(wanted) - weekdayOf(dayNumber(wanted)))) : thisMonday

  const end = startOfDayNumber(zone, monday + WEEKS * 7)
  const upToHere = slotsOf(inputs, duration, { start: now, end }, now, ask.except).slots
  const from = startOfDayNumber(zone, monday)
  const shown = upToHere.filter((start) => start >= from)
  const all = upToHere.length >= SOONEST ? upToHere : slotsOf(inputs, duration, { start: now, end: limit + DAY }, now, ask.except).slots

  const days = new Map<string, Instant[]>()
  for (const start of shown) {
    const date = dateOf(zone, start)
    const list = days.get(date)
    if (list) list.push(start)
    else days.set(date, [start])
  }
  const views = Array.from({ length: WEEKS * 7 }, (_, index): DayView => {
    const date = dateText(monday + index)
    const slots = days.get(date) ?? []
    return { date, slots, reason: slots.length > 0 ? null : whyEmpty(inputs, monday + index, { today, limit, zone, now }) }
  })
  const chosen = ask.day && views.some((view) => view.date === ask.day) ? ask.day : (views.find((view) => view.slots.length > 0)?.date ?? null)
  return {
    days: views,
    previous: monday > thisMonday ? dateText(Math.max(thisMonday, monday - WEEKS * 7)) : null,
    next: monday + WEEKS * 7 <= dayOf(zone, limit) ? dateText(monday + WEEKS * 7) : null,
    day: chosen,
    soonest: Array.from(all.slice(0, SOONEST)),
    firstFree: shown.length === 0 ? (all.find((start) => start >= end) ?? all[0] ?? null) : null,
    mayAsk: false,
  }
}

/** The last instant anything may start, by the horizon of the page. */
function horizonEnd({ type, hosts }: PageInputs, now: Instant): Instant {
  const { horizon } = type
  const zone = hosts[0]?.schedule.zone ?? 'UTC'
  return horizon.kind === 'rolling' ? startOfDayNumber(zone, dayOf(zone, now) + horizon.days + 1) - 1 : startOfDayNumber(zone, dayNumber(horizon.to) + 1) - 1
}

function whyEmpty({ type, hosts }: PageInputs, day: number, { today, limit, zone, now }: { today: number; limit: Instant; zone: Zone; now: Instant }): EmptyReason | null {
  if (day < today) return 'past'
  const begin = startOfDayNumber(zone, day)
  if (begin > limit || (type.horizon.kind === 'range' && dateText(day) < type.horizon.from)) return 'horizon'
  if (!hosts.some((host) => isOpen(host.schedule, day))) return 'closed'
  if (startOfDayNumber(zone, day + 1) <= now + type.notice * MINUTE) return 'notice'
  return 'full'
}

function isOpen(schedule: Schedule, day: number): boolean {
  const override = schedule.overrides.findLast((one) => one.date === dateText(day))
  return (override ? override.spans : (schedule.weekly[weekdayOf(day)] ?? [])).length > 0
}
