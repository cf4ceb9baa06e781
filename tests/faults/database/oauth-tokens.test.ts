import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, inject, test } from 'vitest'
import { DAY, HOUR, MINUTE } from '#core/time/model.ts'
import { foreseeTask } from '#server/connections/foresee.ts'
import { openConnection } from '#server/connections/session.ts'
import { syncCalendar } from '#server/calendars/sync.ts'
import { readHostCalendars } from '#server/calendars/busy.ts'
import { AccessRevoked, SlowDown } from '#server/providers/provider.ts'
import { ask } from '#tests/connected.ts'
import { aColleague } from '#tests/house.ts'
import { anOAuthWorld, ME, OAUTH, type OAuthWorld, type WorldOptions } from '#tests/oauth-world.ts'
import type { Order } from '../token-child.ts'

async function connected(provider: 'google' | 'microsoft', options: WorldOptions = {}) {
  const world = await anOAuthWorld(options)
  const { connected: connectionId } = await world.trip(provider)
  const { deps, workspaceId } = world
  const row = async () =>
    (
      await ask<{
        state: string
        reason: string | null
        sealed_secret: string
        sealed_refresh: string
        refresh_fence: number
        refresh_lease_until: number | null
        refresh_started_at: number | null
      }>(deps, workspaceId, 'select * from connections')
    )[0]!
  /** As if an hour had passed since the last renewal. */
  const runOut = () =>
    ask(deps, workspaceId, `update connections set access_expires_at = now() - interval '1 minute'`)
  const renewals = () =>
    world.practice[provider].requests.filter(
      ({ path, body }) => path.endsWith('/token') && JSON.stringify(body).includes('refresh_token'),
    ).length
  const list = async () => {
    const { session, provider: client } = await openConnection(deps, workspaceId, connectionId!)
    return client.listCalendars(session)
  }
  return { ...world, connectionId: connectionId!, row, runOut, renewals, list }
}
type Connected = Awaited<ReturnType<typeof connected>>

/** A process that does what it is told, line by line. */
function aProcess(s: Connected & { address: OAuthWorld['address'] }, jobs: number, failpoint?: string) {
  const { google, microsoft, folder, address, workspaceId, connectionId } = s
  const env = {
    ...google.settings,
    ...microsoft.settings,
    RITROVO_DATA: folder,
    RITROVO_URL: 'http://localhost:3000',
    RITROVO_EGRESS_ALLOW: `localhost:${google.port},localhost:${microsoft.port}`,
  }
  const order: Order = { address, env, workspaceId, connectionId, jobs }
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, '..', 'token-child.ts'), JSON.stringify(order)],
    {
      env: { ...process.env, NODE_ENV: 'test', ...(failpoint ? { RITROVO_FAILPOINT: failpoint } : {}) },
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async () => String((await lines.next()).value)
  return {
    ready: next(),
    ended: new Promise<string | null>((done) => child.once('close', (_, signal) => done(signal))),
    go: async (): Promise<string[]> => {
      child.stdin.write('go\n')
      return JSON.parse(await next()) as string[]
    },
    /** On a busy machine a try may fail before it comes to the point: it is told again. */
    async untilKilled(): Promise<string | null> {
      await this.ready
      for (let tries = 0; tries < 20; tries++) {
        child.stdin.write('go\n')
        if ((await next()) === 'undefined') break
      }
      return this.ended
    },
    end: () => child.stdin.write('end\n'),
  }
}

// The lock is the database's own business; what is ours is tried long on one server and once more on the other.
const ROUNDS = inject('cluster').host.includes('pg18') ? 100 : 5

test.each(OAUTH)(
  'C13 I13 %s: of forty jobs in two processes that find a token run out, one renews it, time after time',
  { timeout: 180_000 },
  async (provider) => {
    const s = await connected(provider)
    // The strictest provider seen: a refresh token works once, and coming twice kills the whole family.
    s.microsoft.store.rotation = 'killed'
    const processes = [aProcess(s, 20), aProcess(s, 20)]
    await Promise.all(processes.map(({ ready }) => ready))
    for (let round = 0; round < ROUNDS; round++) {
      const before = s.renewals()
      // Half of the time the token has run out by our clock, half of the time by the provider's alone (C32).
      if (round % 2 === 0) await s.runOut()
      else s.practice[provider].store.expireTokens()
      const outcomes = (await Promise.all(processes.map((one) => one.go()))).flat()
      expect(new Set(outcomes)).toEqual(new Set(['listed']))
      expect(s.renewals() - before).toBe(1)
    }
    expect(await s.row()).toMatchObject({
      state: 'connected',
      refresh_lease_until: null,
      refresh_started_at: null,
    })
    for (const one of processes) one.end()
    await Promise.all(processes.map(({ ended }) => ended))
  },
)

test(
  'C14 a process killed between the answer and its saving: the old token is tried again, inside its grace it serves',
  { timeout: 60_000 },
  async () => {
    const s = await connected('microsoft')
    s.microsoft.store.rotation = 'killed'
    s.microsoft.store.rotationGrace = MINUTE
    await s.runOut()
    const doomed = aProcess(s, 1, 'token_before_save=kill9@1')
    expect(await doomed.untilKilled()).toBe('SIGKILL')
    const left = await s.row()
    expect(left.refresh_started_at).not.toBeNull()
    await ask(
      s.deps,
      s.workspaceId,
      `update connections set refresh_lease_until = now() - interval '1 second'`,
    )
    expect(await s.list()).not.toEqual([])
    expect(await s.row()).toMatchObject({
      state: 'connected',
      refresh_started_at: null,
      refresh_lease_until: null,
    })
    expect((await s.row()).sealed_refresh).not.toBe(left.sealed_refresh)
  },
)

test(
  'C14 I23 outside its grace the lost token is a dead grant: one letter that says what to do, and no loop',
  { timeout: 60_000 },
  async () => {
    const s = await connected('microsoft')
    s.microsoft.store.rotation = 'killed'
    await s.runOut()
    const doomed = aProcess(s, 1, 'token_before_save=kill9@1')
    expect(await doomed.untilKilled()).toBe('SIGKILL')
    await ask(
      s.deps,
      s.workspaceId,
      `update connections set refresh_lease_until = now() - interval '1 second'`,
    )
    const before = s.renewals()
    const [calendar] = (await s.connections())[0]!.calendars
    for (let turn = 0; turn < 3; turn++)
      await syncCalendar.run(s.deps, { workspaceId: s.workspaceId, calendarId: calendar!.id })
    expect(s.renewals() - before).toBe(1)
    expect(await s.row()).toMatchObject({ state: 'broken', reason: 'signed-out' })
    expect(await ask(s.deps, s.workspaceId, `select kind, recipient from letters`)).toEqual([
      { kind: 'connection-broken', recipient: s.email },
    ])
  },
)

test.each(OAUTH)(
  'C15 %s: a refusal that another process’s renewal explains is none: what stands now is read again and used',
  async (provider) => {
    const s = await connected(provider)
    const [stale] = [await s.row()]
    await s.runOut()
    await s.list()
    const fresh = await s.row()
    expect(fresh.sealed_secret).not.toBe(stale!.sealed_secret)
    // As if this process had begun before the other had saved: it asks with the old token and is refused.
    await ask(
      s.deps,
      s.workspaceId,
      `update connections set sealed_secret = '${stale!.sealed_secret}', sealed_refresh = '${stale!.sealed_refresh}'`,
    )
    await s.runOut()
    s.practice[provider].faults.next({
      match: { path: /\/token$/ },
      status: 400,
      headers: { 'content-type': 'application/json' },
      body: { error: 'invalid_grant', error_description: 'too late' },
      delayMs: 400,
    })
    const listing = s.list()
    await new Promise((done) => setTimeout(done, 150))
    await ask(
      s.deps,
      s.workspaceId,
      `update connections set sealed_secret = '${fresh.sealed_secret}', sealed_refresh = '${fresh.sealed_refresh} ', access_expires_at = now() + interval '1 hour'`,
    )
    expect(await listing).not.toEqual([])
    expect(await s.row()).toMatchObject({ state: 'connected', reason: null })
  },
)

test.each(OAUTH)(
  'C15 CAL-EXPIRED %s: a grant its owner took back: broken once, one letter, pages take requests, one click repairs it',
  async (provider) => {
    const s = await connected(provider)
    const [calendar] = (await s.connections())[0]!.calendars
    await syncCalendar.run(s.deps, { workspaceId: s.workspaceId, calendarId: calendar!.id })
    s.practice[provider].store.revokeGrant(ME[provider])
    s.practice[provider].store.expireTokens()
    await syncCalendar.run(s.deps, { workspaceId: s.workspaceId, calendarId: calendar!.id })
    await syncCalendar.run(s.deps, { workspaceId: s.workspaceId, calendarId: calendar!.id })
    expect(await s.connections()).toMatchObject([{ state: 'broken', reason: 'signed-out' }])
    const known = await s.deps.db.inWorkspace(s.workspaceId, (tx) =>
      readHostCalendars(tx, [s.userId], s.deps.now()),
    )
    expect(known.get(s.userId)).toMatchObject({ usable: 'no', reason: 'broken' })
    const letters = await ask<{ kind: string; source: Buffer }>(
      s.deps,
      s.workspaceId,
      'select kind, source from letters',
    )
    expect(letters.map(({ kind }) => kind)).toEqual(['connection-broken'])
    const name = provider === 'google' ? 'Google' : 'Microsoft'
    expect(letters[0]!.source.toString().replace(/=\r\n/g, '')).toContain(
      `${name} signed us out. Your pages now take requests only.`,
    )
    const again = await s.trip(
      provider,
      { email: ME[provider] },
      { purpose: 'reconnect', connectionId: s.connectionId },
    )
    expect(again.connected).toBe(s.connectionId)
    expect(await s.connections()).toMatchObject([{ state: 'connected', reason: null }])
  },
)

test.each(OAUTH)(
  'C32 %s: refused in the middle of its work, an account renews once and goes on where it was',
  async (provider) => {
    const s = await connected(provider)
    const { session, provider: client } = await openConnection(s.deps, s.workspaceId, s.connectionId)
    await client.listCalendars(session)
    s.practice[provider].store.expireTokens()
    const before = s.renewals()
    for (let n = 0; n < 5; n++) expect(await client.listCalendars(session)).not.toEqual([])
    expect(s.renewals() - before).toBe(1)
  },
)

test.each(OAUTH)(
  'C32 %s: a token that is refused although it is fresh ends the grant, not in a circle',
  async (provider) => {
    const s = await connected(provider)
    const opened = await openConnection(s.deps, s.workspaceId, s.connectionId)
    s.practice[provider].faults.next({
      match: { path: /calendarList|\/me\/calendars/ },
      status: 401,
      body: '{}',
      times: 9,
    })
    const before = s.renewals()
    await expect(opened.provider.listCalendars(opened.session)).rejects.toThrow(AccessRevoked)
    expect(s.renewals() - before).toBe(1)
  },
)

test.each(OAUTH)(
  'a provider that gives no token just now costs nobody their grant (%s)',
  async (provider) => {
    const s = await connected(provider)
    await s.runOut()
    for (const fault of [
      { status: 503, body: 'down' },
      { status: 200, body: '<html>' },
      { cut: 'before' as const },
    ]) {
      s.practice[provider].faults.next({ match: { path: /\/token$/ }, ...fault })
      await expect(s.list()).rejects.toThrow(/gave no token/)
      expect(await s.row()).toMatchObject({ state: 'connected', refresh_lease_until: null })
    }
    expect(await s.list()).not.toEqual([])
  },
)

test('while another process renews, whoever waits too long asks the queue for patience instead of the provider', async () => {
  const s = await connected('google')
  await s.runOut()
  await ask(
    s.deps,
    s.workspaceId,
    `update connections set refresh_lease_until = now() + interval '1 hour', refresh_fence = refresh_fence + 1`,
  )
  await expect(s.list()).rejects.toThrow(SlowDown)
  expect(s.renewals()).toBe(0)
})

test.each(OAUTH)(
  'a client that its provider no longer knows is the admins’ matter: told to them, and nobody is signed out (%s)',
  async (provider) => {
    const s = await connected(provider)
    const admin = await aColleague(s.deps, s.workspaceId, { builtIn: 'admin' })
    await s.browser.put(`/provider-apps/${provider}`, {
      clientId: s.practice[provider].clientId,
      clientSecret: 'run-out',
      testing: false,
    })
    await s.runOut()
    const [calendar] = (await s.connections())[0]!.calendars
    for (let turn = 0; turn < 2; turn++) {
      await syncCalendar.run(s.deps, { workspaceId: s.workspaceId, calendarId: calendar!.id })
      await ask(s.deps, s.workspaceId, 'update calendars set wait_until = null')
    }
    expect(await s.connections()).toMatchObject([
      { state: 'connected', calendars: [expect.objectContaining({ trouble: 'app-refused' })] },
    ])
    const told = await ask<{ kind: string; recipient: string }>(
      s.deps,
      s.workspaceId,
      'select kind, recipient from letters order by recipient',
    )
    expect(told).toEqual(
      [admin.email, s.email].toSorted().map((recipient) => ({ kind: 'connection-app-refused', recipient })),
    )
    await s.browser.delete(`/provider-apps/${provider}`)
    expect(await s.list()).not.toEqual([])
  },
)

test('C16 a grant that ends after seven days is announced on the third and the sixth, to its owner and the admins, and told when it ends', async () => {
  let clock = 0
  const s = await anOAuthWorld({ now: () => Date.now() + clock })
  const admin = await aColleague(s.deps, s.workspaceId, { builtIn: 'admin' })
  s.google.store.addUser({ email: 'tester@gmail.test', name: 'Tester', testing: true })
  await s.trip('google', { email: 'tester@gmail.test' })
  const letters = async () =>
    (
      await ask<{ kind: string; recipient: string }>(
        s.deps,
        s.workspaceId,
        'select kind, recipient from letters',
      )
    )
      .map(
        ({ kind, recipient }) =>
          `${kind} ${recipient === s.email ? 'owner' : recipient === admin.email ? 'admin' : recipient}`,
      )
      .toSorted()
  const look = async (after: number) => {
    clock = after
    await foreseeTask.run(s.deps, {})
    return letters()
  }
  expect(await look(2 * DAY)).toEqual([])
  const third = ['connection-dying owner', 'connection-dying-admin admin']
  expect(await look(3 * DAY + HOUR)).toEqual(third)
  expect(await look(4 * DAY)).toEqual(third)
  expect(await look(6 * DAY + HOUR)).toEqual([...third, ...third].toSorted())
  expect(await look(6 * DAY + 2 * HOUR)).toHaveLength(4)
  clock = 7 * DAY + HOUR
  const [calendar] = (await s.connections())[0]!.calendars
  await syncCalendar.run(s.deps, { workspaceId: s.workspaceId, calendarId: calendar!.id })
  expect((await letters()).filter((one) => !one.includes('dying'))).toEqual([
    'connection-broken owner',
    'connection-died-admin admin',
  ])
  expect(await s.connections()).toMatchObject([{ state: 'broken', reason: 'signed-out' }])
  await s.stop()
})
