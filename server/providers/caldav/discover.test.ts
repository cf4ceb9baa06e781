import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startPracticeCaldav } from '#practice/caldav/server.ts'
import type { PracticeCaldav } from '#practice/caldav/server.ts'
import { startFaultProxy } from '#tests/counterparts/fault-proxy.ts'
import type { FaultProxy } from '#tests/counterparts/fault-proxy.ts'
import { AccessRevoked, Unreachable } from '../provider.ts'
import { listCalendars } from './calendars.ts'
import { discover } from './discover.ts'

let practice: PracticeCaldav
let proxy: FaultProxy
// Another server, which must never hear our password.
let stranger: { url: string; heard: (string | undefined)[]; stop(): void }

beforeAll(async () => {
  practice = await startPracticeCaldav({ password: 'secret: pässword' })
  proxy = await startFaultProxy(practice.url)
  const heard: (string | undefined)[] = []
  const server = createServer((request, response) => {
    heard.push(request.headers.authorization)
    response.end()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  stranger = {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    heard,
    stop: () => void server.close(),
  }
})
afterAll(async () => {
  stranger.stop()
  await proxy.stop()
  await practice.stop()
})
beforeEach(() => {
  proxy.clear()
  proxy.requests.length = 0
  stranger.heard.length = 0
})

const door = () => ({ user: practice.user, secret: practice.password, fetch })
const home = () => new URL(`/calendars/${practice.user}/`, proxy.url).href
const session = (address = home()) => ({ ...door(), address, zone: 'Europe/Rome' })
const multistatus = (inside: string): string =>
  `<d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">${inside}</d:multistatus>`
const found = (href: string, prop: string): string =>
  `<d:response><d:href>${href}</d:href><d:propstat><d:prop>${prop}</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>`
const dav = (body: string) => ({
  kind: 'answer' as const,
  status: 207,
  body,
  headers: { 'content-type': 'application/xml' },
})

describe('from what a person types to their calendars', () => {
  test('the bare host, with and without a path, the calendar home, a calendar', async () => {
    for (const typed of [
      proxy.url,
      `${proxy.url}principal/`,
      `${proxy.url}some/page`,
      home(),
      `${home()}work/`,
      ` ${proxy.url} `,
      `http://user:pw@localhost:${proxy.port}/#x`,
    ])
      expect(await discover(door(), typed), typed).toEqual({ kind: 'found', address: home() })
    expect(JSON.stringify(proxy.requests)).not.toContain(btoa('user:pw'))
  })
  test('a home without a principal, and a calendar that leads nowhere, are their own address', async () => {
    proxy.inject(
      { path: /home/ },
      dav(
        multistatus(
          found('/home/', '<c:calendar-home-set><d:href>/elsewhere/</d:href></c:calendar-home-set>'),
        ),
      ),
    )
    expect(await discover(door(), `${proxy.url}home/`)).toEqual({
      kind: 'found',
      address: `${proxy.url}elsewhere/`,
    })
    proxy.inject(
      { path: /shared/ },
      dav(multistatus(found('/shared/', '<d:resourcetype><d:collection/><c:calendar/></d:resourcetype>'))),
    )
    expect(await discover(door(), `${proxy.url}shared/`)).toEqual({
      kind: 'found',
      address: `${proxy.url}shared/`,
    })
  })
  test('what is no address leads nowhere, and nobody is asked', async () => {
    const never = { ...door(), fetch: () => Promise.reject(new Error('asked')) }
    for (const typed of [
      '',
      'ftp://example.test/',
      'http://',
      'a b',
      'x@',
      'me@nowhere',
      'file:///etc/passwd',
      'javascript:alert(1)',
    ])
      expect(await discover(never, typed).catch((error: Error) => error.message), typed).not.toBe('asked')
  })
  test('from a mail address: known providers, then DNS inside the domain, then the domain itself', async () => {
    const asked: string[] = []
    const listening = {
      ...door(),
      fetch: ((url: URL) => (
        asked.push(url.href),
        Promise.reject(
          Object.assign(new TypeError('x'), { cause: Object.assign(new Error('y'), { code: 'ENOTFOUND' }) }),
        )
      )) as typeof fetch,
    }
    await expect(discover(listening, 'me@icloud.com')).rejects.toThrow(Unreachable)
    await expect(
      discover(listening, 'Me@Example.TEST', async () => [{ name: 'dav.example.test.', port: 8443 }]),
    ).rejects.toThrow(Unreachable)
    expect(asked).toEqual([
      'https://caldav.icloud.com/.well-known/caldav',
      'https://caldav.icloud.com/',
      'https://dav.example.test:8443/.well-known/caldav',
      'https://example.test/.well-known/caldav',
      'https://caldav.example.test/',
    ])
  })
  test('the most telling fault is told: a wrong password at once', async () => {
    await expect(discover({ ...door(), secret: 'wrong' }, proxy.url)).rejects.toThrow(AccessRevoked)
    expect(proxy.requests.length).toBeLessThanOrEqual(2)
    proxy.inject({}, { kind: 'answer', status: 200, body: '<!doctype html><title>Welcome</title>' }, 1)
    proxy.inject({}, { kind: 'answer', status: 403 }, 1)
    await expect(discover(door(), proxy.url)).rejects.toMatchObject({ reason: 'forbidden' })
  })
})

describe('H07 the password follows no one to another host', () => {
  test.each([301, 302, 303, 307, 308])('a %i elsewhere is a question to the person', async (status) => {
    proxy.inject({}, { kind: 'answer', status, headers: { location: `${stranger.url}dav/` } }, Infinity)
    expect(await discover(door(), proxy.url)).toEqual({
      kind: 'other-host',
      host: new URL(stranger.url).host,
      address: `${stranger.url}dav/`,
    })
    expect(stranger.heard).toEqual([])
  })
  test.each([
    '//localhost:9/',
    'https://localhost:9/',
    'http://127.0.0.1:9/',
    'http://user:pw@localhost:9/',
    'ftp://localhost/',
  ])('nor to %s', async (location) => {
    proxy.inject({}, { kind: 'answer', status: 302, headers: { location } }, Infinity)
    await expect(listCalendars(session())).rejects.toMatchObject({
      name: 'OtherHost',
      reason: 'refused-address',
    })
  })
  test('on the same host it goes along, a few times', async () => {
    proxy.inject({ path: /well-known/ }, { kind: 'answer', status: 301, headers: { location: '/one/' } })
    proxy.inject({ path: /one/ }, { kind: 'answer', status: 308, headers: { location: './../principal/' } })
    expect(await discover(door(), proxy.url)).toEqual({ kind: 'found', address: home() })
    proxy.clear()
    proxy.inject({}, { kind: 'answer', status: 302, headers: { location: '/again/' } }, Infinity)
    await expect(discover(door(), proxy.url)).rejects.toMatchObject({ reason: 'bad-answer' })
    expect(proxy.requests.length).toBeLessThan(20)
  })
  test('DNS may name a host inside the mail domain, another is a question', async () => {
    const never = { ...door(), fetch: () => Promise.reject(new Error('asked')) }
    const srv = async () => [{ name: 'caldav.evil.example.', port: 443 }]
    expect(await discover(never, 'me@example.test', srv)).toEqual({
      kind: 'other-host',
      host: 'caldav.evil.example',
      address: 'https://caldav.evil.example/.well-known/caldav',
    })
  })
})

describe('H08 addresses inside answers lead to no other host', () => {
  test.each(['current-user-principal', 'calendar-home-set'])(
    '%s elsewhere is a question to the person',
    async (property) => {
      const prop =
        property === 'current-user-principal'
          ? '<d:current-user-principal><d:href>URL</d:href></d:current-user-principal>'
          : '<c:calendar-home-set><d:href>URL</d:href></c:calendar-home-set>'
      proxy.inject({}, dav(multistatus(found('/', prop.replace('URL', `${stranger.url}me/`)))), Infinity)
      expect(await discover(door(), proxy.url)).toEqual({
        kind: 'other-host',
        host: new URL(stranger.url).host,
        address: `${stranger.url}me/`,
      })
      expect(stranger.heard).toEqual([])
    },
  )
  test('a calendar elsewhere is not listed as ours', async () => {
    const calendar = '<d:resourcetype><d:collection/><c:calendar/></d:resourcetype>'
    proxy.inject({}, dav(multistatus(found(`${stranger.url}cal/`, calendar))))
    await expect(listCalendars(session())).rejects.toMatchObject({ reason: 'refused-address' })
    expect(stranger.heard).toEqual([])
  })
})

describe('the list of calendars', () => {
  const calendar = (href: string, more: string) =>
    found(href, `<d:resourcetype><d:collection/><c:calendar/></d:resourcetype>${more}`)
  const privileges = (...names: string[]) =>
    `<d:current-user-privilege-set>${names.map((name) => `<d:privilege><d:${name}/></d:privilege>`).join('')}</d:current-user-privilege-set>`
  test('names, colours, zones and who may write', async () => {
    proxy.inject(
      { method: 'PROPFIND' },
      dav(
        multistatus(
          [
            calendar(
              '/a/',
              `<d:displayname> Work\n  &amp; more </d:displayname><calendar-color xmlns="http://apple.com/ns/ical/">#AABBCCDD</calendar-color>${privileges('read', 'write')}`,
            ),
            calendar(
              '/b/',
              `<d:displayname/><calendar-color xmlns="http://apple.com/ns/ical/">red</calendar-color>${privileges('read')}<c:calendar-timezone-id>Europe/Rome</c:calendar-timezone-id>`,
            ),
            calendar(
              '/my%20c/',
              `${privileges('bind', 'write-content')}<c:calendar-timezone><![CDATA[BEGIN:VCALENDAR\r\nBEGIN:VTIMEZONE\r\nTZID:W. Europe Standard Time\r\n]]></c:calendar-timezone>`,
            ),
            calendar(
              '/d/',
              '<c:supported-calendar-component-set><c:comp name="VTODO"/></c:supported-calendar-component-set>',
            ),
            calendar(
              '/e/',
              '<c:supported-calendar-component-set><c:comp name="VTODO"/><c:comp name="VEVENT"/></c:supported-calendar-component-set>',
            ),
            found('/inbox/', '<d:resourcetype><d:collection/><c:schedule-inbox/></d:resourcetype>'),
            found(
              '/bin/',
              '<d:resourcetype><d:collection/><c:calendar/><x:deleted-calendar xmlns:x="http://nextcloud.com/ns"/></d:resourcetype>',
            ),
          ].join(''),
        ),
      ),
    )
    expect(await listCalendars(session())).toEqual([
      { remoteId: '/a/', name: 'Work & more', color: '#aabbcc', zone: null, writable: true },
      { remoteId: '/b/', name: 'b', color: null, zone: 'Europe/Rome', writable: false },
      { remoteId: '/my%20c/', name: 'my c', color: null, zone: 'Europe/Berlin', writable: true },
      { remoteId: '/e/', name: 'e', color: null, zone: null, writable: true },
    ])
  })
  test('from an address that is not the home, too', async () => {
    expect((await listCalendars(session(proxy.url))).map(({ remoteId }) => remoteId)).toEqual([
      `/calendars/${practice.user}/work/`,
    ])
  })
})
