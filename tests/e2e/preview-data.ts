/** Canned answers of /api/v1 for looking at the app's screens without a server behind them. Never part of the product. */
import type {
  Booking,
  Calendar,
  Connection,
  Contact,
  EventType,
  Me,
  OutboxLetter,
  Page,
  People,
  Preview,
  Schedule,
  TimelineEntry,
  Today,
} from '#web/api-types.ts'

export type Scene = 'connected' | 'offline' | 'broken' | 'empty' | 'signed-out' | 'first-run'

/** A Sunday, so that "today" is quiet and the week is still to come. */
export const NOW = Date.UTC(2026, 10, 22, 13, 12)
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const at = (day: number, hour: number, minute = 0) => Date.UTC(2026, 10, day, hour - 1, minute) // Rome is UTC+1 in November
const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`

export const GIULIA = uuid(1)
const MARCO = uuid(2)
const WORKDAY = [
  { from: 540, to: 780 },
  { from: 840, to: 1080 },
]

export const me = (locale: 'en' | 'it', theme: Me['user']['theme'] = 'system'): Me => ({
  user: {
    id: GIULIA,
    name: 'Giulia Ferri',
    email: 'giulia@studioferri.example',
    slug: 'giulia',
    locale,
    zone: 'Europe/Rome',
    theme,
  },
  workspace: { id: uuid(9), name: 'Studio Ferri', locale: 'it', zone: 'Europe/Rome', seatGate: true },
  role: { id: uuid(20), name: 'Admin', builtIn: 'admin' },
  permissions: [
    'personal-email',
    'edit-others-pages',
    'manage-people',
    'manage-workspace',
    'see-all-contacts',
  ],
  seat: { kind: 'sales', level: 'enterprise' },
  mail: { practice: true },
})

export const people: People = {
  people: [
    {
      id: GIULIA,
      name: 'Giulia Ferri',
      email: 'giulia@studioferri.example',
      slug: 'giulia',
      role: { id: uuid(20), name: 'Admin' },
      seat: { kind: 'sales', level: 'enterprise' },
      disabled: false,
    },
    {
      id: MARCO,
      name: 'Marco Bianchi',
      email: 'marco@studioferri.example',
      slug: 'marco',
      role: { id: uuid(21), name: 'Member' },
      seat: { kind: 'core', level: 'starter' },
      disabled: false,
    },
    {
      id: uuid(3),
      name: 'Sara Lenzi',
      email: 'sara@studioferri.example',
      slug: 'sara',
      role: { id: uuid(22), name: 'Ricezione' },
      seat: null,
      disabled: true,
    },
  ],
  invitations: [
    { id: uuid(30), email: 'paolo@studioferri.example', roleId: uuid(21), expiresAt: NOW + 6 * DAY },
  ],
  roles: [
    {
      id: uuid(20),
      name: 'Admin',
      builtIn: 'admin',
      permissions: [
        'personal-email',
        'edit-others-pages',
        'manage-people',
        'manage-workspace',
        'see-all-contacts',
      ],
    },
    { id: uuid(21), name: 'Member', builtIn: 'member', permissions: ['personal-email'] },
    {
      id: uuid(22),
      name: 'Ricezione',
      builtIn: null,
      permissions: ['edit-others-pages', 'see-all-contacts'],
    },
  ],
}

const calendar = (n: number, name: string, color: string, more: Partial<Calendar> = {}): Calendar => ({
  id: uuid(40 + n),
  name,
  color,
  zone: 'Europe/Rome',
  writable: true,
  checked: true,
  destination: false,
  syncedAt: NOW - 2 * MINUTE,
  trouble: null,
  quarantined: false,
  troubledEvents: 0,
  blocksTentative: true,
  blocksUnanswered: false,
  eventCount: 14,
  ...more,
})

export const connection: Connection = {
  id: uuid(60),
  provider: 'caldav',
  account: 'giulia@cloud.studioferri.example',
  state: 'connected',
  reason: null,
  since: at(3, 10),
  verifiedAt: NOW - 2 * MINUTE,
  capabilities: { read: true, write: true, cancel: true, reschedule: true, push: false, freshBusy: true },
  calendars: [
    calendar(1, 'Lavoro', '#1d5fa8', { destination: true, eventCount: 118 }),
    calendar(2, 'Personale', '#8a5a00', { troubledEvents: 1 }),
    calendar(3, 'Sala riunioni', '#1e6b3a', { checked: false, writable: false }),
    calendar(4, 'Compleanni', '#b3261e', { checked: false, writable: false }),
  ],
}

const eventType = (n: number, title: string, more: Partial<EventType> = {}): EventType => ({
  id: uuid(70 + n),
  title,
  description: 'Mezz’ora per capire che cosa ti serve e se posso aiutarti. Nessun impegno.',
  location: { kind: 'video', value: '' },
  durations: [30],
  increment: 30,
  bufferBefore: 0,
  bufferAfter: 10,
  notice: 240,
  horizon: { kind: 'rolling', days: 60 },
  perDay: null,
  perWeek: null,
  capacity: 1,
  assignment: 'solo',
  hosts: [{ id: GIULIA, name: 'Giulia Ferri', priority: 0 }],
  scheduleId: null,
  questions: [
    { id: 'q1', label: 'Di che cosa vuoi parlare?', kind: 'long', required: false },
    {
      id: 'q2',
      label: 'Come ci hai trovato?',
      kind: 'choice',
      required: true,
      options: ['Un amico', 'Il web', 'Un evento'],
    },
  ],
  consent: null,
  reminders: [{ n: 1, unit: 'days' }],
  guestsMax: 2,
  whenUnreadable: { kind: 'requests' },
  version: 3,
  ...more,
})

const page = (n: number, slug: string, type: EventType, more: Partial<Page> = {}): Page => ({
  id: uuid(80 + n),
  slug,
  hostSlug: 'giulia',
  url: `/giulia/${slug}`,
  locale: 'auto',
  open: true,
  listed: true,
  mine: true,
  mayEdit: true,
  owner: { id: GIULIA, name: 'Giulia Ferri' },
  eventType: type,
  state: 'active',
  offlineReason: null,
  bookings: 14,
  requests: 3,
  ...more,
})

const three = [
  { id: GIULIA, name: 'Giulia Ferri', priority: 1 },
  { id: MARCO, name: 'Marco Bianchi', priority: 0 },
]

export const pagesOf = (scene: Scene): Page[] => {
  if (scene === 'empty') return []
  const offline =
    scene === 'connected'
      ? {}
      : ({ state: 'offline', offlineReason: scene === 'broken' ? 'broken' : 'no-calendar' } as const)
  return [
    page(1, 'consulenza', eventType(1, 'Consulenza iniziale'), offline),
    page(
      2,
      'demo',
      eventType(2, 'Demo del prodotto', { assignment: 'round-robin', hosts: three, durations: [30, 60] }),
      { bookings: 63, requests: 0, ...offline },
    ),
    page(
      3,
      'colloquio',
      eventType(3, 'Colloquio tecnico', {
        assignment: 'collective',
        hosts: three,
        location: { kind: 'place', value: 'Via Roma 1, Torino' },
      }),
      {
        bookings: 9,
        requests: 0,
        open: false,
        state: 'paused',
        mine: false,
        owner: { id: MARCO, name: 'Marco Bianchi' },
      },
    ),
  ]
}

export const schedules: Schedule[] = [
  {
    id: uuid(90),
    name: 'Orari soliti',
    zone: 'Europe/Rome',
    weekly: [WORKDAY, WORKDAY, WORKDAY, WORKDAY, [WORKDAY[0]!], [], []],
    overrides: [
      { date: '2026-12-07', spans: [] },
      { date: '2026-12-17', spans: [{ from: 840, to: 1200 }] },
    ],
    isDefault: true,
    version: 2,
  },
  {
    id: uuid(91),
    name: 'Sera',
    zone: 'Europe/Rome',
    weekly: [[], [{ from: 1320, to: 1560 }], [], [{ from: 1140, to: 1260 }], [], [], []],
    overrides: [],
    isDefault: false,
    version: 1,
  },
]

const booking = (n: number, name: string, start: number, more: Partial<Booking> = {}): Booking => ({
  id: uuid(100 + n),
  state: 'confirmed',
  start,
  end: start + 30 * MINUTE,
  zone: 'Europe/Rome',
  title: 'Consulenza iniziale',
  page: { id: uuid(81), title: 'Consulenza iniziale', url: '/giulia/consulenza' },
  contact: { id: uuid(200 + n), name, email: `${name.split(' ')[0]!.toLowerCase()}@acme.example` },
  name,
  email: `${name.split(' ')[0]!.toLowerCase()}@acme.example`,
  guests: [],
  answers: [{ label: 'Di che cosa vuoi parlare?', value: 'Vorrei vedere l’integrazione con il gestionale.' }],
  location: { kind: 'video', value: 'https://meet.studioferri.example/giulia-7f3' },
  calendarState: 'standing',
  calendarReason: null,
  standingAt: NOW - 2 * MINUTE,
  conflict: false,
  proposed: null,
  letters: [
    {
      kind: 'invite',
      state: 'practice',
      to: `${name.split(' ')[0]!.toLowerCase()}@acme.example`,
      at: NOW - 40 * MINUTE,
    },
    { kind: 'tell-host', state: 'sent', to: 'giulia@studioferri.example', at: NOW - 40 * MINUTE },
  ],
  revision: 1,
  visitorZone: 'Europe/Rome',
  createdAt: NOW - 41 * MINUTE,
  cancelledBy: null,
  cancelReason: null,
  hosts: [{ id: GIULIA, name: 'Giulia Ferri' }],
  ...more,
})

export const upcoming: Booking[] = [
  booking(1, 'Laura Conti', at(22, 16), { title: 'Demo del prodotto' }),
  booking(2, 'Nina Berg', at(23, 9, 30), { visitorZone: 'America/New_York', guests: ['tom@acme.example'] }),
  booking(3, 'Piero Sala', at(25, 10), {
    calendarState: 'failed',
    calendarReason: 'write-refused',
    letters: [{ kind: 'invite', state: 'failed', to: 'piero@acme.example', at: NOW - HOUR }],
    conflict: true,
  }),
  booking(4, 'Ada Marin', at(27, 15), { calendarState: 'writing' }),
]
export const requests: Booking[] = [
  booking(11, 'Ivo Testa', at(24, 11), { state: 'requested', calendarState: 'none', letters: [] }),
  booking(12, 'Rita Moro', at(24, 15, 30), {
    state: 'requested',
    calendarState: 'none',
    conflict: true,
    letters: [],
    createdAt: NOW - 5 * HOUR,
  }),
  booking(13, 'Olga Neri', at(26, 9), {
    state: 'requested',
    calendarState: 'none',
    proposed: [at(30, 9), at(30, 10)],
    letters: [],
    createdAt: NOW - 26 * HOUR,
  }),
]
export const past: Booking[] = [booking(21, 'Carlo Riva', at(19, 15)), booking(22, 'Elena Fabbri', at(18, 9))]
export const cancelled: Booking[] = [
  booking(31, 'Luca Gatti', at(26, 16), {
    state: 'cancelled',
    cancelledBy: 'visitor',
    cancelReason: 'Sono malato, ci sentiamo più avanti.',
  }),
]
export const allBookings = [...upcoming, ...requests, ...past, ...cancelled]

export const todayOf = (scene: Scene): Today =>
  scene === 'empty'
    ? { requests: 0, meetings: [], next: null, troubled: [] }
    : {
        requests: requests.length,
        meetings: scene === 'offline' ? [] : [upcoming[0]!],
        next: upcoming[1]!,
        troubled: scene === 'connected' ? [upcoming[2]!] : [],
      }

const contact = (n: number, name: string, more: Partial<Contact> = {}): Contact => ({
  id: uuid(200 + n),
  name,
  email: `${name.split(' ')[0]!.toLowerCase()}@acme.example`,
  phone: '+39 02 1234 567',
  jobTitle: null,
  company: { id: uuid(300), name: 'Acme S.r.l.' },
  lastEntryAt: NOW - 41 * MINUTE,
  nextMeetingAt: null,
  locale: 'it',
  zone: 'Europe/Rome',
  source: 'booking',
  createdAt: at(12, 9),
  ...more,
})
export const contacts: Contact[] = [
  contact(1, 'Laura Conti', { jobTitle: 'Responsabile acquisti', nextMeetingAt: at(22, 16) }),
  contact(2, 'Nina Berg', { zone: 'America/New_York', locale: 'en', nextMeetingAt: at(23, 9, 30) }),
  contact(3, 'Piero Sala', { nextMeetingAt: at(25, 10), company: null }),
  contact(4, 'Ada Marin', { lastEntryAt: NOW - 3 * DAY }),
  contact(21, 'Carlo Riva', { lastEntryAt: at(19, 15), company: null, source: 'person' }),
]

const entry = (
  n: number,
  kind: TimelineEntry['kind'],
  when: number,
  words: TimelineEntry['words'],
  more: Partial<TimelineEntry> = {},
): TimelineEntry => ({
  id: uuid(400 + n),
  kind,
  at: when,
  recordedAt: when,
  bookingId: null,
  author: null,
  words,
  ...more,
})
export const timeline: TimelineEntry[] = [
  entry(
    1,
    'booked',
    NOW - 41 * MINUTE,
    {
      title: 'Demo del prodotto',
      start: at(22, 16),
      end: at(22, 16, 30),
      by: 'visitor',
      page: 'Demo del prodotto',
      text: 'vorrei vedere l’integrazione con il gestionale',
    },
    { bookingId: uuid(101) },
  ),
  entry(
    2,
    'note',
    at(20, 11),
    { title: '', text: 'Budget approvato per gennaio.\nRisentirla dopo le feste.' },
    { author: { id: MARCO, name: 'Marco Bianchi' } },
  ),
  entry(
    3,
    'moved',
    at(14, 9),
    {
      title: 'Primo incontro',
      start: at(16, 15),
      end: at(16, 15, 30),
      from: { start: at(15, 15), end: at(15, 15, 30) },
      by: 'host',
    },
    { bookingId: uuid(121) },
  ),
  entry(4, 'meeting', at(12, 15), {
    title: 'Primo incontro',
    start: at(12, 15),
    end: at(12, 15, 30),
    place: 'Via Roma 1, Torino',
  }),
]

export const letters: OutboxLetter[] = [
  {
    id: uuid(501),
    kind: 'invite',
    recipient: 'laura@acme.example',
    subject: 'Invito: Demo del prodotto, dom 22 nov 16:00',
    state: 'practice',
    trouble: null,
    createdAt: NOW - 40 * MINUTE,
  },
  {
    id: uuid(502),
    kind: 'tell-host',
    recipient: 'giulia@studioferri.example',
    subject: 'Nuova riunione con Laura Conti',
    state: 'practice',
    trouble: null,
    createdAt: NOW - 40 * MINUTE,
  },
  {
    id: uuid(503),
    kind: 'propose',
    recipient: 'olga@acme.example',
    subject: 'Altri orari per la consulenza',
    state: 'practice',
    trouble: null,
    createdAt: NOW - 2 * DAY,
  },
]
export const letterHtml =
  '<!doctype html><html><head></head><body style="font-family: system-ui; padding: 24px"><h1 style="font-size: 20px">Ci vediamo domenica, Laura</h1><p>domenica 22 novembre 2026, 16:00–16:30</p></body></html>'
export const letterIcs = [
  'BEGIN:VCALENDAR',
  'VERSION:2.0',
  'METHOD:REQUEST',
  'BEGIN:VEVENT',
  `UID:${uuid(101)}@ritrovo`,
  'DTSTART:20261122T150000Z',
  'DTEND:20261122T153000Z',
  'SUMMARY:Demo del prodotto',
  'END:VEVENT',
  'END:VCALENDAR',
  '',
].join('\r\n')

export const preview: Preview = (() => {
  const days = [23, 24, 25, 26, 27, 30].map((day) => ({
    date: `2026-11-${day}`,
    starts: [9, 10, 11, 14, 15, 16]
      .flatMap((hour) => [at(day, hour), at(day, hour, 30)])
      .filter((_, index) => (index + day) % 3 !== 0),
  }))
  return { days, soonest: days.flatMap(({ starts }) => starts).slice(0, 3) }
})()

export const explained = {
  starts: [9, 10, 11, 14, 15, 16].map((hour) => ({
    start: at(25, hour),
    reasons: hour === 10 ? ['own-booking'] : hour === 11 ? ['buffer'] : hour > 14 ? ['busy'] : [],
  })),
}
