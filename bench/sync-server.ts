import { HOUR, MINUTE } from '#core/time/model.ts'
import { startPracticeCaldav } from '#practice/caldav/server.ts'
import { startPracticeGoogle } from '#practice/google/server.ts'
import { startPracticeMicrosoft } from '#practice/microsoft/server.ts'
import type { ProviderName } from '#server/providers/provider.ts'
import { vcalendar, vevent } from '#tests/connected.ts'

/** `address` is the base of the account, `calendar` its one calendar; a password or a pair of tokens opens it. */
export type ServerReady = {
  provider: 'caldav' | 'google' | 'microsoft'
  address: string
  calendar: string
  user: string
  password: string
  tokens: { access: string; refresh: string } | null
  settings: Record<string, string>
}
type Counterpart = { ready: ServerReady; put(n: number, start: number): void; calls(): number }

const first = Math.floor(Date.now() / HOUR) * HOUR
const who = 'bench@gmail.example'
const guests = (n: number) => `person${n % 50}@example.test`

// A calendar server in a process of its own, so that its work and memory are not counted as ours.
const [name, count] = [process.argv[2] as ServerReady['provider'], Number(process.argv[3])]
const counterpart = await { caldav, google, microsoft }[name]()
// Ten thousand half hours within a year.
for (let n = 0; n < count; n++) counterpart.put(n, first + n * 50 * MINUTE)
let before = 0

process.on('message', (message: { move: number } | { calls: true }) => {
  if ('calls' in message) {
    process.send!({ calls: counterpart.calls() - before })
    before = counterpart.calls()
    return
  }
  counterpart.put(message.move, first + message.move * 50 * MINUTE + 15 * MINUTE)
  process.send!('moved')
})
process.send!(counterpart.ready)

async function caldav(): Promise<Counterpart> {
  const server = await startPracticeCaldav()
  const [calendar] = server.store.calendars.values()
  const { url, user, password } = server
  return {
    ready: { provider: 'caldav', address: new URL(`/calendars/${user}/`, url).href, calendar: calendar!.path, user, password, tokens: null, settings: { RITROVO_EGRESS_ALLOW: new URL(url).host } },
    calls: () => server.requests.length,
    put(n, start) {
      const lines = ['DESCRIPTION:Agenda\\, notes and a link', `ATTENDEE;PARTSTAT=ACCEPTED:mailto:${guests(n)}`, 'LOCATION:Room 4']
      server.store.put(calendar!, `${calendar!.path}e${n}.ics`, vcalendar(vevent(`e${n}@bench`, start, start + 30 * MINUTE, lines)), `e${n}@bench`)
    },
  }
}

async function google(): Promise<Counterpart> {
  const server = await startPracticeGoogle()
  server.store.addUser({ email: who, name: 'Bench' })
  const granted = server.grant(who)
  const at = (instant: number) => ({ dateTime: new Date(instant).toISOString(), timeZone: 'Europe/Rome' })
  return {
    ready: { provider: 'google', address: server.settings['RITROVO_GOOGLE_CALENDAR_API']!, calendar: who, user: who, password: '', tokens: { access: granted.accessToken, refresh: granted.refreshToken }, settings: { ...server.settings, RITROVO_EGRESS_ALLOW: `localhost:${server.port}` } },
    calls: () => server.requests.filter(({ path }) => path.startsWith('/calendar/')).length,
    put: (n, start) =>
      void server.store.putEvent(who, { id: `bench${n.toString(32)}`, summary: `Event ${n}`, description: 'Agenda, notes and a link', location: 'Room 4', start: at(start), end: at(start + 30 * MINUTE), attendees: [{ email: guests(n), responseStatus: 'accepted' }] }),
  }
}

async function microsoft(): Promise<Counterpart> {
  const server = await startPracticeMicrosoft()
  server.store.addTenant({ domain: 'gmail.example' })
  server.store.addUser({ email: who, name: 'Bench' })
  const calendar = server.store.calendarOf(who)
  const granted = server.grant(who)
  const ids = new Map<number, string>()
  return {
    ready: { provider: 'microsoft', address: server.settings['RITROVO_MICROSOFT_GRAPH_API']!, calendar: calendar.id, user: who, password: '', tokens: { access: granted.accessToken, refresh: granted.refreshToken }, settings: { ...server.settings, RITROVO_EGRESS_ALLOW: `localhost:${server.port}` } },
    calls: () => server.requests.filter(({ path }) => path.startsWith('/v1.0/')).length,
    put(n, start) {
      const known = ids.get(n)
      if (known) server.store.moveEvent(known, { start, end: start + 30 * MINUTE })
      else ids.set(n, server.store.putEvent(calendar.id, { subject: `Event ${n}`, body: 'Agenda, notes and a link', start, end: start + 30 * MINUTE, attendees: [{ email: guests(n), answer: 'accepted' }] }).id)
    },
  }
}

export type Provider = Extract<ProviderName, ServerReady['provider']>
