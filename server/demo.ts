import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DAY, HOUR, MINUTE, type Instant } from '#core/time/model.ts'
import { dateOf, dayOf, startOfDayNumber, weekdayOf } from '#core/time/wall.ts'
import { startPracticeCaldav, type PracticeCaldav } from '#practice/caldav/server.ts'
import { startPracticeGoogle, type PracticeGoogle } from '#practice/google/server.ts'
import { startPracticeMicrosoft, type PracticeMicrosoft } from '#practice/microsoft/server.ts'
import { readConfig, type Config } from '#server/platform/config.ts'
import type { Deps } from '#server/platform/deps.ts'
import { createApp } from './app.ts'
import { effectsAtRest } from './bookings/effects.ts'
import { syncCalendar } from './calendars/sync.ts'
import { acceptInvitation, setUp } from './first-run.ts'

/** Who signs in to the demo. It is a toy company on a machine of one's own; the sign-in page of the demo says so. */
export const DEMO = { email: 'giulia@example.org', password: 'practice makes perfect', name: 'Giulia Ferri', workspace: 'Studio Ferri' }

/** Colleagues who have not connected anything yet, each with an account at a practice provider. */
const COLLEAGUES = [
  { name: 'Marco Bassi', email: 'marco@example.org', at: 'Google' },
  { name: 'Nadia Orlandi', email: 'nadia@example.org', at: 'Office 365' },
] as const

const ZONE = 'Europe/Rome'
const CONTACTS = ['Laura Conti', 'Piero Sala', 'Nina Berg', 'Mario Rossi', 'Sara Bianchi', 'Luca Moretti', 'Elena Greco', 'Paolo Villa', 'Chiara Fontana', 'Davide Marino', 'Ingrid Holm', 'Tom Baker', 'Aisha Khan', 'Jean Dupont', 'Marta Ricci', 'Fabio Costa', 'Irene Lombardi', 'Andrea Gallo', 'Silvia Barbieri', 'Giorgio Serra', 'Hanna Vogel', 'Peter Lang', 'Rosa Esposito', 'Carlo Bruno', 'Beatrice Riva', 'Omar Haddad', 'Yuki Tanaka', 'Olga Petrova', 'Simone Ferrara', 'Alice Caruso', 'Enrico Testa', 'Giada Longo', 'Matteo Leone', 'Francesca Neri', 'Stefano Monti', 'Lucia Basile', 'Antonio Fiore', 'Claudia Pace', 'Roberto Donati', 'Valeria Sanna']

export type Demo = { config: Config; fill(deps: Deps): Promise<void>; notice: string[]; stop(): Promise<void> }

/** A small company with practice providers of its own: every flow can be walked without an account anywhere. */
export async function prepareDemo(config: Config): Promise<Demo> {
  const data = join(config.data, 'demo')
  mkdirSync(data, { recursive: true, mode: 0o700 })
  const known = existsSync(join(data, 'calendars.json'))
  const port = (ahead: number) => (config.port === 0 ? 0 : config.port + ahead)
  const practice = await startPracticeCaldav({ file: join(data, 'calendars.json'), port: port(1) })
  const google = await startPracticeGoogle({ file: join(data, 'google.json'), port: port(2) })
  const microsoft = await startPracticeMicrosoft({ file: join(data, 'microsoft.json'), port: port(3) })
  if (!known) {
    practice.store.makeCalendar(`/calendars/${practice.user}/family/`, { name: 'Famiglia', color: '#8A5A00' })
    moveIn(google, microsoft, Date.now())
  }
  return {
    config: {
      ...config,
      ...pointing({ ...google.settings, ...microsoft.settings }),
      data,
      databaseUrl: null,
      smtp: null,
      egressAllow: [...config.egressAllow, ...[practice, google, microsoft].map((server) => `localhost:${server.port}`)],
    },
    fill: (deps) => fill(deps, practice),
    notice: [
      `Demo: sign in as ${DEMO.email} with “${DEMO.password}”.`,
      `Practice calendar (CalDAV): ${practice.url} · user ${practice.user} · password ${practice.password}`,
      ...COLLEAGUES.map(({ name, email, at }) => `${name} (${email}, same password) has no calendar yet, and an account of that address at the practice ${at}: ${at === 'Google' ? google.url : microsoft.url}/`),
    ],
    async stop() {
      await Promise.all([practice.stop(), google.stop(), microsoft.stop()])
    },
  }
}

/** Of the whole configuration, what says where Google and Microsoft are. */
function pointing(settings: Record<string, string>): Partial<Config> {
  const read = readConfig(settings)
  return Object.fromEntries(Object.entries(read).filter(([name]) => /^(?:google|microsoft)/.test(name)))
}

/** What two people had in their calendars before they knew Ritrovo. */
function moveIn(google: PracticeGoogle, microsoft: PracticeMicrosoft, today: Instant): void {
  const [marco, nadia] = COLLEAGUES
  google.store.addUser({ email: marco.email, name: marco.name, zone: ZONE })
  google.store.addCalendar(marco.email, { summary: 'Palestra', zone: ZONE })
  const at = (instant: Instant) => ({ dateTime: new Date(instant).toISOString(), timeZone: ZONE })
  const meeting = workday(today, 1) + 10 * HOUR
  google.store.putEvent(marco.email, { summary: 'Preventivo Rossi', start: at(meeting), end: at(meeting + HOUR) })
  microsoft.store.addTenant({ domain: 'example.org' })
  microsoft.store.addUser({ email: nadia.email, name: nadia.name, zone: ZONE })
  const review = workday(today, 2) + 15 * HOUR
  microsoft.store.putEvent(microsoft.store.calendarOf(nadia.email).id, { subject: 'Revisione del progetto', start: review, end: review + HOUR })
}

async function fill(deps: Deps, practice: PracticeCaldav): Promise<void> {
  const made = await setUp(deps, { email: DEMO.email, password: DEMO.password, name: DEMO.name, workspaceName: DEMO.workspace, locale: 'it', zone: ZONE, key: null })
  if (made.kind !== 'ready') return
  const today = deps.now()
  nativeEvents(practice, today)
  const giulia = await signIn(deps, made.token)
  for (const { name, email } of COLLEAGUES) await invite(deps, giulia, name, email)
  const connection = (await giulia('POST', '/api/v1/connections/caldav', { address: practice.url, user: practice.user, password: practice.password, consent: { textVersion: 'demo', locale: 'it' } })) as { calendars: { id: string }[] }
  // Nothing can be booked before the calendars were read once.
  for (const { id } of connection.calendars) await syncCalendar.run(deps, { workspaceId: made.member.workspaceId, calendarId: id })
  for (const [title, duration, slug] of [['Demo del prodotto', 45, 'demo'], ['Colloquio tecnico', 60, 'colloquio']] as const) await giulia('POST', '/api/v1/pages', { title, duration, slug })
  for (const [index, name] of CONTACTS.entries()) await giulia('POST', '/api/v1/contacts', { name, email: addressOf(name), ...(index % 3 === 0 ? { companyName: ['Acme S.r.l.', 'Nordlys AS', 'Officine Verdi'][index % 9 / 3 | 0] } : {}), ...(index % 4 === 0 ? { jobTitle: 'Responsabile acquisti' } : {}) })

  const pages = ((await giulia('GET', '/api/v1/pages')) as { pages: { hostSlug: string; slug: string; eventType: { durations: number[] } }[] }).pages
  // Six weeks of meetings, each booked at a moment of its own: the same verbs, on an earlier clock.
  for (let day = -40, turn = 0; day <= 12; day += day < 0 ? 4 : 2, turn++) {
    const page = pages[turn % pages.length]!
    const then = startOfDayNumber(ZONE, dayOf(ZONE, today) + day - 2) + 9 * HOUR
    await bookAs({ ...deps, now: () => Math.min(then, today) }, page, workday(today, day), CONTACTS[turn % CONTACTS.length]!, turn)
  }
  await effectsAtRest()
}

const addressOf = (name: string): string => `${name.toLowerCase().replace(/[^a-z]+/g, '.')}@example.com`

function workday(today: Instant, ahead: number): Instant {
  let day = dayOf(ZONE, today) + ahead
  while (weekdayOf(day) > 4) day++
  return startOfDayNumber(ZONE, day)
}

/** Books the first slot that is offered from that day on, as a visitor's program would. */
async function bookAs(deps: Deps, page: { hostSlug: string; slug: string; eventType: { durations: number[] } }, day: Instant, name: string, turn: number): Promise<void> {
  const app = createApp(deps)
  const base = `/api/public/${page.hostSlug}/${page.slug}`
  const from = new Date(Math.max(day, deps.now())).toISOString()
  const to = new Date(Math.max(day, deps.now()) + 5 * DAY).toISOString()
  const answer = await app.request(`${base}/slots?from=${encodeURIComponent(from)}&to=${encodeURIComponent(to)}&zone=UTC`)
  const { days } = (await answer.json()) as { days: { date: string; runs: { offset: number; minutes: number[] }[] }[] }
  const starts = days.flatMap(({ date, runs }) => runs.flatMap(({ minutes }) => minutes.map((minute) => Date.parse(`${date}T00:00:00Z`) + minute * MINUTE)))
  const start = starts[(turn * 3) % Math.max(1, Math.min(starts.length, 12))]
  if (start === undefined) return
  await app.request(`${base}/bookings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-ritrovo': '1' },
    body: JSON.stringify({ start, zone: turn % 5 === 2 ? 'Europe/Oslo' : ZONE, name, email: addressOf(name), locale: turn % 4 === 1 ? 'en' : 'it', answers: {} }),
  })
  await effectsAtRest()
}

type Ask = (method: string, path: string, body?: object) => Promise<unknown>

async function signIn(deps: Deps, token: string): Promise<Ask> {
  const app = createApp(deps)
  return async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await app.request(path, { method, headers: { cookie: `ritrovo=${token}; __Host-ritrovo=${token}`, 'x-ritrovo': '1', ...(body ? { 'content-type': 'application/json' } : {}) }, ...(body ? { body: JSON.stringify(body) } : {}) })
    if (!response.ok) throw new Error(`the demo could not be filled: ${method} ${path} answered ${response.status}`)
    return response.status === 204 ? null : response.json()
  }
}

async function invite(deps: Deps, giulia: Ask, name: string, email: string): Promise<void> {
  const { roles } = (await giulia('GET', '/api/v1/people')) as { roles: { id: string; builtIn: string | null }[] }
  const roleId = roles.find(({ builtIn }) => builtIn === 'member')!.id
  const { link } = (await giulia('POST', '/api/v1/invitations', { email, roleId, seat: { kind: 'sales', level: 'professional' } })) as { link: string }
  const joined = await acceptInvitation(deps, link.slice(link.lastIndexOf('/') + 1), { name, password: DEMO.password, locale: 'it', zone: ZONE })
  if (joined.kind !== 'joined') throw new Error(`the demo could not be filled: ${email} ${joined.kind}`)
}

/** What stood in the calendar before Ritrovo came. */
function nativeEvents(practice: PracticeCaldav, today: Instant): void {
  const calendar = practice.store.calendars.get(`/calendars/${practice.user}/work/`)
  if (!calendar || calendar.objects.size > 0) return
  const stamp = (instant: Instant) => new Date(instant).toISOString().replace(/[-:]|\.\d{3}/g, '')
  const put = (uid: string, lines: string[]) =>
    practice.store.put(calendar, `${calendar.path}${uid}.ics`, ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Ritrovo//Practice//EN', 'BEGIN:VEVENT', `UID:${uid}`, `DTSTAMP:${stamp(today)}`, ...lines, 'END:VEVENT', 'END:VCALENDAR', ''].join('\r\n'), uid)
  const monday = startOfDayNumber(ZONE, dayOf(ZONE, today) - weekdayOf(dayOf(ZONE, today)) - 42)
  put('team-meeting', [`DTSTART;TZID=Europe/Rome:${dateOf(ZONE, monday).replaceAll('-', '')}T090000`, 'DURATION:PT1H', 'RRULE:FREQ=WEEKLY', 'SUMMARY:Riunione del team'])
  put('lunch-with-marco', [`DTSTART:${stamp(workday(today, 2) + 12 * HOUR)}`, 'DURATION:PT1H30M', 'SUMMARY:Pranzo con Marco'])
  put('dentist', [`DTSTART:${stamp(workday(today, 3) + 15 * HOUR)}`, 'DURATION:PT1H', 'CLASS:PRIVATE', 'SUMMARY:Dentista'])
}
