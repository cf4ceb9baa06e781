/** Canned answers of /api/v1 for looking at the app's screens without a server behind them. Never part of the product. */
import type {
  Booking,
  Calendar,
  CalendarChangeSeen,
  Connection,
  Consent,
  Contact,
  Disclosure,
  EventType,
  Landing,
  LedgerEntry,
  Me,
  Offers,
  OutboxLetter,
  Page,
  People,
  Preview,
  ProviderApp,
  Schedule,
  SharedInbox,
  TimelineEntry,
  Today,
} from '#web/api-types.ts'

export type Scene =
  | 'connected'
  | 'offline'
  | 'broken'
  | 'empty'
  | 'signed-out'
  | 'first-run'
  | 'google'
  | 'google-broken'
  | 'mailbox-only'
  | 'pair'
  | 'several'
const LIVE = new Set<Scene>(['connected', 'google', 'pair', 'several'])

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
  workspace: {
    id: uuid(9),
    name: 'Studio Ferri',
    locale: 'it',
    zone: 'Europe/Rome',
    seatGate: true,
    severalAccounts: false,
    meetingsByPrograms: false,
  },
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
  primary: false,
  conference: null,
  health: 'fine',
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
  roles: ['busy', 'bookings', 'crm', 'mail'],
  legacy: null,
  mailbox: false,
  calendarEnded: false,
  grantedScopes: [],
  diesAt: null,
  push: 'polling',
}

const google: Connection = {
  ...connection,
  id: uuid(61),
  provider: 'google',
  account: 'giulia@studioferri.example',
  capabilities: { ...connection.capabilities, push: true },
  calendars: [
    calendar(1, 'giulia@studioferri.example', '#1d5fa8', {
      destination: true,
      primary: true,
      conference: 'meet',
      eventCount: 118,
    }),
    calendar(2, 'Famiglia', '#8a5a00', {
      health: 'degraded',
      syncedAt: NOW - 52 * MINUTE,
      trouble: 'timeout',
    }),
    calendar(3, 'Ferie del team', '#1e6b3a', {
      health: 'broken',
      syncedAt: NOW - 3 * DAY,
      trouble: 'forbidden',
    }),
    calendar(4, 'Festività in Italia', '#b3261e', {
      checked: false,
      writable: false,
      syncedAt: null,
      health: 'unread',
    }),
  ],
  mailbox: true,
  grantedScopes: [
    'https://www.googleapis.com/auth/calendar.events',
    'https://www.googleapis.com/auth/calendar.calendarlist.readonly',
    'https://www.googleapis.com/auth/gmail.send',
  ],
  diesAt: NOW + 2 * DAY,
  push: 'live',
}
const office: Connection = {
  ...google,
  id: uuid(62),
  provider: 'microsoft',
  account: 'giulia.ferri@cliente.example',
  calendars: [
    calendar(5, 'Calendario', '#1d5fa8', { primary: true, destination: true, conference: 'teams' }),
  ],
  mailbox: false,
  diesAt: null,
  grantedScopes: ['Calendars.ReadWrite', 'offline_access'],
}

export const connectionsOf = (scene: Scene): Connection[] => {
  switch (scene) {
    case 'connected':
      return [connection]
    case 'broken':
      return [{ ...connection, state: 'broken', reason: 'wrong-password', verifiedAt: NOW - 3 * HOUR }]
    case 'google':
      return [google]
    case 'google-broken':
      return [{ ...google, state: 'broken', diesAt: null, verifiedAt: NOW - 3 * HOUR }]
    case 'mailbox-only':
      return [{ ...google, calendarEnded: true, calendars: [], diesAt: null }]
    case 'pair':
      return [
        { ...google, diesAt: null, legacy: 'calendar', roles: ['busy', 'crm', 'mail'] },
        { ...office, legacy: 'meetings', roles: ['busy', 'bookings'] },
      ]
    case 'several':
      return [
        { ...google, diesAt: null },
        { ...office, roles: ['busy'] },
      ]
    default:
      return []
  }
}

export const offersOf = (scene: Scene, permitted: boolean, unset: boolean): Offers => {
  const state = unset ? 'not-configured' : 'ready'
  const several = scene === 'several'
  return {
    providers: [
      { name: 'google', state, testing: true },
      { name: 'microsoft', state, testing: false },
      { name: 'exchange', state: 'later', testing: false },
      { name: 'caldav', state: 'ready', testing: false },
    ],
    permitted,
    connections: connectionsOf(scene).length,
    rule: several ? 'several' : scene === 'pair' ? 'legacy' : 'one',
    mayAdd: several,
    legacy: { eligible: scene === 'pair', burned: false },
  }
}

export const disclosureOf = (provider: string, mail: boolean, locale: 'en' | 'it'): Disclosure => {
  const name = { google: 'Google', microsoft: 'Microsoft' }[provider] ?? 'CalDAV'
  const words = {
    en: [
      `See events in this calendar and in the others you reach with ${name}`,
      'Create and change events and calendars',
      'Match events with your contacts',
      'Your mailbox will be linked as well. You can unlink it later.',
    ],
    it: [
      `Vedere gli eventi di questo calendario e degli altri a cui accedi con ${name}`,
      'Creare e modificare eventi e calendari',
      'Abbinare gli eventi ai contatti',
      'Verrà collegata anche la casella di posta. Puoi scollegarla dopo.',
    ],
  }[locale]
  return {
    version: '2026-11',
    lines: ['read', 'write', 'match', 'mail']
      .map((key, index) => ({ key, text: words[index]! }))
      .slice(0, mail ? 4 : 3)
      .concat(
        {
          key: 'keys',
          text:
            locale === 'it'
              ? 'Le chiavi restano cifrate sul tuo server.'
              : 'Keys stay encrypted on your server.',
        },
        provider !== 'google'
          ? []
          : locale === 'it'
            ? [
                { key: 'unverified', text: 'Google mostrerà un avviso: il server è tuo.' },
                {
                  key: 'seven-days',
                  text: 'Finché l’app è in «Test», Google chiude l’accesso dopo sette giorni.',
                },
              ]
            : [
                { key: 'unverified', text: 'Google will warn you: you host this yourself.' },
                {
                  key: 'seven-days',
                  text: 'While the app is in “Testing”, Google ends access after seven days.',
                },
              ],
      ),
    scopes: [
      { scope: 'https://www.googleapis.com/auth/calendar.events', why: words[0]! },
      { scope: 'https://www.googleapis.com/auth/calendar.calendarlist.readonly', why: words[1]! },
      ...(mail ? [{ scope: 'https://www.googleapis.com/auth/gmail.send', why: words[3]! }] : []),
    ],
  }
}

/** The token of a landing is its code here. */
export const landingOf = (code: string, provider: Landing['provider'] = 'google'): Landing => ({
  code,
  provider: code === 'CAL-ADMIN-CONSENT' || code === 'CAL-NO-MAILBOX' ? 'microsoft' : provider,
  detail: {
    a: 'giulia@studioferri.example',
    b: 'giulia.ferri@posta.example',
    ...(code === 'CAL-PARTIAL-SCOPE' && {
      scope: 'Modificare gli eventi',
      effect: 'scrivere le riunioni nel tuo calendario',
    }),
    ...(code === 'CAL-ALREADY-USED' && { name: 'Marco Bianchi' }),
    ...(code === 'CAL-ADMIN-CONSENT' && {
      approvalUrl: 'https://login.microsoftonline.example/common/adminconsent?client_id=7f3k',
    }),
  },
  ways: code === 'CAL-SECOND' ? ['replace', 'add'] : ['again'],
  text: code,
})

export const consentOf = (locale: 'en' | 'it'): Consent => ({
  who: 'Giulia Ferri',
  provider: 'google',
  account: 'giulia@studioferri.example',
  textVersion: '2026-11',
  locale,
  lines: disclosureOf('google', true, locale).lines.map(({ text }) => text),
  scopes: google.grantedScopes,
  refused: ['https://www.googleapis.com/auth/contacts.readonly'],
  mail: true,
  givenAt: google.since,
})

const touched = (n: number, minutesAgo: number, more: Partial<LedgerEntry>): LedgerEntry => ({
  id: uuid(600 + n),
  account: 'giulia@studioferri.example',
  provider: 'google',
  feature: 'sync',
  act: 'read',
  calendar: 'giulia@studioferri.example',
  subject: null,
  times: 1,
  firstAt: NOW - minutesAgo * MINUTE,
  lastAt: NOW - minutesAgo * MINUTE,
  ...more,
})
export const ledger: LedgerEntry[] = [
  touched(1, 2, { times: 28 }),
  touched(2, 40, { feature: 'booking', act: 'create', subject: 'Demo del prodotto · Laura Conti' }),
  touched(3, 40, { feature: 'booking' }),
  touched(4, 41, { feature: 'mail', act: 'send', calendar: null, subject: 'laura@acme.example' }),
  touched(5, 26 * 60, { feature: 'booking', act: 'change', subject: 'Consulenza iniziale · Nina Berg' }),
  touched(6, 4 * 24 * 60, { feature: 'connect', act: 'sign-in', calendar: null }),
]

export const apps: ProviderApp[] = [
  {
    provider: 'google',
    clientId: '4711-abc.apps.googleusercontent.example',
    source: 'workspace',
    redirectUri: 'https://agenda.studioferri.example/oauth/google/callback',
    tenant: null,
    testing: true,
    testedAt: NOW - 3 * DAY,
    testOutcome: 'good',
  },
  {
    provider: 'microsoft',
    clientId: null,
    source: 'none',
    redirectUri: 'https://agenda.studioferri.example/oauth/microsoft/callback',
    tenant: null,
    testing: false,
    testedAt: null,
    testOutcome: null,
  },
]

export const inboxes: SharedInbox[] = [
  {
    id: uuid(701),
    address: 'info@studioferri.example',
    provider: 'google',
    name: 'Segreteria',
    members: [
      { id: GIULIA, name: 'Giulia Ferri' },
      { id: MARCO, name: 'Marco Bianchi' },
    ],
  },
  { id: uuid(702), address: 'fatture@studioferri.example', provider: 'other', name: '', members: [] },
]

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
  onCalendarChange: { moved: 'reschedule', deleted: 'cancel', declined: 'ask' },
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
  lastKnownAt: null,
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
  const offline = LIVE.has(scene)
    ? {}
    : ({
        state: 'offline',
        offlineReason: scene === 'broken' || scene === 'google-broken' ? 'broken' : 'no-calendar',
      } as const)
  return [
    page(1, 'consulenza', eventType(1, 'Consulenza iniziale'), offline),
    page(
      2,
      'demo',
      eventType(2, 'Demo del prodotto', { assignment: 'round-robin', hosts: three, durations: [30, 60] }),
      { bookings: 63, requests: 0, lastKnownAt: scene === 'google' ? NOW - 2 * HOUR : null, ...offline },
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
  joinUrl: null,
  joinState: 'none',
  madeFrom: 'page',
  visitorAnswer: null,
  ...more,
})

export const upcoming: Booking[] = [
  booking(1, 'Laura Conti', at(22, 16), { title: 'Demo del prodotto' }),
  booking(2, 'Nina Berg', at(23, 9, 30), {
    visitorZone: 'America/New_York',
    guests: ['tom@acme.example'],
    location: { kind: 'meet', value: '' },
    joinState: 'ready',
    joinUrl: 'https://meet.example/abc-defg-hij',
    visitorAnswer: 'accepted',
  }),
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
        troubled: LIVE.has(scene) ? [upcoming[2]!] : [],
      }

export const changesOf = (scene: Scene): CalendarChangeSeen[] => {
  if (scene !== 'google') return []
  const seen = (n: number, kind: CalendarChangeSeen['kind'], of: Booking): CalendarChangeSeen => ({
    id: uuid(800 + n),
    bookingId: of.id,
    kind,
    start: null,
    end: null,
    who: null,
    noticedAt: NOW - n * 7 * MINUTE,
    booking: { title: of.title, start: of.start, end: of.end, name: of.name },
  })
  return [
    { ...seen(1, 'moved', upcoming[1]!), start: at(23, 14), end: at(23, 14, 30) },
    seen(2, 'deleted', upcoming[2]!),
    { ...seen(3, 'declined', upcoming[3]!), who: 'Ada Marin' },
  ]
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
    by: 'calendar',
  }),
  entry(5, 'letter', at(11, 9, 5), { title: 'Appunti del primo incontro' }),
  entry(6, 'answer', at(10, 18), { title: 'Primo incontro', by: 'visitor', answer: 'accepted' }),
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
