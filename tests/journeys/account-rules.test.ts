import { afterAll, beforeAll, expect, test } from 'vitest'
import { HOUR } from '#core/time/model.ts'
import { startOfDay } from '#core/time/wall.ts'
import { readHostCalendars } from '#server/calendars/busy.ts'
import { syncCalendar } from '#server/calendars/sync.ts'
import type { Connection } from '#server/calendars/model.ts'
import type { OAuthProvider } from '#server/connections/model.ts'
import { importLegacyAccount } from '#server/import-legacy.ts'
import { aWorkspace } from '#tests/database.ts'
import { ask } from '#tests/connected.ts'
import { aPage } from '#tests/host.ts'
import { aColleague, signedInAs } from '#tests/house.ts'
import { anOAuthWorld, ME, OAUTH, OTHER, type OAuthWorld, type Person } from '#tests/oauth-world.ts'

let world: OAuthWorld
beforeAll(async () => {
  world = await anOAuthWorld()
})
afterAll(() => world.stop())

type Offers = {
  rule: string
  mayAdd: boolean
  connections: number
  legacy: { eligible: boolean; burned: boolean }
}

async function giulia(options: { createdAt?: number; several?: boolean; zone?: string } = {}) {
  const { deps, app } = world
  const who = await aWorkspace(deps, options.zone ? { zone: options.zone } : {})
  const { workspaceId, userId } = who
  if (options.createdAt !== undefined)
    await ask(deps, workspaceId, 'update users set created_at = to_timestamp($1::float8 / 1000)', [
      options.createdAt,
    ])
  const browser = await signedInAs(deps, app, who)
  if (options.several) await browser.patch('/workspace', { severalAccounts: true })
  const syncAll = async () => {
    for (const connection of await world.connections(browser))
      for (const { id } of connection.calendars) await syncCalendar.run(deps, { workspaceId, calendarId: id })
  }
  return {
    ...world,
    ...who,
    browser,
    trip: (provider: OAuthProvider, person?: Person, more?: object) =>
      world.trip(provider, person, more, browser),
    begin: (provider: OAuthProvider, more?: object) => world.begin(provider, more, browser),
    connections: () => world.connections(browser),
    offers: async () => (await browser.get<Offers>('/connections/offers')).body,
    syncAll,
    known: async () =>
      (await deps.db.inWorkspace(workspaceId, (tx) => readHostCalendars(tx, [userId], deps.now()))).get(
        userId,
      )!,
    burned: async () =>
      (
        await ask<{ at: number | null }>(deps, workspaceId, 'select legacy_pair_burned_at as at from users')
      )[0]!.at,
  }
}
const BEFORE = startOfDay('Europe/Rome', '2023-03-12')
const other = (provider: OAuthProvider): OAuthProvider => (provider === 'google' ? 'microsoft' : 'google')

test('S-014 of two trips that end at the same moment one account stands, and the other is asked about', async () => {
  const s = await giulia()
  const [one, two] = await Promise.all(
    OAUTH.map(async (provider) => s.walk((await s.begin(provider)).body.url, { email: ME[provider] })),
  )
  const answers = await Promise.all([world.comeBack(one!, s.browser), world.comeBack(two!, s.browser)])
  expect(answers.map(({ location }) => /\?(\w+)=/.exec(location!)![1]).toSorted()).toEqual([
    'connected',
    'landing',
  ])
  expect(await s.connections()).toHaveLength(1)
})

test('several accounts: a further one is only checked for conflicts until it is given more, and bookings keep their place', async () => {
  const s = await giulia({ several: true })
  expect(await s.offers()).toMatchObject({ rule: 'several', mayAdd: true })
  await s.trip('google')
  const start = Math.ceil(Date.now() / HOUR) * HOUR + 30 * HOUR
  const busyEvent = s.microsoft.store.putEvent(s.microsoft.store.calendarOf(ME.microsoft).id, {
    subject: 'Elsewhere',
    start,
    end: start + HOUR,
  })
  const added = await s.trip('microsoft', undefined, { as: 'add' })
  const [first, second] = await s.connections()
  expect(second).toMatchObject({ id: added.connected, roles: ['busy'] })
  expect(first!.calendars.filter(({ destination }) => destination)).toHaveLength(1)
  expect(second!.calendars.filter(({ destination }) => destination)).toHaveLength(0)
  await s.syncAll()
  const known = await s.known()
  expect(known).toMatchObject({ usable: 'yes', destination: { connectionId: first!.id } })
  expect([...known.busy.starts]).toContain(start)

  // Not checked any more, its events are nobody's hindrance; it may take the bookings instead.
  const changed = await s.browser.patch<Connection>(`/connections/${added.connected}`, {
    roles: ['bookings'],
  })
  expect(changed.body.roles).toEqual(['bookings'])
  expect([...(await s.known()).busy.starts]).not.toContain(start)
  await s.browser.patch(`/connections/${first!.id}`, { roles: ['busy', 'crm'] })
  expect((await s.known()).destination).toMatchObject({ connectionId: added.connected })
  expect([...(await s.known()).busy.starts]).not.toContain(start)
  s.microsoft.store.deleteEvent(busyEvent.id)
})

test('several accounts: one that is broken makes the host unreadable, unless nothing is checked or written there', async () => {
  const s = await giulia({ several: true })
  await s.trip('google')
  const added = await s.trip('microsoft', undefined, { as: 'add' })
  await s.syncAll()
  await ask(
    s.deps,
    s.workspaceId,
    `update connections set state = 'broken' where connection_id = '${added.connected}'`,
  )
  expect(await s.known()).toMatchObject({ usable: 'no', reason: 'broken' })
  await s.browser.patch(`/connections/${added.connected}`, { roles: ['crm'] })
  expect(await s.known()).toMatchObject({ usable: 'yes' })
})

test('several accounts: what a visitor is offered leaves out the busy time of each that is checked, and of no other', async () => {
  const s = await giulia({ several: true })
  const page = await aPage(s.deps, s)
  await s.trip('google')
  const start = Math.ceil(Date.now() / HOUR) * HOUR + 60 * HOUR
  const event = s.microsoft.store.putEvent(s.microsoft.store.calendarOf(ME.microsoft).id, {
    subject: 'Elsewhere',
    start,
    end: start + HOUR,
  })
  const added = await s.trip('microsoft', undefined, { as: 'add' })
  await s.syncAll()
  const offered = async () => {
    const query = new URLSearchParams({
      from: new Date(start).toISOString(),
      to: new Date(start + HOUR).toISOString(),
      zone: 'UTC',
    })
    const answer = await s.app.request(`/api/public/${page.host}/${page.page}/slots?${query}`)
    const { days } = (await answer.json()) as { days: { date: string; runs: { minutes: number[] }[] }[] }
    return days
      .flatMap(({ date, runs }) =>
        runs.flatMap(({ minutes }) =>
          minutes.map((minute) => Date.parse(`${date}T00:00:00Z`) + minute * 60_000),
        ),
      )
      .includes(start)
  }
  expect(await offered()).toBe(false)
  await s.browser.patch(`/connections/${added.connected}`, { roles: ['crm'] })
  expect(await offered()).toBe(true)
  await s.browser.patch(`/connections/${added.connected}`, { roles: ['busy'] })
  expect(await offered()).toBe(false)
  // Of a broken one nothing is known: the page books nothing until it is repaired or no longer asked.
  await ask(
    s.deps,
    s.workspaceId,
    `update connections set state = 'broken' where connection_id = '${added.connected}'`,
  )
  expect((await s.app.request(`/${page.host}/${page.page}`)).status).toBe(200)
  const inputs = await s.deps.db.prepared<{ hosts: { connection: string }[] }>(
    '',
    `select hosts from page_inputs($1, $2, '{}')`,
    [page.host, page.page],
  )
  expect(inputs[0]!.hosts[0]!.connection).toBe('broken')
  await s.browser.patch(`/connections/${added.connected}`, { roles: ['crm'] })
  const without = await s.deps.db.prepared<{ hosts: { connection: string }[] }>(
    '',
    `select hosts from page_inputs($1, $2, '{}')`,
    [page.host, page.page],
  )
  expect(without[0]!.hosts[0]!.connection).toBe('connected')
  s.microsoft.store.deleteEvent(event.id)
})

test('with one account there are no roles to give', async () => {
  const s = await giulia()
  const { connected } = await s.trip('google')
  expect((await s.browser.patch(`/connections/${connected}`, { roles: ['busy'] })).status).toBe(409)
  const stranger = await signedInAs(s.deps, s.app, await aWorkspace(s.deps))
  expect((await stranger.patch(`/connections/${connected}`, { roles: ['busy'] })).status).toBe(404)
})

test.each(OAUTH)(
  'S-016 S-017 S-018 S-019 %s first: a person from before keeps two; the first disconnect of either burns the right for ever',
  async (provider) => {
    const s = await giulia({ createdAt: BEFORE })
    expect(await s.offers()).toMatchObject({
      rule: 'legacy',
      mayAdd: true,
      legacy: { eligible: true, burned: false },
    })
    const first = await s.trip(provider)
    const second = await s.trip(other(provider), undefined, { as: 'add' })
    expect(await s.connections()).toMatchObject([
      { id: first.connected, legacy: 'calendar', roles: ['busy', 'crm', 'mail'] },
      { id: second.connected, legacy: 'meetings', roles: ['busy', 'bookings'] },
    ])
    await s.syncAll()
    expect(await s.known()).toMatchObject({ usable: 'yes', destination: { connectionId: second.connected } })
    expect(await s.offers()).toMatchObject({ mayAdd: false, connections: 2 })
    expect((await s.begin(provider, { as: 'add' })).body).toMatchObject({ code: 'CAL-SECOND', mayAdd: false })
    expect(await s.burned()).toBeNull()

    expect((await s.browser.delete(`/connections/${second.connected}`)).status).toBe(200)
    expect(await s.burned()).not.toBeNull()
    // The one that stays does everything from now on.
    expect(await s.connections()).toMatchObject([
      { id: first.connected, legacy: null, roles: ['busy', 'bookings', 'crm', 'mail'] },
    ])
    expect((await s.known()).destination).toMatchObject({ connectionId: first.connected })
    expect(await s.offers()).toMatchObject({
      rule: 'one',
      mayAdd: false,
      legacy: { eligible: true, burned: true },
    })
    expect((await s.begin(other(provider), { as: 'add' })).body).toMatchObject({
      code: 'CAL-SECOND',
      mayAdd: false,
    })
    // Also when nothing is left, two do not come back.
    await s.browser.delete(`/connections/${first.connected}`)
    await s.trip(provider)
    expect((await s.begin(other(provider), { as: 'add' })).status).toBe(409)
  },
)

test('S-018 taking away the calendar of one half alone, or replacing it, burns the right as well', async () => {
  const alone = await giulia({ createdAt: BEFORE })
  const first = await alone.trip('google')
  await alone.trip('microsoft', undefined, { as: 'add' })
  expect((await alone.browser.delete(`/connections/${first.connected}/calendar`)).status).toBe(200)
  expect(await alone.burned()).not.toBeNull()

  const replaced = await giulia({ createdAt: BEFORE })
  await replaced.trip('google')
  const half = await replaced.trip('microsoft', undefined, { as: 'add' })
  await replaced.trip('google', { email: OTHER.google }, { as: 'replace', connectionId: half.connected })
  expect(await replaced.burned()).not.toBeNull()
  expect(await replaced.connections()).toMatchObject([{ account: OTHER.google, legacy: null }])
})

test('S-019 the database itself keeps a burned right burned', async () => {
  const s = await giulia({ createdAt: BEFORE })
  await s.trip('google')
  await s.trip('microsoft', undefined, { as: 'add' })
  await ask(s.deps, s.workspaceId, `update connections set state = 'disconnected' where legacy = 'meetings'`)
  expect(await s.burned()).not.toBeNull()
  await expect(ask(s.deps, s.workspaceId, 'update users set legacy_pair_burned_at = null')).rejects.toThrow(
    /does not come back/,
  )
  await expect(
    ask(s.deps, s.workspaceId, `update connections set state = 'connected' where state = 'disconnected'`),
  ).rejects.toThrow(/one account only/)
})

test.each([
  ['Europe/Rome', '2023-03-12', 'legacy'],
  ['Europe/Rome', '2023-03-13', 'one'],
  ['Europe/Rome', '2023-03-14', 'one'],
  ['Pacific/Auckland', '2023-03-12', 'legacy'],
  ['Pacific/Auckland', '2023-03-13', 'one'],
  ['America/Los_Angeles', '2023-03-12', 'legacy'],
  ['America/Los_Angeles', '2023-03-13', 'one'],
] as const)('S-016 S-019 in %s an account made on %s: %s', async (zone, day, rule) => {
  const s = await giulia({ createdAt: startOfDay(zone, day), zone })
  expect((await s.offers()).rule).toBe(rule)
  await s.trip('google')
  expect((await s.begin('microsoft', { as: 'add' })).status).toBe(rule === 'legacy' ? 201 : 409)
})

test('S-017 an account from before is imported with both its connections; its owner says yes again, and nothing is lost', async () => {
  const { deps, app } = world
  const { workspaceId } = await aWorkspace(deps)
  await ask(
    deps,
    workspaceId,
    `insert into roles (workspace_id, name, built_in, permissions) values ('${workspaceId}', 'Member', 'member', '{personal-email}')`,
  )
  const old = {
    email: 'anna@studio.test',
    name: 'Anna Riva',
    createdAt: '2021-06-01',
    locale: 'it',
    calendar: { provider: 'google', account: ME.google },
    meetings: { provider: 'microsoft', account: ME.microsoft },
  }
  expect(await importLegacyAccount(deps, { ...old, createdAt: '2023-03-13' }, workspaceId)).toEqual({
    kind: 'too-young',
  })
  expect(await importLegacyAccount(deps, { ...old, createdAt: '2021-02-30' }, workspaceId)).toMatchObject({
    kind: 'bad-input',
  })
  expect(await importLegacyAccount(deps, {}, workspaceId)).toMatchObject({ kind: 'bad-input' })
  expect(await ask(deps, workspaceId, `select 1 from users where name = 'Anna Riva'`)).toEqual([])
  expect(await importLegacyAccount(deps, old, workspaceId)).toEqual({
    kind: 'imported',
    waiting: [ME.google, ME.microsoft],
  })
  expect(await importLegacyAccount(deps, old, workspaceId)).toEqual({ kind: 'known-address' })

  const [{ user_id: userId }] = (await ask<{ user_id: string }>(
    deps,
    workspaceId,
    `select user_id from users where name = 'Anna Riva'`,
  )) as [{ user_id: string }]
  const browser = await signedInAs(deps, app, { workspaceId, userId })
  const [calendar, meetings] = await world.connections(browser)
  expect(calendar).toMatchObject({
    provider: 'google',
    account: ME.google,
    state: 'broken',
    reason: 'signed-out',
    legacy: 'calendar',
    calendars: [],
  })
  expect(meetings).toMatchObject({ provider: 'microsoft', state: 'broken', legacy: 'meetings' })
  for (const half of [calendar!, meetings!]) {
    const provider = half.provider as OAuthProvider
    const back = await world.trip(
      provider,
      { email: ME[provider] },
      { purpose: 'reconnect', connectionId: half.id, mail: half.legacy === 'calendar' },
      browser,
    )
    expect(back.connected).toBe(half.id)
  }
  const both = await world.connections(browser)
  expect(both).toMatchObject([
    { state: 'connected', legacy: 'calendar', mailbox: true },
    { state: 'connected', legacy: 'meetings', mailbox: false },
  ])
  expect(both[0]!.calendars.some(({ destination }) => destination)).toBe(false)
  expect(both[1]!.calendars.some(({ destination }) => destination)).toBe(true)
})

test.each(OAUTH)(
  'S-023 S-024 S-111 %s: the mailbox comes with the calendar and goes alone; the calendar survives',
  async (provider) => {
    const s = await giulia()
    const { connected } = await s.trip(provider)
    expect((await s.browser.delete(`/connections/${connected}/mailbox`)).status).toBe(204)
    expect((await s.browser.delete(`/connections/${connected}/mailbox`)).status).toBe(404)
    expect(await s.connections()).toMatchObject([
      { state: 'connected', mailbox: false, calendarEnded: false },
    ])
    const asked = await s.browser.post<{ url: string }>(`/connections/${connected}/mailbox`, {
      provider,
      textVersion: '2026-11',
      locale: 'en',
    })
    expect(asked.status).toBe(201)
    const { location } = await world.comeBack(
      await s.walk(asked.body.url, { email: ME[provider] }),
      s.browser,
    )
    expect(location).toContain(connected)
    expect(await s.connections()).toMatchObject([{ mailbox: true, calendarEnded: false }])
  },
)

test.each(OAUTH)(
  'S-024 S-111 %s: the calendar goes alone, the mailbox survives; another calendar may come, and the last of the two ends it all',
  async (provider) => {
    const s = await giulia()
    const { connected } = await s.trip(provider)
    await s.syncAll()
    expect((await s.browser.delete(`/connections/${connected}/calendar`)).status).toBe(200)
    expect(await s.connections()).toMatchObject([{ mailbox: true, calendarEnded: true, calendars: [] }])
    expect(await s.known()).toMatchObject({ usable: 'none' })
    expect(await ask(s.deps, s.workspaceId, 'select 1 from calendar_events')).toEqual([])
    expect(await s.offers()).toMatchObject({ connections: 0 })
    const second = await s.trip(other(provider))
    expect(second.connected).not.toBeNull()
    expect(await s.connections()).toHaveLength(2)
    expect((await s.browser.delete(`/connections/${connected}/mailbox`)).status).toBe(204)
    expect(await s.connections()).toMatchObject([{ id: second.connected }])
  },
)

test.each(OAUTH)(
  'S-026 %s: an inbox that becomes the team’s ends the calendar it lends, after an admin’s yes, with a letter',
  async (provider) => {
    const s = await giulia()
    const { connected } = await s.trip(provider)
    const draft = { address: ME[provider], provider, name: 'Info', members: [s.userId] }
    const asked = await s.browser.post<{ code: string; calendars: object[] }>('/shared-inboxes', draft)
    expect(asked).toMatchObject({
      status: 409,
      body: {
        code: 'has-calendars',
        calendars: [{ connectionId: connected, account: ME[provider], name: 'Giulia Ferri' }],
      },
    })
    expect(await s.connections()).toHaveLength(1)
    expect((await s.browser.get<{ inboxes: object[] }>('/shared-inboxes')).body.inboxes).toEqual([])
    const done = await s.browser.post<{ id: string; members: object[] }>('/shared-inboxes', {
      ...draft,
      confirm: true,
    })
    expect(done).toMatchObject({ status: 201, body: { members: [{ id: s.userId, name: 'Giulia Ferri' }] } })
    expect(await s.connections()).toEqual([])
    expect(await ask(s.deps, s.workspaceId, 'select kind, recipient from letters')).toEqual([
      { kind: 'connection-shared-inbox', recipient: s.email },
    ])
    expect((await s.browser.post('/shared-inboxes', draft)).body).toMatchObject({ code: 'known-inbox' })
    expect(
      (
        await s.browser.patch<{ name: string }>(`/shared-inboxes/${done.body.id}`, {
          name: 'Reception',
          members: [],
        })
      ).body,
    ).toMatchObject({ name: 'Reception', members: [] })
    const member = await signedInAs(s.deps, s.app, await aColleague(s.deps, s.workspaceId))
    expect((await member.get('/shared-inboxes')).status).toBe(403)
    expect((await s.browser.delete(`/shared-inboxes/${done.body.id}`)).status).toBe(204)
    expect((await s.trip(provider)).connected).not.toBeNull()
  },
)

test('S-021 a CalDAV account at a team’s address is refused too, before its server is asked', async () => {
  const s = await giulia()
  await s.browser.post('/shared-inboxes', { address: 'info@studio.test', provider: 'other', members: [] })
  const answer = await s.browser.post('/connections/caldav', {
    address: 'https://dav.studio.test',
    user: 'Info@studio.test',
    password: 'x',
    consent: { textVersion: 'x', locale: 'en' },
  })
  expect(answer).toMatchObject({ status: 409, body: { code: 'CAL-SHARED-INBOX' } })
})

test('nobody sees or changes an account of another person by its id', async () => {
  const s = await giulia()
  const { connected } = await s.trip('google')
  const luca = await signedInAs(s.deps, s.app, await aColleague(s.deps, s.workspaceId, { builtIn: 'admin' }))
  const answers = await Promise.all([
    luca.delete(`/connections/${connected}`),
    luca.delete(`/connections/${connected}/mailbox`),
    luca.delete(`/connections/${connected}/calendar`),
    luca.post(`/connections/${connected}/mailbox`, { provider: 'google', textVersion: 'x', locale: 'en' }),
    luca.patch(`/connections/${connected}`, { roles: ['busy'] }),
    luca.get(`/connections/${connected}/consent`),
    luca.get(`/connections/${connected}/consent.json`),
    world.begin('google', { purpose: 'reconnect', connectionId: connected }, luca),
  ])
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 404, 404, 404])
  expect((await luca.get<{ entries: object[] }>('/access-ledger')).body.entries).toEqual([])
  expect(await s.connections()).toHaveLength(1)
})
