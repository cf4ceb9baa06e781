import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { publicAccounts } from '#server/accounts/public-routes.ts'
import { accounts } from '#server/accounts/routes.ts'
import { contacts } from '#server/contacts/routes.ts'
import { firstRun } from '#server/first-run.ts'
import { aWorkspace, freshDatabase } from '../database.ts'
import { aBrowser, aColleague, aHouse, signedInAs, type Browser } from '../house.ts'

type Method = 'get' | 'post' | 'patch' | 'delete'
type Route = { name: string; method: Method; path: string }

const routesOf = (...rooms: { openAPIRegistry: { definitions: unknown[] } }[]): Route[] =>
  rooms.flatMap(({ openAPIRegistry }) =>
    (openAPIRegistry.definitions as { type: string; route?: { method: Method; path: string } }[]).flatMap(
      ({ type, route }) =>
        type === 'route' && route
          ? [{ name: `${route.method} ${route.path}`, method: route.method, path: route.path }]
          : [],
    ),
  )

// A body that would be right, per route; a route that is not named here fails the test that counts them.
const NEWCOMER = { name: 'Luca', password: 'correct horse battery', locale: 'it', zone: 'Europe/Rome' }
const BODIES: Record<string, Record<string, unknown>> = {
  'patch /me': { name: 'X' },
  'post /me/password': { current: 'x', next: 'correct horse battery' },
  'patch /people/{id}': { disabled: true },
  'post /invitations': { email: 'x@example.test', roleId: randomUUID() },
  'post /roles': { name: 'X', permissions: [] },
  'patch /roles/{id}': { name: 'X' },
  'patch /workspace': { name: 'X' },
  'post /sessions': { email: 'x@example.test', password: 'x' },
  'post /setup': { ...NEWCOMER, email: 'x@example.test', workspaceName: 'X', key: 'x' },
  'post /invitations/by-token/{token}/accept': NEWCOMER,
  'post /contacts': { name: 'X', email: 'x@example.test' },
  'patch /contacts/{id}': { name: 'X' },
  'post /contacts/{id}/notes': { text: 'X' },
}
const OPEN_TO_ALL = [
  'get /setup',
  'post /setup',
  'post /sessions',
  'delete /sessions/current',
  'get /invitations/by-token/{token}',
  'post /invitations/by-token/{token}/accept',
]

const all = routesOf(publicAccounts, firstRun, accounts, contacts)
const gated = all.filter(({ name }) => !OPEN_TO_ALL.includes(name))

async function begin() {
  const { deps } = await freshDatabase()
  const mine = await aWorkspace(deps)
  const theirs = await aWorkspace(deps, { name: 'Altro Studio' })
  const house = aHouse(deps, publicAccounts, firstRun, accounts, contacts)
  return {
    deps,
    mine,
    theirs,
    house,
    me: await signedInAs(deps, house, mine),
    them: await signedInAs(deps, house, theirs),
  }
}

const go = (
  browser: Browser,
  { name, method, path }: Route,
  id: string,
  more: Record<string, unknown> = {},
) => {
  const there = path.replace('{id}', id).replace('{token}', 'A'.repeat(54))
  return method === 'post' || method === 'patch'
    ? browser[method]<Record<string, unknown>>(there, { ...BODIES[name], ...more })
    : browser[method]<Record<string, unknown>>(there)
}

test('F09 whoever has not signed in gets nothing but the door', async () => {
  const { house } = await begin()
  expect(gated.length).toBeGreaterThan(15)
  for (const route of gated) {
    expect(
      BODIES[route.name] !== undefined || route.method === 'get' || route.method === 'delete',
      route.name,
    ).toBe(true)
    expect(await go(aBrowser(house), route, randomUUID()), route.name).toMatchObject({
      status: 401,
      body: { code: 'not-signed-in' },
    })
  }
})

test('F09 an id of another workspace is answered exactly like one that never was', async () => {
  const { deps, theirs, me, them } = await begin()
  const { userId, roleId } = await aColleague(deps, theirs.workspaceId)
  const { body: invitation } = await them.post<{ id: string }>('/invitations', {
    email: 'new@example.test',
    roleId,
  })
  const { body: contact } = await them.post<{ id: string }>('/contacts', {
    name: 'Anna',
    email: 'anna@acme.test',
  })
  const foreign: Record<string, string> = {
    people: userId,
    invitations: invitation.id,
    roles: roleId,
    contacts: contact.id,
  }
  const snapshot = () =>
    deps.db.inWorkspace(theirs.workspaceId, (tx) =>
      tx.prepared(
        '',
        `
    select u::text from users u union all select r::text from roles r union all select i::text from invitations i union all select c::text from contacts c union all select t::text from timeline_entries t order by 1`,
        [],
      ),
    )
  const before = await snapshot()
  const withId = gated.filter(({ path }) => path.includes('{id}'))
  expect(withId.length).toBe(9)
  for (const route of withId) {
    const [there, nowhere] = [
      await go(me, route, foreign[route.path.split('/')[1]!]!),
      await go(me, route, randomUUID()),
    ]
    expect(there, route.name).toMatchObject({ status: 404, body: { code: 'not-found' } })
    const { requestId: _1, ...said } = there.body
    const { requestId: _2, ...expected } = nowhere.body
    expect(said, route.name).toEqual(expected)
  }
  expect(await me.post('/invitations', { email: 'x@example.test', roleId })).toMatchObject({ status: 404 })
  expect(
    await me.patch(
      `/people/${(await aColleague(deps, (await me.get<{ workspace: { id: string } }>('/me')).body.workspace.id)).userId}`,
      { roleId },
    ),
  ).toMatchObject({ status: 404 })
  expect(await snapshot()).toEqual(before)
})

test('F09 lists hold nothing of another workspace, and a disabled member holds nothing at all', async () => {
  const { deps, mine, theirs, house, me, them } = await begin()
  await them.post('/contacts', { name: 'Anna Canary', email: 'canary@acme.test' })
  await aColleague(deps, theirs.workspaceId, { name: 'Luca Canary' })
  for (const path of ['/people', '/contacts', '/contacts?search=canary'])
    expect(JSON.stringify((await me.get(path)).body), path).not.toMatch(/canary/i)

  const luca = await aColleague(deps, mine.workspaceId, { may: ['manage-people', 'manage-workspace'] })
  const former = await signedInAs(deps, house, luca)
  await deps.db.inWorkspace(mine.workspaceId, (tx) =>
    tx.prepared('', 'update users set disabled_at = now() where user_id = $1', [luca.userId]),
  )
  for (const route of gated) expect((await go(former, route, randomUUID())).status, route.name).toBe(401)
})

test('F22 every body is read strictly: one key too many and nothing happens', async () => {
  const { deps, mine, me } = await begin()
  const snapshot = () =>
    deps.db.inWorkspace(mine.workspaceId, (tx) =>
      tx.prepared(
        '',
        `
    select u::text from users u union all select r::text from roles r union all select i::text from invitations i union all select c::text from contacts c union all select w::text from workspaces w order by 1`,
        [],
      ),
    )
  const before = await snapshot()
  const writes = all.filter(({ name }) => BODIES[name])
  expect(writes).toHaveLength(Object.keys(BODIES).length)
  for (const route of writes)
    for (const key of [
      'tenantId',
      'workspaceId',
      'ownerId',
      'hostId',
      'userId',
      'isAdmin',
      'status',
      'createdAt',
      'constructor',
    ]) {
      const answer = await go(me, route, randomUUID(), { [key]: mine.userId })
      expect(answer, `${route.name} ${key}`).toMatchObject({ status: 400, body: { code: 'bad-input' } })
    }
  expect(await snapshot()).toEqual(before)
})

test('V02 text that no database or letter can carry is refused, never a failure of ours', async () => {
  const { me } = await begin()
  for (const bad of ['a\u0000b', '\ud800', 'a\u0007', 'two\nlines', '', '   ', 'x'.repeat(201)]) {
    expect(
      (await me.post('/contacts', { name: bad, email: 'x@example.test' })).status,
      JSON.stringify(bad),
    ).toBe(400)
    expect((await me.patch('/me', { name: bad })).status, JSON.stringify(bad)).toBe(400)
  }
  for (const bad of ['', '{', '[]', '"x"', 'null', '{"__proto__":{"name":"x"}}', '['.repeat(100_000)])
    expect((await me.post('/contacts', bad)).status, bad.slice(0, 20)).toBe(400)
  expect((await me.get(`/contacts?search=${encodeURIComponent('a\u0000')}`)).status).toBe(400)
  for (const id of ['x', '1', `${randomUUID()}0`, "'; drop table users --"])
    expect((await me.get(`/contacts/${encodeURIComponent(id)}`)).status, id).toBe(400)
})

test('V05 an address that mail cannot carry is refused', async () => {
  const { me } = await begin()
  const bad = [
    'a',
    'a@b',
    'a b@c.it',
    '"a b"@c.it',
    'a@[127.0.0.1]',
    'a@@b.it',
    'a@b..it',
    '.a@b.it',
    'a.@b.it',
    `${'a'.repeat(65)}@b.it`,
    'a@-b.it',
    'a@b.it, c@d.it',
    'a@b.it\r\nBcc: c@d.it',
    'Anna <a@b.it>',
    'a@münchen.de',
    `a@${'b'.repeat(250)}.it`,
  ]
  for (const email of bad) expect((await me.post('/contacts', { name: 'X', email })).status, email).toBe(400)
  for (const email of ["o'brien+x@b.co.uk", 'a@xn--mnchen-3ya.de', 'A.B_c%d@B.it'])
    expect((await me.post('/contacts', { name: 'X', email })).status, email).toBe(201)
})
