import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { DAY, HOUR } from '#core/time/model.ts'
import { aWorkspace, freshDatabase } from '#tests/database.ts'
import { aBrowser, aColleague, aHouse, PASSWORD, signedInAs } from '#tests/house.ts'
import { createUser } from './accounts/create-user.ts'
import { joinByInvitation } from './accounts/invite.ts'
import { INVITED_SEAT, type Me, type People } from './accounts/model.ts'
import { publicAccounts } from './accounts/public-routes.ts'
import { accounts } from './accounts/routes.ts'
import { issueSetupKey } from './accounts/set-up.ts'
import { firstRun, setUp } from './first-run.ts'
import { readToken } from './platform/secrets.ts'

const FIRST = {
  name: 'Giulia Ferri',
  email: 'giulia@example.test',
  password: PASSWORD,
  workspaceName: 'Studio Ferri',
  locale: 'it',
  zone: 'Europe/Rome',
} as const
const NEW = { name: 'Luca Bruni', password: PASSWORD, locale: 'it', zone: 'Europe/Rome' } as const

async function begin(env: Record<string, string> = {}) {
  const clock = { now: Date.parse('2026-10-24T21:30:00Z') }
  const { deps } = await freshDatabase(env, { now: () => clock.now })
  const house = aHouse(deps, publicAccounts, firstRun, accounts)
  return { deps, clock, house, browser: aBrowser(house) }
}

async function withAdmin(env: Record<string, string> = {}) {
  const begun = await begin(env)
  const admin = await aWorkspace(begun.deps)
  const boss = await signedInAs(begun.deps, begun.house, admin)
  const memberRole = (await aColleague(begun.deps, admin.workspaceId, { name: 'Role Giver' })).roleId
  const invite = async (email: string) => {
    const { body } = await boss.post<{ id: string; link: string }>('/invitations', {
      email,
      roleId: memberRole,
    })
    return { ...body, path: `/invitations/by-token/${body.link.split('/').at(-1)}` }
  }
  return { ...begun, admin, boss, memberRole, invite }
}

test('the setup key opens the first run once, and the new admin can be booked at once', async () => {
  const { deps, browser } = await begin()
  expect((await browser.get('/setup')).body).toEqual({ open: true, keyOk: false })
  const key = (await issueSetupKey(deps))!
  expect((await browser.get(`/setup?k=${key}`)).body).toEqual({ open: true, keyOk: true })
  expect(await browser.post('/setup', { ...FIRST, key: `${key.slice(1)}0` })).toMatchObject({
    status: 403,
    body: { code: 'wrong-setup-key' },
  })

  const { status, body } = await browser.post<Me>('/setup', { ...FIRST, key })
  expect(status).toBe(201)
  expect(body).toMatchObject({
    user: { slug: 'giulia-ferri', email: 'giulia@example.test', locale: 'it' },
    workspace: { name: 'Studio Ferri', zone: 'Europe/Rome' },
    role: { builtIn: 'admin' },
    seat: { kind: 'sales', level: 'enterprise' },
  })
  expect((await browser.get('/me')).body).toEqual(body)
  const pages = await deps.db.inWorkspace(body.workspace.id, (tx) =>
    tx.prepared('', 'select from scheduling_pages join host_versions on user_id = owner_id', []),
  )
  expect(pages).toHaveLength(1)

  expect((await browser.get(`/setup?k=${key}`)).body).toEqual({ open: false, keyOk: false })
  expect(await browser.post('/setup', { ...FIRST, key })).toMatchObject({
    status: 409,
    body: { code: 'setup-closed' },
  })
  expect(await issueSetupKey(deps)).toBeNull()
})

test('F08 the setup key is 128 random bits, kept as a hash, replaced by the next one, gone after an hour', async () => {
  const { deps, clock, browser } = await begin()
  const keys = await Promise.all(Array.from({ length: 3 }, () => issueSetupKey(deps)))
  for (const key of keys) expect(key).toMatch(/^[0-9a-f]{32}$/)
  expect(new Set(keys).size).toBe(3)
  const key = (await issueSetupKey(deps))!
  const [row] = await deps.db.outside((tx) =>
    tx.prepared<{ setup_key_hash: Buffer }>('', 'select setup_key_hash from instance', []),
  )
  expect(row!.setup_key_hash.equals(createHash('sha256').update(key).digest())).toBe(true)
  for (const old of keys) expect((await browser.post('/setup', { ...FIRST, key: old })).status).toBe(403)
  clock.now += HOUR
  expect((await browser.get(`/setup?k=${key}`)).body).toEqual({ open: true, keyOk: false })
  expect((await browser.post('/setup', { ...FIRST, key })).status).toBe(403)
})

test('two first runs at the same moment make one workspace', async () => {
  const { deps } = await begin()
  const outcomes = await Promise.all(
    [1, 2, 3, 4].map((n) => setUp(deps, { ...FIRST, email: `admin${n}@example.test`, key: null })),
  )
  expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['closed', 'closed', 'closed', 'ready'])
})

test('what the console is given is checked as a form is', async () => {
  const { deps } = await begin()
  expect(
    await setUp(deps, { ...FIRST, email: 'giulia', password: 'short', zone: 'Europe/Nowhere', key: null }),
  ).toEqual({ kind: 'bad-input', fields: ['password', 'zone', 'email'] })
  expect((await setUp(deps, { ...FIRST, key: null })).kind).toBe('ready')
})

test('an invited colleague chooses a name and a password and can be booked at once', async () => {
  const { deps, boss, browser, invite, admin } = await withAdmin()
  const { path, link } = await invite('Luca@Example.test')
  expect(link).toMatch(/^http:\/\/localhost:3000\/invite\/[\w-]{54}$/)
  expect((await browser.get(path)).body).toEqual({
    email: 'Luca@Example.test',
    workspaceName: 'Studio Ferri',
    known: false,
  })
  const { status, body } = await browser.post<Me>(`${path}/accept`, NEW)
  expect(status).toBe(201)
  expect(body).toMatchObject({
    user: { email: 'Luca@Example.test', slug: 'luca-bruni' },
    seat: { kind: 'core', level: 'starter' },
    permissions: ['personal-email'],
  })
  expect((await browser.get('/me')).status).toBe(200)
  expect((await browser.get(path)).status).toBe(404)
  expect((await browser.post(`${path}/accept`, NEW)).status).toBe(404)
  expect((await boss.get<People>('/people')).body.invitations).toEqual([])
  const pages = await deps.db.inWorkspace(admin.workspaceId, (tx) =>
    tx.prepared('', 'select from scheduling_pages where owner_id = $1', [body.user.id]),
  )
  expect(pages).toHaveLength(1)
})

test('an invitation ends after a week, when it is taken back, and when a newer one goes out', async () => {
  const { clock, boss, browser, invite } = await withAdmin()
  const first = await invite('luca@example.test')
  const second = await invite('LUCA@example.test')
  expect((await browser.get(first.path)).status).toBe(404)
  expect((await browser.get(second.path)).status).toBe(200)
  expect((await boss.delete(`/invitations/${second.id}`)).status).toBe(204)
  expect((await browser.post(`${second.path}/accept`, NEW)).status).toBe(404)
  const third = await invite('luca@example.test')
  clock.now += 7 * DAY
  expect((await browser.get(third.path)).status).toBe(404)
  expect((await browser.post(`${third.path}/accept`, NEW)).status).toBe(404)
  for (const token of ['x', 'A'.repeat(54), 'A'.repeat(2000)])
    expect((await browser.get(`/invitations/by-token/${token}`)).status).toBeOneOf([400, 404])
})

test('one invitation accepted twice at the same moment makes one person', async () => {
  const { house, invite } = await withAdmin()
  const { path } = await invite('luca@example.test')
  const answers = await Promise.all(
    [1, 2, 3].map((n) => aBrowser(house).post(`${path}/accept`, { ...NEW, name: `Luca ${n}` })),
  )
  const [first, ...rest] = answers.map(({ status }) => status).sort((a, b) => a - b)
  expect(first).toBe(201)
  // Too late is told as a spent link or as an address that is now known, whichever was looked at last.
  for (const status of rest) expect(status).toBeOneOf([404, 409])
})

test('an invitation taken back while it is being accepted is either accepted or gone, never both', async () => {
  const { deps, boss, invite, admin } = await withAdmin()
  for (let round = 0; round < 12; round++) {
    const { id, link } = await invite(`luca${round}@example.test`)
    const read = readToken(link.split('/').at(-1)!)!
    const join = () =>
      deps.db.inWorkspace(admin.workspaceId, (tx) =>
        joinByInvitation(deps, tx, { ...read, ...NEW, name: `Luca ${round}`, passwordHash: 'none' }),
      )
    // A little later each time, so that the withdrawal meets every step of the other.
    const withdraw = async () => {
      await sleep(round / 3)
      return (await boss.delete(`/invitations/${id}`)).status
    }
    const [outcome, status] = await Promise.all([join(), withdraw()])
    expect([outcome.kind, status]).toBeOneOf([
      ['joined', 404],
      ['not-found', 204],
    ])
  }
})

test('F05 a user is never made over another, nor a slug or role of theirs changed', async () => {
  const { deps, admin, memberRole } = await withAdmin()
  const elsewhere = await aWorkspace(deps, { name: 'Altro Studio' })
  const known = await aColleague(deps, elsewhere.workspaceId, { email: 'known@example.test' })
  const people = () =>
    Promise.all(
      [admin, elsewhere].map(({ workspaceId }) =>
        deps.db.inWorkspace(workspaceId, (tx) =>
          tx.prepared(
            '',
            'select u::text, d::text from users u join directory d on d.subject_id = u.user_id order by 1, 2',
            [],
          ),
        ),
      ),
    )
  const before = await people()
  const draft = {
    workspaceId: admin.workspaceId,
    email: 'KNOWN@example.test',
    name: 'Thief',
    passwordHash: 'none',
    roleId: memberRole,
    locale: 'en',
    zone: 'UTC',
    seat: INVITED_SEAT,
  } as const
  expect(await deps.db.inWorkspace(admin.workspaceId, (tx) => createUser(tx, draft))).toEqual({
    kind: 'known-address',
  })
  expect(await people()).toEqual(before)
  expect(known.slug).toBe('luca-bruni')
})

test('F05 an invitation never touches an account that exists', async () => {
  const { deps, house, boss, invite, admin, memberRole } = await withAdmin()
  const elsewhere = await aWorkspace(deps, { name: 'Altro Studio' })
  const known = await aColleague(deps, elsewhere.workspaceId, { email: 'known@example.test' })
  const here = await aColleague(deps, admin.workspaceId, { email: 'here@example.test' })
  expect(await boss.post('/invitations', { email: 'HERE@example.test', roleId: memberRole })).toMatchObject({
    status: 409,
    body: { code: 'already-here' },
  })

  // Whether an address is known in another workspace is not told to who invites, only to who holds the letter.
  const { path } = await invite('known@example.test')
  const visitor = aBrowser(house)
  expect((await visitor.get(path)).body).toMatchObject({ known: true })
  const snapshot = () =>
    deps.db.inWorkspace(elsewhere.workspaceId, (tx) =>
      tx.prepared('', 'select u::text from users u order by 1', []),
    )
  const before = await snapshot()
  expect(await visitor.post(`${path}/accept`, { ...NEW, password: 'taken over by me' })).toMatchObject({
    status: 409,
    body: { code: 'known-address' },
  })
  expect(await snapshot()).toEqual(before)
  expect(visitor.jar.size).toBe(0)
  expect(
    (await aBrowser(house).post('/sessions', { email: known.email, password: 'taken over by me' })).status,
  ).toBe(401)
  expect(
    (await aBrowser(house).post<Me>('/sessions', { email: known.email, password: PASSWORD })).body.workspace
      .id,
  ).toBe(elsewhere.workspaceId)
  expect((await aBrowser(house).post('/sessions', { email: here.email, password: PASSWORD })).status).toBe(
    201,
  )
})

test('F20 the link of an invitation follows the configured address, never the request', async () => {
  const { deps, boss, memberRole, admin } = await withAdmin({ RITROVO_URL: 'http://localhost:3000/team' })
  const { body } = await boss.post<{ link: string }>(
    '/invitations',
    { email: 'luca@example.test', roleId: memberRole },
    { host: 'evil.test', 'x-forwarded-host': 'evil.test', 'x-forwarded-proto': 'https' },
  )
  expect(body.link).toMatch(/^http:\/\/localhost:3000\/team\/invite\/[\w-]{54}$/)
  const letters = await deps.db.inWorkspace(admin.workspaceId, (tx) =>
    tx.prepared<{ recipient: string; kind: string; state: string; source: Buffer }>(
      '',
      'select recipient, kind, state, source from letters',
      [],
    ),
  )
  expect(letters).toMatchObject([
    { recipient: 'luca@example.test', kind: 'team-invitation', state: 'practice' },
  ])
  expect(letters[0]!.source.toString()).not.toContain('evil')
})

test('F22 no stranger brings a key we did not ask for', async () => {
  const { browser, invite } = await withAdmin()
  const { path } = await invite('luca@example.test')
  for (const key of [
    'email',
    'roleId',
    'role',
    'id',
    'workspaceId',
    'tenantId',
    'seat',
    'createdAt',
    'status',
    '__proto__x',
  ])
    expect((await browser.post(`${path}/accept`, { ...NEW, [key]: 'x' })).status, key).toBe(400)
})
