import { HOUR, MINUTE } from '#core/time/model.ts'
import { startPracticeCaldav } from '#practice/caldav/server.ts'
import { vcalendar, vevent } from '#tests/connected.ts'

export type ServerReady = { url: string; path: string; user: string; password: string }

// A calendar server in a process of its own, so that its work and memory are not counted as ours.
const events = Number(process.argv[2])
const server = await startPracticeCaldav()
const [calendar] = server.store.calendars.values()
const first = Math.floor(Date.now() / HOUR) * HOUR
const put = (n: number, start: number) => {
  const lines = [
    'DESCRIPTION:Agenda\\, notes and a link',
    `ATTENDEE;PARTSTAT=ACCEPTED:mailto:person${n % 50}@example.test`,
    'LOCATION:Room 4',
  ]
  server.store.put(
    calendar!,
    `${calendar!.path}e${n}.ics`,
    vcalendar(vevent(`e${n}@bench`, start, start + 30 * MINUTE, lines)),
    `e${n}@bench`,
  )
}
// Ten thousand half hours within a year.
for (let n = 0; n < events; n++) put(n, first + n * 50 * MINUTE)

process.on('message', (message: { move: number }) => {
  put(message.move, first + message.move * 50 * MINUTE + 15 * MINUTE)
  process.send!('moved')
})
process.send!({
  url: server.url,
  path: calendar!.path,
  user: server.user,
  password: server.password,
} satisfies ServerReady)
