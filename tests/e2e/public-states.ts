import { DAY, HOUR, MINUTE, type Instant, type Zone } from '#core/time/model.ts'
import { startOfDay } from '#core/time/wall.ts'
import type { Question } from '#server/bookings/model.ts'
import type {
  BookingView,
  Calendar,
  Clock,
  DayView,
  Form,
  PageFacts,
  PickerView,
  Query,
  Typed,
} from '#server/bookings/views.ts'

/** Sunday 22 November 2026, 18:00 in Rome. */
export const NOW = Date.UTC(2026, 10, 22, 17)
export const ROME: Zone = 'Europe/Rome'

const giulia = { name: 'Giulia Ferri', callName: 'Giulia', zone: ROME }

export const facts = (locale: string, more: Partial<PageFacts> = {}): PageFacts => ({
  path: '/giulia/consulenza',
  title: locale === 'it' ? 'Consulenza iniziale' : 'First meeting',
  description:
    locale === 'it'
      ? 'Mezz’ora per capire cosa ti serve e se posso aiutarti. Nessun impegno.'
      : 'Half an hour to see what you need and whether I can help. No strings attached.',
  host: giulia,
  place: { kind: 'video', value: 'https://meet.studioferri.example/giulia-7f3' },
  durations: [30],
  length: 30,
  mode: { kind: 'bookings', lastKnown: null },
  ...more,
})

export const clock = (more: Partial<Clock> = {}): Clock => ({
  now: NOW,
  zone: ROME,
  zoneChosen: true,
  hour12: false,
  ...more,
})

export const QUESTIONS: Question[] = [
  { id: 'topic', label: 'Di cosa vorresti parlare?', kind: 'long', required: false },
  { id: 'company', label: 'Azienda', kind: 'text', required: true },
  {
    id: 'how',
    label: 'Come ci hai conosciuto?',
    kind: 'choice',
    required: true,
    options: ['Amici', 'Ricerca', 'Altro'],
  },
  {
    id: 'city',
    label: 'Sede più vicina',
    kind: 'choice',
    required: false,
    options: ['Milano', 'Torino', 'Roma', 'Napoli', 'Bari', 'Palermo', 'Cagliari'],
  },
  {
    id: 'needs',
    label: 'Che cosa ti serve?',
    kind: 'many',
    required: false,
    options: ['Sito', 'Negozio', 'Manutenzione'],
  },
  { id: 'tel', label: 'Telefono', kind: 'phone', required: false },
  { id: 'size', label: 'Quante persone siete?', kind: 'number', required: false },
  { id: 'from', label: 'Da quando?', kind: 'date', required: false },
  { id: 'news', label: 'Tenetemi al corrente', kind: 'check', required: false },
]

/** What is free on Giulia's page: weekdays at these hours of Rome, but not on the bridge of Sant'Ambrogio. */
const HOURS = [9, 9.5, 10, 11.5, 14.5, 15, 16, 16.5]
const CLOSED = ['2026-12-07', '2026-12-08', '2026-12-24', '2026-12-25', '2027-01-01']
export const FREE: Instant[] = Array.from({ length: 98 }, (_, index) =>
  new Date(Date.UTC(2026, 10, 16) + index * DAY).toISOString().slice(0, 10),
)
  .filter((date) => ![0, 6].includes(new Date(date).getUTCDay()) && !CLOSED.includes(date))
  .flatMap((date) => HOURS.map((hour) => startOfDay(ROME, date) + hour * HOUR))
  .filter(
    (start) =>
      start > NOW + 14 * HOUR && start !== Date.UTC(2026, 10, 23, 8) && start !== Date.UTC(2026, 10, 23, 9),
  )

const dateIn = (zone: Zone, instant: Instant): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(instant)
const mondayOf = (date: string): string => {
  const at = Date.parse(date)
  return new Date(at - ((new Date(at).getUTCDay() + 6) % 7) * DAY).toISOString().slice(0, 10)
}

/** Five weeks as the server will give them. */
export function calendarOf(zone: Zone, query: Query, free: Instant[] = FREE, mayAsk = false): Calendar {
  const today = dateIn(zone, NOW)
  const first = mondayOf(query.week ?? today)
  const starts = Map.groupBy(free, (start) => dateIn(zone, start))
  const days: DayView[] = Array.from({ length: 35 }, (_, index) =>
    new Date(Date.parse(first) + index * DAY).toISOString().slice(0, 10),
  ).map((date) => {
    const slots = starts.get(date) ?? []
    return {
      date,
      slots,
      reason: slots.length > 0 ? null : date < today ? 'past' : CLOSED.includes(date) ? 'closed' : null,
    }
  })
  const shift = (weeks: number) => new Date(Date.parse(first) + weeks * 7 * DAY).toISOString().slice(0, 10)
  const after = free.filter((start) => dateIn(zone, start) >= shift(5))
  const asked = query.day !== undefined && days.some(({ date }) => date === query.day)
  return {
    days,
    previous: first > mondayOf(today) ? shift(-5) : null,
    next: after.length > 0 ? shift(5) : null,
    day: asked
      ? starts.has(query.day!)
        ? query.day!
        : null
      : (days.find(({ slots }) => slots.length > 0)?.date ?? null),
    soonest: free.slice(0, 3),
    firstFree: after[0] ?? null,
    mayAsk,
  }
}

export const EMPTY: Typed = { name: '', email: '', guests: '', consent: false, answers: {} }
export const MARIO: Typed = {
  name: 'Mario Rossi',
  email: 'mario@example.it',
  guests: '',
  consent: true,
  answers: { topic: ['Il sito nuovo'] },
}
/** Wednesday 25 November, 10:00 in Rome. */
export const TEN = Date.UTC(2026, 10, 25, 9)

export const form = (more: Partial<Form> = {}): Form => ({
  start: TEN,
  hold: { token: 'hold-token', until: NOW + 10 * MINUTE },
  key: '7d5f6a9e-0000-4000-8000-000000000001',
  typed: EMPTY,
  errors: {},
  questions: QUESTIONS.slice(0, 1),
  guestsMax: 0,
  consent: null,
  notice: null,
  ...more,
})

export const picker = (
  locale: string,
  query: Query = { day: '2026-11-25' },
  more: Partial<PickerView> = {},
): PickerView => {
  const view = {
    facts: facts(locale),
    clock: clock(),
    panel: { kind: 'times' as const },
    kept: null,
    hold: null,
    zoneSearch: null,
    moving: null,
    ...more,
  }
  return { calendar: calendarOf(view.clock.zone, query), ...view }
}

export const booking = (locale: string, more: Partial<BookingView> = {}): BookingView => ({
  token: 'T0ken',
  title: facts(locale).title,
  host: giulia,
  place: facts(locale).place,
  join: 'none',
  joinUrl: null,
  start: TEN,
  end: TEN + 30 * MINUTE,
  state: 'confirmed',
  calendar: 'standing',
  clock: clock(),
  visitor: { name: 'Mario Rossi', email: 'mario@example.it' },
  guests: [],
  invitation: 'sent',
  fresh: null,
  refresh: 3,
  proposed: [],
  cancelledBy: null,
  reason: null,
  pagePath: '/giulia/consulenza',
  mayMove: true,
  mayCancel: true,
  ...more,
})
