import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { answering, freePort, needs, run } from './started.ts'

/** A real CalDAV server on loopback. `home` is the path of its user's calendars, `email` the address under which they are invited. */
export type CalendarServer = {
  name: string
  url: string
  port: number
  home: string
  user: string
  password: string
  email: string
  stop(): Promise<void>
}

/** Debian's Radicale with one user and, unless asked otherwise, one calendar called "work". */
export async function startRadicale(
  options: { calendars?: string[]; user?: string; password?: string } = {},
): Promise<CalendarServer> {
  needs('/usr/lib/python3/dist-packages/radicale/__init__.py', 'radicale')
  const user = options.user ?? 'giulia'
  const password = options.password ?? 'a right password'
  const home = mkdtempSync(join(tmpdir(), 'ritrovo-radicale-'))
  const port = await freePort()
  writeFileSync(join(home, 'users'), `${user}:${password}\n`)
  writeFileSync(
    join(home, 'config'),
    `[server]\nhosts = 127.0.0.1:${port}\n[auth]\ntype = htpasswd\nhtpasswd_filename = ${join(home, 'users')}\nhtpasswd_encryption = plain\ndelay = 0\n[storage]\nfilesystem_folder = ${join(home, 'collections')}\n[logging]\nlevel = warning\n`,
  )
  const running = run('/usr/bin/python3', ['-m', 'radicale', '--config', join(home, 'config')])
  const url = `http://localhost:${port}/`
  await answering(url, running)
  const server: CalendarServer = {
    name: 'radicale',
    url,
    port,
    home: `/${user}/`,
    user,
    password,
    email: `${user}@example.test`,
    async stop() {
      await running.stop()
      rmSync(home, { recursive: true, force: true })
    },
  }
  for (const calendar of options.calendars ?? ['work'])
    await makeCalendar(server, `${url}${user}/${calendar}/`, calendar)
  return server
}

export type CalendarProperties = { color?: string; zone?: string; components?: string[] }

/** MKCALENDAR (RFC 4791 §5.3.1) as any client would send it. */
export async function makeCalendar(
  { user, password }: { user: string; password: string },
  url: string,
  name: string,
  { color, zone, components }: CalendarProperties = {},
): Promise<void> {
  const timezone =
    zone &&
    [
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//test//EN',
      'BEGIN:VTIMEZONE',
      `TZID:${zone}`,
      'BEGIN:STANDARD',
      'DTSTART:19700101T000000',
      'TZOFFSETFROM:+0000',
      'TZOFFSETTO:+0000',
      'END:STANDARD',
      'END:VTIMEZONE',
      'END:VCALENDAR',
      '',
    ].join('&#13;\n')
  const properties = [
    `<d:displayname>${name}</d:displayname>`,
    ...(color ? [`<a:calendar-color>${color}</a:calendar-color>`] : []),
    ...(timezone ? [`<c:calendar-timezone>${timezone}</c:calendar-timezone>`] : []),
    ...(components
      ? [
          `<c:supported-calendar-component-set>${components.map((each) => `<c:comp name="${each}"/>`).join('')}</c:supported-calendar-component-set>`,
        ]
      : []),
  ]
  const response = await fetch(url, {
    method: 'MKCALENDAR',
    headers: {
      authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
      'content-type': 'application/xml',
    },
    body: `<?xml version="1.0"?><c:mkcalendar xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:a="http://apple.com/ns/ical/"><d:set><d:prop>${properties.join('')}</d:prop></d:set></c:mkcalendar>`,
  })
  if (response.status !== 201)
    throw new Error(`MKCALENDAR ${url}: ${response.status} ${await response.text()}`)
}

/** Puts one object straight into a calendar, as another program of its owner would. */
export async function putObject(
  { user, password }: { user: string; password: string },
  calendar: string,
  name: string,
  text: string,
): Promise<void> {
  const response = await fetch(`${calendar}${name}.ics`, {
    method: 'PUT',
    headers: {
      authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
      'content-type': 'text/calendar; charset=utf-8',
    },
    body: text,
  })
  if (!response.ok) throw new Error(`PUT ${name}: ${response.status} ${await response.text()}`)
}
