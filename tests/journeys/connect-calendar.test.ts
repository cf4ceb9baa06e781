import { afterAll, beforeAll, expect, test } from 'vitest'
import { HOUR, MINUTE } from '#core/time/model.ts'
import { routes as connectionRoutes } from '#server/connections/routes.ts'
import { readHostCalendars } from '#server/calendars/busy.ts'
import type { Connection as ConnectionJson } from '#server/calendars/model.ts'
import { routes } from '#server/calendars/routes.ts'
import { syncCalendar } from '#server/calendars/sync.ts'
import { caldav } from '#server/providers/caldav/caldav.ts'
import { anOwner, ask } from '#tests/connected.ts'
import { startFaultProxy, type Fault } from '#tests/counterparts/fault-proxy.ts'
import { startRadicale, type CalendarServer } from '#tests/counterparts/radicale.ts'
import { freePort } from '#tests/counterparts/started.ts'
import { aWorkspace, freshDatabase } from '#tests/database.ts'
import { aHouse, signedInAs } from '#tests/house.ts'

let radicale: CalendarServer
beforeAll(async () => {
  radicale = await startRadicale({ calendars: ['work', 'home'] })
})
afterAll(() => radicale.stop())

const CONSENT = { textVersion: '2026-11', locale: 'it' }

async function setting(options: { now?: () => number } = {}) {
  const { deps } = await freshDatabase(
    { RITROVO_EGRESS_ALLOW: `localhost:${radicale.port}` },
    { providers: { caldav }, ...options },
  )
  const who = await aWorkspace(deps)
  const browser = await signedInAs(deps, aHouse(deps, routes, connectionRoutes), who)
  const connect = (more: object = {}) =>
    browser.post<ConnectionJson>('/connections/caldav', {
      address: radicale.url,
      user: radicale.user,
      password: radicale.password,
      consent: CONSENT,
      ...more,
    })
  const syncAll = async () => {
    for (const { calendar_id: calendarId } of await ask<{ calendar_id: string }>(
      deps,
      who.workspaceId,
      'select calendar_id from calendars',
    ))
      await syncCalendar.run(deps, { workspaceId: who.workspaceId, calendarId })
  }
  const known = async () =>
    (await deps.db.inWorkspace(who.workspaceId, (tx) => readHostCalendars(tx, [who.userId], deps.now()))).get(
      who.userId,
    )!
  return { deps, ...who, browser, connect, syncAll, known }
}

const calendarsOf = (body: ConnectionJson) => body.calendars

test('S-002 S-004 S-005 S-007 connecting lists the calendars, reads them, and takes their time from what can be booked', async () => {
  const start = Math.ceil(Date.now() / HOUR) * HOUR + 24 * HOUR
  const owner = anOwner(radicale, 'work')
  await owner.put('dentist', start, start + HOUR)
  const s = await setting()
  expect(await s.known()).toMatchObject({ usable: 'none', destination: null })

  const answer = await s.connect()
  expect(answer.status).toBe(201)
  expect(answer.body).toMatchObject({
    provider: 'caldav',
    account: `${radicale.user}@localhost`,
    state: 'connected',
    reason: null,
    capabilities: { read: true, write: true, push: false },
  })
  expect(
    calendarsOf(answer.body)
      .map(({ name, checked }) => [name, checked])
      .toSorted(([a], [b]) => String(a).localeCompare(String(b))),
  ).toEqual([
    ['home', true],
    ['work', true],
  ])
  expect(calendarsOf(answer.body).filter(({ destination }) => destination)).toHaveLength(1)
  expect(await s.known()).toMatchObject({ usable: 'no', reason: 'never-synced' })

  await s.syncAll()
  const known = await s.known()
  expect(known).toMatchObject({ usable: 'yes', reason: null })
  expect([...known.busy.starts]).toContain(start)
  expect(known.destination!.calendarId).toBe(
    calendarsOf(answer.body).find(({ destination }) => destination)!.id,
  )

  const listed = await s.browser.get<{ connections: ConnectionJson[] }>('/connections')
  const [connection] = listed.body.connections
  expect(connection!.calendars.find(({ name }) => name === 'work')).toMatchObject({ eventCount: 1 })
  expect(
    connection!.calendars.every(({ syncedAt }) => syncedAt !== null && Date.now() - syncedAt < MINUTE),
  ).toBe(true)
  expect(JSON.stringify(listed.body)).not.toMatch(/right password|dentist|localhost:/)
  await owner.remove('dentist')
})

test('S-014 one account at a time: a second one has to wait until the first is disconnected', async () => {
  const s = await setting()
  expect((await s.connect()).status).toBe(201)
  const second = await s.connect()
  expect(second.status).toBe(409)
  expect(second.body).toMatchObject({
    code: 'already-connected',
    detail: `You already have ${radicale.user}@localhost. Disconnect it before you connect another.`,
  })
})

test('S-014 of two connects at the same moment one wins', async () => {
  const s = await setting()
  const answers = await Promise.all([s.connect(), s.connect(), s.connect()])
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409, 409])
  expect(await ask(s.deps, s.workspaceId, 'select state from connections')).toEqual([{ state: 'connected' }])
})

test('S-015 without the permission for a personal mailbox nothing can be connected', async () => {
  const s = await setting()
  await ask(s.deps, s.workspaceId, `update roles set built_in = null, permissions = '{}'`)
  expect(await s.connect()).toMatchObject({ status: 403, body: { code: 'no-personal-email' } })
  expect(await ask(s.deps, s.workspaceId, 'select 1 from connections')).toEqual([])
})

test('S-070 S-075 what its owner agreed to is kept with its version, language and instant', async () => {
  const s = await setting()
  const { body } = await s.connect()
  const consent = await s.browser.get(`/connections/${body.id}/consent`)
  expect(consent.body).toMatchObject({
    ...CONSENT,
    scopes: ['calendars.read', 'calendars.write', 'events.read', 'events.write'],
  })
})

test('I6 the address, the user and the password stand in the database only sealed, each bound to its place', async () => {
  const s = await setting()
  await s.connect()
  const [row] = await ask<
    Record<'sealed_address' | 'sealed_user' | 'sealed_secret' | 'connection_id', string>
  >(s.deps, s.workspaceId, 'select * from connections')
  expect(JSON.stringify(row)).not.toContain(radicale.password)
  expect(row!.sealed_secret).toMatch(/^v1\./)
  const place = { table: 'connections', row: row!.connection_id, workspaceId: s.workspaceId }
  expect(s.deps.secrets.unseal(row!.sealed_secret, { ...place, field: 'secret' })).toBe(radicale.password)
  expect(() => s.deps.secrets.unseal(row!.sealed_secret, { ...place, field: 'address' })).toThrow()
})

test('a calendar that may only be read cannot take new meetings, and says why', async () => {
  const s = await setting()
  const { body } = await s.connect()
  const [first, second] = calendarsOf(body)
  const other = first!.destination ? second! : first!
  await ask(s.deps, s.workspaceId, 'update calendars set writable = false where calendar_id = $1', [other.id])
  expect(
    await s.browser.patch<ConnectionJson>(`/calendars/${other.id}`, { destination: true }),
  ).toMatchObject({
    status: 422,
    body: {
      code: 'read-only',
      detail: `New meetings cannot go to ${other.name}: you may read it but not write in it.`,
    },
  })
  await ask(s.deps, s.workspaceId, 'update calendars set writable = true')
  const changed = await s.browser.patch<ConnectionJson>(`/calendars/${other.id}`, { destination: true })
  expect(
    calendarsOf(changed.body)
      .filter(({ destination }) => destination)
      .map(({ id }) => id),
  ).toEqual([other.id])
})

test('B33 only checked calendars count, and the trouble of an unchecked one is nobody’s', async () => {
  const start = Math.ceil(Date.now() / HOUR) * HOUR + 48 * HOUR
  const owner = anOwner(radicale, 'home')
  await owner.put('sauna', start, start + HOUR)
  const s = await setting()
  const { body } = await s.connect()
  await s.syncAll()
  expect([...(await s.known()).busy.starts]).toContain(start)

  const home = calendarsOf(body).find(({ name }) => name === 'home')!
  await s.browser.patch<ConnectionJson>(
    `/calendars/${calendarsOf(body).find(({ name }) => name === 'work')!.id}`,
    { destination: true },
  )
  await s.browser.patch<ConnectionJson>(`/calendars/${home.id}`, { checked: false })
  await ask(
    s.deps,
    s.workspaceId,
    `update calendars set remote_id = '/nobody/home/' where calendar_id = $1`,
    [home.id],
  )
  await s.syncAll()
  const known = await s.known()
  expect(known.usable).toBe('yes')
  expect([...known.busy.starts]).not.toContain(start)
  expect(await ask(s.deps, s.workspaceId, 'select 1 from calendar_events')).toEqual([])
  await owner.remove('sauna')
})

test('nobody sees, changes, checks or ends the connection of another person', async () => {
  const s = await setting()
  const { body } = await s.connect()
  const stranger = await aWorkspace(s.deps)
  const other = await signedInAs(s.deps, aHouse(s.deps, routes, connectionRoutes), stranger)
  const id = body.id
  const answers = await Promise.all([
    other.delete(`/connections/${id}`),
    other.post(`/connections/${id}/retry`, {}),
    other.post(`/connections/${id}/check`),
    other.get(`/connections/${id}/consent`),
    other.patch(`/calendars/${calendarsOf(body)[0]!.id}`, { checked: false }),
  ])
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404])
  expect((await other.get('/connections')).body).toEqual({ connections: [] })
})

test('J08 disconnecting destroys the secret and our copy, keeps what was booked, and tells what stays', async () => {
  const start = Math.ceil(Date.now() / HOUR) * HOUR + 72 * HOUR
  const owner = anOwner(radicale, 'work')
  await owner.put('canary-title-4711', start, start + HOUR, ['ATTENDEE:mailto:canary@example.org'])
  const s = await setting()
  const { body } = await s.connect()
  await s.syncAll()
  const version = (await s.known()).version
  const work = calendarsOf(body).find(({ name }) => name === 'work')!
  await ask(
    s.deps,
    s.workspaceId,
    `insert into written_events (workspace_id, calendar_id, uid, remote_id, starts_at, ends_at) values ($1, $2, 'ours', '/x.ics', now() + interval '1 day', now() + interval '25 hours')`,
    [s.workspaceId, work.id],
  )
  await ask(
    s.deps,
    s.workspaceId,
    `with t as (insert into event_types (workspace_id, owner_id, title, location, durations, increment, horizon) values ($1, $2, 'Call', '{"kind":"video","value":""}', '{30}', 30, '{"kind":"rolling","days":30}') returning event_type_id)
     insert into scheduling_pages (workspace_id, owner_id, event_type_id, slug) select $1, $2, event_type_id, 'call' from t`,
    [s.workspaceId, s.userId],
  )

  expect(await s.browser.delete(`/connections/${body.id}`)).toMatchObject({
    status: 200,
    body: { offlinePages: 1, keptMeetings: 1 },
  })
  expect(await s.known()).toMatchObject({ usable: 'none', destination: null })
  expect((await s.known()).version).toBeGreaterThan(version)
  const rows = await ask(
    s.deps,
    s.workspaceId,
    `select c.*, e.title from connections c left join calendar_events e using (workspace_id)`,
  )
  expect(rows).toMatchObject([
    { state: 'disconnected', sealed_address: null, sealed_user: null, sealed_secret: null, title: null },
  ])
  expect(await ask(s.deps, s.workspaceId, 'select 1 from grants')).toEqual([])
  expect(JSON.stringify(await ask(s.deps, s.workspaceId, 'select * from calendars'))).not.toContain('canary')
  expect((await s.browser.get('/connections')).body).toEqual({ connections: [] })
  expect(await s.browser.delete(`/connections/${body.id}`)).toMatchObject({ status: 404 })
  await owner.remove('canary-title-4711')
})

test('the same account comes back with its choices; a job that was still waiting finds nothing to do', async () => {
  const s = await setting()
  const { body } = await s.connect()
  const [first, second] = calendarsOf(body)
  const kept = first!.destination ? second! : first!
  await s.browser.patch<ConnectionJson>(`/calendars/${kept.id}`, {
    destination: true,
    blocksTentative: false,
  })
  await s.browser.patch<ConnectionJson>(`/calendars/${(first === kept ? second! : first!).id}`, {
    checked: false,
  })
  await s.browser.delete(`/connections/${body.id}`)
  await s.syncAll()
  expect(await ask(s.deps, s.workspaceId, 'select 1 from calendars where synced_at is not null')).toEqual([])

  const again = await s.connect()
  expect(again.body).toMatchObject({ id: body.id })
  expect(
    calendarsOf(again.body)
      .filter(({ checked }) => checked)
      .map(({ id }) => id),
  ).toEqual([kept.id])
  expect(calendarsOf(again.body).find(({ id }) => id === kept.id)).toMatchObject({
    destination: true,
    blocksTentative: false,
  })
})

test('each refusal names its reason, the server, its cause and a way out, and stores nothing', async () => {
  const s = await setting()
  const wrong = await s.connect({ password: 'not this one' })
  expect(wrong).toMatchObject({
    status: 422,
    body: { code: 'wrong-password', host: `localhost:${radicale.port}` },
  })
  expect(JSON.stringify(wrong.body)).toContain(
    'does not accept this user name and password. Enter them again.',
  )
  const refusals = {
    'plain-http': { address: 'http://localhost:1/' },
    'refused-address': { address: 'https://10.0.0.1/' },
    dns: { address: 'https://no-such-server.invalid/' },
    'not-found': { address: 'ftp://example.org' },
  }
  for (const [code, more] of Object.entries(refusals))
    expect(await s.connect(more)).toMatchObject({ status: 422, body: { code } })
  expect(JSON.stringify(wrong.body)).not.toContain('not this one')
  expect(
    await ask(s.deps, s.workspaceId, 'select 1 from connections union all select 1 from consents'),
  ).toEqual([])
})

test('whatever a server answers in place of calendars has its own words', { timeout: 60_000 }, async () => {
  const way = await startFaultProxy(radicale.url)
  const closed = await freePort()
  const bare = await startRadicale({ calendars: [] })
  try {
    const allow = [way.port, closed, bare.port].map((port) => `localhost:${port}`).join()
    const { deps } = await freshDatabase({ RITROVO_EGRESS_ALLOW: allow }, { providers: { caldav } })
    const browser = await signedInAs(deps, aHouse(deps, routes), await aWorkspace(deps))
    const codeOf = async (fault: Fault | null, more: object = {}) => {
      way.clear()
      if (fault) way.inject({}, fault, Infinity)
      const { user, password } = radicale
      const answer = await browser.post('/connections/caldav', {
        address: way.url,
        user,
        password,
        consent: CONSENT,
        ...more,
      })
      expect(answer.status).toBe(422)
      return answer.body.code
    }
    const answers = (
      status: number,
      more: { body?: string; headers?: Record<string, string> } = {},
    ): Fault => ({ kind: 'answer', status, ...more })
    const found: Record<string, string> = {
      forbidden: await codeOf(answers(403)),
      'not-found': await codeOf(answers(404)),
      'not-caldav': await codeOf(
        answers(200, { headers: { 'content-type': 'text/html' }, body: '<html>hello' }),
      ),
      'server-error': await codeOf(answers(500)),
      'bad-answer': await codeOf(
        answers(207, { headers: { 'content-type': 'application/xml' }, body: '<a><b>' }),
      ),
      'slow-down': await codeOf(answers(429)),
      'too-large': await codeOf(answers(207, { body: 'x'.repeat(17_000_000) })),
      'other-host': await codeOf(answers(301, { headers: { location: 'https://dav.example.org/' } })),
      connect: await codeOf(null, { address: `http://localhost:${closed}/` }),
      tls: await codeOf(null, { address: way.url.replace('http:', 'https:') }),
      'no-calendars': await codeOf(null, { address: bare.url, user: bare.user, password: bare.password }),
    }
    for (const [expected, code] of Object.entries(found)) expect(code).toBe(expected)
    expect((await browser.get<{ connections: unknown[] }>('/connections')).body.connections).toEqual([])
  } finally {
    await way.stop()
    await bare.stop()
  }
})
