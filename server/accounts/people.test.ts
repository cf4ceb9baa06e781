import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { router } from '#server/platform/http.ts'
import { aWorkspace, freshDatabase } from '#tests/database.ts'
import { aColleague, aHouse, signedInAs } from '#tests/house.ts'
import { signedIn, withPermission, type SignedIn } from './gate.ts'
import { passesSeatGate, PERMISSIONS, type Me, type People, type Person, type Role } from './model.ts'
import { accounts } from './routes.ts'

const mailboxRoom = router<SignedIn>()
mailboxRoom.use('/mailbox', signedIn(), withPermission('personal-email'))
mailboxRoom.get('/mailbox', (c) => c.json({ ok: true }))

async function begin() {
  const { deps } = await freshDatabase()
  const admin = await aWorkspace(deps)
  const house = aHouse(deps, accounts, mailboxRoom)
  const boss = await signedInAs(deps, house, admin)
  return { deps, admin, house, boss }
}

test('S-015 personal mail access is a permission, and losing it counts from the next request on', async () => {
  const { deps, admin, house, boss } = await begin()
  const luca = await aColleague(deps, admin.workspaceId)
  const browser = await signedInAs(deps, house, luca)
  expect((await browser.get('/mailbox')).status).toBe(200)
  expect((await boss.patch(`/roles/${luca.roleId}`, { permissions: [] })).status).toBe(200)
  expect(await browser.get('/mailbox')).toMatchObject({ status: 403, body: { code: 'no-personal-email' } })
  expect((await browser.get<Me>('/me')).body.permissions).toEqual([])
  await boss.patch(`/roles/${luca.roleId}`, { permissions: ['personal-email'] })
  expect((await browser.get('/mailbox')).status).toBe(200)
})

test('an admin may everything, also what the stored role does not name yet', async () => {
  const { deps, admin, boss } = await begin()
  await deps.db.inWorkspace(admin.workspaceId, (tx) =>
    tx.prepared('', `update roles set permissions = '{}' where built_in = 'admin'`, []),
  )
  expect((await boss.get<Me>('/me')).body.permissions).toEqual([...PERMISSIONS])
})

test('everyone sees the people; only who manages them sees invitations or changes anything', async () => {
  const { deps, admin, house, boss } = await begin()
  const luca = await aColleague(deps, admin.workspaceId)
  const browser = await signedInAs(deps, house, luca)
  const { body } = await boss.get<People>('/people')
  await boss.post('/invitations', { email: 'new@example.test', roleId: luca.roleId })
  expect(body.people.map(({ name }) => name)).toEqual(['Giulia Ferri', 'Luca Bruni'])
  expect(Object.keys(body.people[0]!).sort()).toEqual([
    'disabled',
    'email',
    'id',
    'name',
    'role',
    'seat',
    'slug',
  ])
  expect((await boss.get<People>('/people')).body.invitations).toMatchObject([{ email: 'new@example.test' }])
  expect((await browser.get<People>('/people')).body.invitations).toEqual([])
  expect((await browser.patch(`/people/${luca.userId}`, { seat: null })).body.code).toBe('not-allowed')
  expect((await browser.post('/invitations', { email: 'x@example.test', roleId: luca.roleId })).status).toBe(
    403,
  )
  expect((await browser.post('/roles', { name: 'Mine', permissions: [...PERMISSIONS] })).status).toBe(403)
  expect((await browser.patch('/workspace', { seatGate: false })).status).toBe(403)
})

test('the last admin can neither step down nor be disabled', async () => {
  const { deps, admin, boss } = await begin()
  const luca = await aColleague(deps, admin.workspaceId)
  for (const change of [{ roleId: luca.roleId }, { disabled: true }])
    expect(await boss.patch(`/people/${admin.userId}`, change)).toMatchObject({
      status: 409,
      body: { code: 'last-admin' },
    })
  const second = await aColleague(deps, admin.workspaceId, { builtIn: 'admin' })
  expect((await boss.patch(`/people/${second.userId}`, { disabled: true })).status).toBe(200)
  expect((await boss.patch(`/people/${admin.userId}`, { disabled: true })).body.code).toBe('last-admin')
})

test('two admins who remove each other at the same moment leave one', async () => {
  const { deps, admin, house, boss } = await begin()
  for (let round = 0; round < 5; round++) {
    const other = await aColleague(deps, admin.workspaceId, { builtIn: 'admin' })
    const browser = await signedInAs(deps, house, other)
    const roleId = (await aColleague(deps, admin.workspaceId)).roleId
    await Promise.all([
      boss.patch(`/people/${other.userId}`, { roleId }),
      browser.patch(`/people/${admin.userId}`, { roleId }),
    ])
    const [left] = await deps.db.inWorkspace(admin.workspaceId, (tx) =>
      tx.prepared<{ n: number }>(
        '',
        `select count(*) as n from users join roles using (workspace_id, role_id) where built_in = 'admin' and disabled_at is null`,
        [],
      ),
    )
    expect(left!.n).toBeGreaterThanOrEqual(1)
    await deps.db.inWorkspace(admin.workspaceId, async (tx) => {
      await tx.prepared(
        '',
        `update users set role_id = (select role_id from roles where built_in = 'admin') where user_id = $1`,
        [admin.userId],
      )
      await tx.prepared('', `update users set role_id = $2 where user_id = $1`, [other.userId, roleId])
    })
    boss.jar.set('ritrovo', (await signedInAs(deps, house, admin)).jar.get('ritrovo')!)
  }
})

test('F17 another role, or being disabled, ends the sessions of that person only', async () => {
  const { deps, admin, house, boss } = await begin()
  const luca = await aColleague(deps, admin.workspaceId)
  const anna = await aColleague(deps, admin.workspaceId, { name: 'Anna' })
  const [browser, other] = [await signedInAs(deps, house, luca), await signedInAs(deps, house, anna)]
  expect((await boss.patch(`/people/${luca.userId}`, { roleId: anna.roleId })).status).toBe(200)
  expect((await browser.get('/me')).status).toBe(401)
  const again = await signedInAs(deps, house, luca)
  expect((await boss.patch<Person>(`/people/${luca.userId}`, { disabled: true })).body).toMatchObject({
    disabled: true,
  })
  expect((await again.get('/me')).status).toBe(401)
  expect((await boss.patch(`/people/${luca.userId}`, { disabled: false })).status).toBe(200)
  expect((await again.get('/me')).status).toBe(401)
  expect((await other.get('/me')).status).toBe(200)
})

test('nobody gives or takes more than they have', async () => {
  const { deps, admin, house, boss } = await begin()
  const keeper = await aColleague(deps, admin.workspaceId, { may: ['manage-people', 'personal-email'] })
  const luca = await aColleague(deps, admin.workspaceId)
  const browser = await signedInAs(deps, house, keeper)
  const roles = (await boss.get<People>('/people')).body.roles
  const adminRole = roles.find(({ builtIn }) => builtIn === 'admin')!
  const beyond = { status: 403, body: { code: 'beyond-you' } }
  expect(await browser.patch(`/people/${keeper.userId}`, { roleId: adminRole.id })).toMatchObject(beyond)
  expect(await browser.patch(`/people/${admin.userId}`, { disabled: true })).toMatchObject(beyond)
  expect(await browser.patch(`/people/${admin.userId}`, { roleId: luca.roleId })).toMatchObject(beyond)
  expect(await browser.post('/invitations', { email: 'x@example.test', roleId: adminRole.id })).toMatchObject(
    beyond,
  )
  expect(await browser.post('/roles', { name: 'All', permissions: ['manage-workspace'] })).toMatchObject(
    beyond,
  )
  expect(
    await browser.patch(`/roles/${keeper.roleId}`, { permissions: ['manage-people', 'manage-workspace'] }),
  ).toMatchObject(beyond)
  expect((await browser.patch(`/people/${luca.userId}`, { roleId: keeper.roleId })).status).toBe(200)
})

test('a role with every permission is still not the admin’s', async () => {
  const { deps, admin, house, boss } = await begin()
  const deputy = await aColleague(deps, admin.workspaceId, { may: [...PERMISSIONS] })
  const browser = await signedInAs(deps, house, deputy)
  const adminRole = (await boss.get<People>('/people')).body.roles.find(({ builtIn }) => builtIn === 'admin')!
  const beyond = { status: 403, body: { code: 'beyond-you' } }
  expect(await browser.patch(`/people/${deputy.userId}`, { roleId: adminRole.id })).toMatchObject(beyond)
  expect(await browser.patch(`/people/${admin.userId}`, { disabled: true })).toMatchObject(beyond)
})

test('roles are made, changed and removed; the built-in ones and those in use stay', async () => {
  const { deps, admin, boss } = await begin()
  const made = await boss.post<Role>('/roles', {
    name: 'Reception',
    permissions: ['see-all-contacts', 'see-all-contacts'],
  })
  expect(made).toMatchObject({
    status: 201,
    body: { name: 'Reception', builtIn: null, permissions: ['see-all-contacts'] },
  })
  expect((await boss.patch<Role>(`/roles/${made.body.id}`, { name: 'Front desk' })).body).toMatchObject({
    name: 'Front desk',
    permissions: ['see-all-contacts'],
  })
  const adminRole = (await boss.get<People>('/people')).body.roles.find(({ builtIn }) => builtIn === 'admin')!
  expect((await boss.patch(`/roles/${adminRole.id}`, { permissions: [] })).body.code).toBe('built-in')
  expect((await boss.delete(`/roles/${adminRole.id}`)).body.code).toBe('built-in')

  const { body: invitation } = await boss.post<{ id: string }>('/invitations', {
    email: 'x@example.test',
    roleId: made.body.id,
  })
  expect((await boss.delete(`/roles/${made.body.id}`)).body.code).toBe('in-use')
  await boss.delete(`/invitations/${invitation.id}`)
  expect((await boss.delete(`/roles/${made.body.id}`)).status).toBe(204)
  expect((await boss.delete(`/roles/${made.body.id}`)).status).toBe(404)
  const luca = await aColleague(deps, admin.workspaceId)
  expect((await boss.delete(`/roles/${luca.roleId}`)).body.code).toBe('in-use')
})

test('S-060 seats are given freely, and the gate can be opened for all', async () => {
  const { deps, admin, boss } = await begin()
  const luca = await aColleague(deps, admin.workspaceId)
  for (const seat of [
    { kind: 'service', level: 'professional' },
    null,
    { kind: 'sales', level: 'enterprise' },
  ] as const)
    expect((await boss.patch<Person>(`/people/${luca.userId}`, { seat })).body.seat).toEqual(seat)
  expect((await boss.get<Me>('/me')).body.workspace.seatGate).toBe(true)
  expect((await boss.patch<Me>('/workspace', { seatGate: false })).body.workspace.seatGate).toBe(false)

  const passing = (['core', 'sales', 'service'] as const).flatMap((kind) =>
    (['starter', 'professional', 'enterprise'] as const)
      .filter((level) => passesSeatGate({ kind, level }, true))
      .map((level) => `${kind} ${level}`),
  )
  expect(passing).toEqual([
    'sales professional',
    'sales enterprise',
    'service professional',
    'service enterprise',
  ])
  expect([
    passesSeatGate(null, true),
    passesSeatGate(null, false),
    passesSeatGate({ kind: 'core', level: 'starter' }, false),
  ]).toEqual([false, true, true])
})

test('F06 what someone is and where they belong is nobody’s own to say', async () => {
  const { deps, admin, house } = await begin()
  const luca = await aColleague(deps, admin.workspaceId)
  const browser = await signedInAs(deps, house, luca)
  const before = (await browser.get<Me>('/me')).body
  const claims = {
    id: admin.userId,
    userId: admin.userId,
    email: admin.email,
    role: 'admin',
    roleId: luca.roleId,
    tenantId: randomUUID(),
    workspaceId: randomUUID(),
    permissions: [...PERMISSIONS],
    password_hash: 'x',
    disabled: false,
    createdAt: 0,
  }
  for (const [key, value] of Object.entries(claims)) {
    expect((await browser.patch('/me', { [key]: value })).status, key).toBe(400)
    expect((await browser.patch('/me', { name: 'Renamed', [key]: value })).status, key).toBe(400)
  }
  expect((await browser.get<Me>('/me')).body).toEqual(before)
  expect(
    (
      await browser.patch<Me>('/me', {
        name: '  Luca B.  ',
        locale: 'en',
        zone: 'asia/calcutta',
        theme: 'dark',
      })
    ).body.user,
  ).toMatchObject({ name: 'Luca B.', locale: 'en', zone: 'Asia/Kolkata', theme: 'dark', email: luca.email })
})

test('a slug is one person’s on the whole server, plain and not ours', async () => {
  const { deps, admin, house, boss } = await begin()
  const luca = await aColleague(deps, admin.workspaceId, { name: 'Zoë Ümit' })
  expect(luca.slug).toBe('zoe-umit')
  const browser = await signedInAs(deps, house, luca)
  const elsewhere = await aWorkspace(deps, { slug: 'maria' })
  const outcome = async (slug: string) => (await browser.patch<Me & { code: string }>('/me', { slug })).body
  expect((await outcome('maria')).code).toBe('slug-taken')
  expect((await outcome('settings')).code).toBe('slug-reserved')
  for (const bad of ['Maria', 'mar ia', '-maria', 'ⓐdmin', 'mаria', '', 'a'.repeat(64), 'embed.js', 'a/b'])
    expect((await outcome(bad)).code, bad).toBe('bad-input')
  expect((await outcome('luca')).user.slug).toBe('luca')
  expect((await outcome('luca')).user.slug).toBe('luca')
  expect((await boss.patch<Me>('/me', { slug: 'zoe-umit' })).body.user.slug).toBe('zoe-umit')
  const rows = await deps.db.outside((tx) =>
    tx.prepared<{ key: string; subject_id: string }>(
      '',
      `select key, subject_id from directory where kind = 'host' order by key`,
      [],
    ),
  )
  expect(rows.map(({ key, subject_id }) => [key, subject_id])).toEqual([
    ['luca', luca.userId],
    ['maria', elsewhere.userId],
    ['zoe-umit', admin.userId],
  ])
})
