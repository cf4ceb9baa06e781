import { writeObject } from '#core/icalendar/write.ts'
import type { Span } from '#core/time/model.ts'
import { caldav } from '#server/providers/caldav/caldav.ts'
import type { Subject } from '#server/providers/contract.ts'
import type { Session } from '#server/providers/provider.ts'
import { startFaultProxy } from './fault-proxy.ts'
import { makeCalendar } from './radicale.ts'
import type { CalendarServer } from './radicale.ts'

/** One request by the calendar's owner with another program. */
export async function byHand({ user, password }: { user: string; password: string }, method: string, url: string, body?: string): Promise<string> {
  const response = await fetch(url, {
    method,
    headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`, ...(body === undefined ? {} : { 'content-type': 'text/calendar; charset=utf-8' }) },
    ...(body === undefined ? {} : { body }),
  })
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`)
  return await response.text()
}

export const sessionOf = (server: CalendarServer, url = server.url): Session => ({
  address: new URL(server.home, url).href,
  user: server.user,
  secret: server.password,
  fetch,
  zone: 'Europe/Rome',
})

/** A CalDAV server as the contract wants it: behind the fault proxy, with a calendar called "contract". */
export async function caldavSubject(server: CalendarServer): Promise<Subject> {
  const calendar = `${server.home}contract/`
  const direct = new URL(calendar, server.url).href
  await makeCalendar(server, direct, 'contract')
  const proxy = await startFaultProxy(server.url)
  const refusing = await startFaultProxy(server.url)
  refusing.inject({}, { kind: 'answer', status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }, Infinity)
  const session = sessionOf(server, proxy.url)
  const find = async (uid: string) => new URL((await caldav.readEvent(session, calendar, uid))?.remoteId ?? `${calendar}${uid}.ics`, server.url).href
  return {
    provider: caldav,
    session,
    calendar,
    revoked: sessionOf(server, refusing.url),
    add: async (uid, title, span) => void (await byHand(server, 'PUT', `${direct}${uid}.ics`, foreign(uid, title, span))),
    async retitle(uid, title) {
      const url = await find(uid)
      const text = await byHand(server, 'GET', url)
      await byHand(server, 'PUT', url, text.replace(/^SUMMARY:.*$/m, `SUMMARY:${title.replaceAll(',', '\\,')}`))
    },
    remove: async (uid) => void (await byHand(server, 'DELETE', await find(uid))),
    async count(uid) {
      const { changes } = await caldav.pull(session, calendar, null, { start: 0, end: Date.UTC(2030, 0, 1) })
      const all = [...changes]
      let page = await caldav.pull(session, calendar, null, { start: 0, end: Date.UTC(2030, 0, 1) })
      while (page.more) {
        page = await caldav.pull(session, calendar, page.cursor, { start: 0, end: Date.UTC(2030, 0, 1) })
        all.push(...page.changes)
      }
      return all.filter((change) => change.kind === 'upsert' && change.event.uid === uid).length
    },
    spoil(cursor) {
      const known = JSON.parse(cursor) as { place: { token?: string } }
      return JSON.stringify({ ...known, place: { ...known.place, token: 'http://example.test/ns/sync/forgotten' } })
    },
    loseNextReply: () => proxy.inject({ method: 'PUT' }, { kind: 'lose-reply' }),
    async stop() {
      await proxy.stop()
      await refusing.stop()
      await server.stop()
    },
  }
}

/** As another calendar program writes an event: no mark of ours in it. */
export const foreign = (uid: string, title: string, span: Span): string =>
  writeObject(
    {
      uid,
      sequence: 0,
      stamp: Date.UTC(2026, 0, 1),
      span,
      zone: 'UTC',
      title,
      description: '',
      location: '',
      url: null,
      organizer: { name: 'Alice', email: 'alice@example.test' },
      attendees: [],
    },
    'STORE',
  ).replace(/^(ORGANIZER|X-RITROVO).*\r\n( .*\r\n)*/gm, '')
