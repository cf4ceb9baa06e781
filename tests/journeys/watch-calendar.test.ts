import { expect, test } from 'vitest'
import { DAY, HOUR, MINUTE } from '#core/time/model.ts'
import { pollCalendars } from '#server/calendars/poll.ts'
import { relistCalendars } from '#server/calendars/relist.ts'
import { syncCalendar } from '#server/calendars/sync.ts'
import { tasks as calendarTasks } from '#server/calendars/jobs.ts'
import { canBeKnocked, knockToken, watchCalendar, watchOverTask } from '#server/calendars/watch.ts'
import type { OAuthProvider } from '#server/connections/model.ts'
import { ask } from '#tests/connected.ts'
import { anOAuthWorld, ME, OAUTH, type WorldOptions } from '#tests/oauth-world.ts'
import { until } from '#tests/ritrovo.ts'
import type { Task } from '#server/platform/jobs.ts'

type Enqueued = { name: string; payload: Record<string, unknown> }

/** A listening world with one connected account; jobs are collected, to be run when a test says so, or really worked on. */
async function watched(provider: OAuthProvider, options: WorldOptions & { watch?: boolean } = {}) {
  const world = await anOAuthWorld({ listen: true, ...options })
  const { deps, workspaceId } = world
  const wanted: Enqueued[] = []
  if (!options.work)
    deps.jobs.enqueue = async (_tx, task, payload) =>
      void wanted.push({ name: task.name, payload: payload as Record<string, unknown> })
  await world.trip(provider)
  const [calendar] = (await world.connections())[0]!.calendars
  const ids = { workspaceId, calendarId: calendar!.id }
  const run = async (...names: string[]) => {
    for (const { name, payload } of wanted.splice(0).filter((one) => names.includes(one.name)))
      await (calendarTasks as Task<object>[]).find((task) => task.name === name)!.run(deps, payload)
  }
  const rows = () =>
    ask<{
      watch_id: string
      remote_id: string
      state: string
      expires_at: number
      last_knock_at: number | null
    }>(deps, workspaceId, 'select * from watches order by created_at')
  /** What the provider holds itself to. */
  const promised = () =>
    provider === 'google'
      ? [...world.google.store.channels.keys()]
      : [...world.microsoft.store.subscriptions.keys()]
  const put = (start: number) =>
    provider === 'google'
      ? void world.google.store.putEvent(ME.google, {
          summary: 'Elsewhere',
          start: { dateTime: new Date(start).toISOString() },
          end: { dateTime: new Date(start + HOUR).toISOString() },
        })
      : void world.microsoft.store.putEvent(world.microsoft.store.calendarOf(ME.microsoft).id, {
          subject: 'Elsewhere',
          start,
          end: start + HOUR,
        })
  const settled = () => world.practice[provider].settled()
  const knocks = () => wanted.filter(({ name }) => name === 'calendars.sync')
  const setting = { ...world, calendar: calendar!, ids, wanted, run, rows, promised, put, settled, knocks }
  if (!options.work && options.watch !== false) {
    await run('calendars.watch', 'calendars.sync')
    wanted.splice(0)
  }
  return setting
}

const soon = () => Math.ceil(Date.now() / HOUR) * HOUR + 30 * HOUR

test.each(OAUTH)(
  'B11 B17 %s: an account that can be knocked for is told of a change at once, and polled underneath',
  { timeout: 60_000 },
  async (provider) => {
    const s = await watched(provider, { tasks: calendarTasks, work: true })
    await until('the calendar is watched', async () => (await s.connections())[0]!.push === 'live')
    await until(
      'the calendar is read',
      async () => (await s.connections())[0]!.calendars[0]!.syncedAt !== null,
    )
    const start = soon()
    s.put(start)
    await until('the change is here without a poll', async () =>
      (
        await ask<{ at: number }>(s.deps, s.workspaceId, 'select first_start as at from calendar_events')
      ).some(({ at }) => at === start),
    )
    expect((await s.rows())[0]).toMatchObject({ state: 'live', last_knock_at: expect.any(Number) })
    await s.stop()
  },
)

test.each(OAUTH)('B09 %s: a hundred copies of one knock make two pulls at most', async (provider) => {
  const s = await watched(provider)
  s.put(soon())
  await s.settled()
  const first = s.practice[provider].pushes
    .filter((push) => !('kind' in push) || push.kind === 'change')
    .at(-1)!
  await new Promise((done) => setTimeout(done, 1_100))
  s.wanted.splice(0)
  const body = provider === 'google' ? undefined : JSON.stringify((first as { body: unknown }).body)
  const path = new URL('address' in first ? first.address : first.url).pathname
  const headers = 'headers' in first ? first.headers : { 'content-type': 'application/json' }
  for (let round = 0; round < 5; round++)
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const { status } = await s.app.request(path, { method: 'POST', headers, ...(body ? { body } : {}) })
        expect([202, 204]).toContain(status)
      }),
    )
  await new Promise((done) => setTimeout(done, 1_100))
  expect(s.knocks().length).toBeGreaterThan(0)
  expect(s.knocks().length).toBeLessThanOrEqual(2)
  // The queue would make one of them; run twice, nothing is there twice.
  for (const { payload } of s.knocks()) await syncCalendar.run(s.deps, payload as never)
  expect(await ask(s.deps, s.workspaceId, 'select 1 from calendar_events')).toHaveLength(1)
  await s.stop()
})

test('B10 an old knock, or one before its time, is only a knock: what it says about the past changes nothing', async () => {
  const s = await watched('google')
  s.put(soon())
  await s.settled()
  const push = s.google.pushes.findLast(({ state }) => state === 'exists')!
  await syncCalendar.run(s.deps, s.ids)
  const before = await ask(s.deps, s.workspaceId, 'select remote_id, etag, uid, seen_at from calendar_events')
  for (const number of ['9', '2', '1'])
    await s.app.request(new URL(push.address).pathname, {
      method: 'POST',
      headers: { ...push.headers, 'x-goog-message-number': number, 'x-goog-resource-state': 'not_exists' },
    })
  await syncCalendar.run(s.deps, s.ids)
  expect(
    await ask(s.deps, s.workspaceId, 'select remote_id, etag, uid, seen_at from calendar_events'),
  ).toEqual(before)
  await s.stop()
})

test('B11 when every knock is lost, a watched calendar is read again after five minutes', async () => {
  let clock = 0
  const s = await watched('microsoft', { now: () => Date.now() + clock })
  s.microsoft.store.deaf = true
  s.put(soon())
  const due = async () => {
    s.wanted.splice(0)
    await pollCalendars.run(s.deps, {})
    return s.knocks().length
  }
  clock = 4 * MINUTE
  expect(await due()).toBe(0)
  clock = 5 * MINUTE
  expect(await due()).toBe(1)
  await syncCalendar.run(s.deps, s.ids)
  expect(await ask(s.deps, s.workspaceId, 'select 1 from calendar_events')).toHaveLength(1)
  await s.stop()
})

test(
  'B12 a storm of knocks on fifty calendars is answered at once and makes two pulls for each at most',
  { timeout: 60_000 },
  async () => {
    const s = await watched('google')
    const { createHash, randomUUID } = await import('node:crypto')
    const tokens: string[] = []
    const secretHash = createHash('sha256').update('the secret').digest()
    for (let n = 0; n < 50; n++) {
      const watchId = randomUUID()
      const [calendar] = await ask<{ id: string }>(
        s.deps,
        s.workspaceId,
        `insert into calendars (workspace_id, connection_id, user_id, remote_id, name, writable, checked) select workspace_id, connection_id, user_id, 'storm-${n}', 'x', false, true from connections returning calendar_id as id`,
      )
      await ask(
        s.deps,
        s.workspaceId,
        `insert into watches (workspace_id, watch_id, calendar_id, connection_id, secret_hash, state, expires_at) select workspace_id, $1, $2, connection_id, $3, 'live', now() + interval '1 day' from connections`,
        [watchId, calendar!.id, secretHash],
      )
      tokens.push(knockToken(s.workspaceId, watchId))
    }
    const before = process.memoryUsage().heapUsed
    const took: number[] = []
    for (let round = 0; round < 50; round++)
      await Promise.all(
        tokens.map(async (token) => {
          const begun = performance.now()
          const { status } = await s.app.request(`/push/google/${token}`, {
            method: 'POST',
            headers: { 'x-goog-channel-token': 'the secret', 'x-goog-resource-state': 'exists' },
          })
          took.push(performance.now() - begun)
          expect(status).toBe(204)
        }),
      )
    await new Promise((done) => setTimeout(done, 1_300))
    const perCalendar = [...Map.groupBy(s.knocks(), ({ payload }) => payload['calendarId']).values()].map(
      (list) => list.length,
    )
    expect(perCalendar).toHaveLength(50)
    expect(Math.max(...perCalendar)).toBeLessThanOrEqual(Math.ceil(Math.max(...took) / 1000) + 2)
    // All but the first of each calendar need no database; on a busy machine the first fifty wait for one another.
    expect(took.toSorted((a, b) => a - b)[Math.floor(took.length * 0.9)]!).toBeLessThan(50)
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(128e6)
    await s.stop()
  },
)

test.each(OAUTH)(
  'B13 %s: forged knocks start nothing and learn nothing; whoever goes on is turned away',
  async (provider) => {
    const s = await watched(provider)
    const [row] = await s.rows()
    const right = knockToken(s.workspaceId, row!.watch_id)
    const limited = new Map<string, number>()
    s.deps.limiter.take = async (rule, key) => {
      limited.set(`${rule.name} ${key}`, (limited.get(`${rule.name} ${key}`) ?? 0) + 1)
      return limited.get(`${rule.name} ${key}`)! > rule.limit
        ? { kind: 'over', retryAfter: 7 }
        : { kind: 'within' }
    }
    const statuses = new Map<number, number>()
    for (let n = 0; n < 1_000; n++) {
      const token = [right, knockToken(s.workspaceId, s.workspaceId), 'x'.repeat(1 + (n % 70)), '../../etc'][
        n % 4
      ]!
      const wrong = n % 8 === 0 ? '' : `wrong ${n}`
      const { status } = await s.app.request(`/push/${provider}/${encodeURIComponent(token)}`, {
        method: 'POST',
        ...(provider === 'google'
          ? { headers: { 'x-goog-channel-token': wrong, 'x-goog-resource-state': 'exists' } }
          : {
              headers: { 'content-type': 'application/json' },
              body: JSON.stringify({
                value: [{ clientState: wrong, lifecycleEvent: n % 3 ? undefined : 'subscriptionRemoved' }],
              }),
            }),
      })
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
    expect(Object.fromEntries(statuses)).toEqual({ 204: 60, 429: 940 })
    expect(s.wanted).toEqual([])
    expect((await s.rows()).map(({ state }) => state)).toEqual(['live'])
    await s.stop()
  },
)

test.each(OAUTH)(
  'B13 %s: a knock for a provider other than its own, or for what is no list at all, is none',
  async (provider) => {
    const s = await watched(provider)
    const token = knockToken(s.workspaceId, (await s.rows())[0]!.watch_id)
    for (const body of [
      '',
      '[]',
      '{"value":1}',
      '{"value":[{"clientState":1}]}',
      JSON.stringify({ value: Array.from({ length: 1001 }, () => ({})) }),
    ])
      expect(
        (
          await s.app.request(`/push/microsoft/${token}`, {
            method: 'POST',
            body,
            headers: { 'content-type': 'application/json' },
          })
        ).status,
      ).toBe(204)
    expect((await s.app.request(`/push/google/${token}`, { method: 'POST' })).status).toBe(204)
    expect(s.wanted).toEqual([])
    await s.stop()
  },
)

test.each(OAUTH)(
  'B14 %s: a promise is renewed a day before its end, without a gap and without leaving one behind',
  async (provider) => {
    let clock = 0
    const s = await watched(provider, { now: () => Date.now() + clock })
    expect((await s.rows()).map(({ remote_id: id }) => id)).toEqual(s.promised())
    const [first] = await s.rows()
    clock = first!.expires_at - Date.now() - DAY - HOUR
    await watchOverTask.run(s.deps, {})
    expect(s.wanted.filter(({ name }) => name === 'calendars.watch')).toEqual([])

    clock = first!.expires_at - Date.now() - 20 * HOUR
    // For two hours the provider does not take it; the old promise stands, and it is tried again.
    s.practice[provider].faults.next({
      match: { path: /watch$|subscriptions/ },
      status: 503,
      body: 'down',
      times: 2,
    })
    for (const after of [0, 70 * MINUTE]) {
      clock += after
      await watchOverTask.run(s.deps, {})
      await s.run('calendars.watch')
      expect((await s.rows()).filter(({ state }) => state === 'live').map(({ watch_id: id }) => id)).toEqual([
        first!.watch_id,
      ])
    }
    s.practice[provider].faults.clear()
    clock += 70 * MINUTE
    await watchOverTask.run(s.deps, {})
    await s.run('calendars.watch')
    const live = (await s.rows()).filter(({ state }) => state === 'live')
    expect(live).toHaveLength(1)
    // How far it may reach is counted by the client's own clock, which does not run ahead here.
    expect(live[0]!.expires_at).toBeGreaterThan(first!.expires_at)
    expect(live.map(({ remote_id: id }) => id)).toEqual(s.promised())
    if (provider === 'google') expect(live[0]!.watch_id).not.toBe(first!.watch_id)
    else expect(live[0]!.watch_id).toBe(first!.watch_id)
    await s.stop()
  },
)

test('B14 a new promise comes before the old one is taken back, and one whose end failed is ended later', async () => {
  let clock = 0
  const s = await watched('google', { now: () => Date.now() + clock })
  const [first] = await s.rows()
  clock = first!.expires_at - Date.now() - 20 * HOUR
  s.google.faults.next({ match: { path: '/calendar/v3/channels/stop' }, status: 503, body: 'down' })
  const from = s.google.requests.length
  await watchCalendar.run(s.deps, s.ids)
  expect(
    s.google.requests
      .slice(from)
      .map(({ path }) => path.split('/').at(-1))
      .filter((name) => name === 'watch' || name === 'stop'),
  ).toEqual(['watch', 'stop'])
  expect(s.promised()).toHaveLength(2)
  await watchOverTask.run(s.deps, {})
  await s.run('calendars.watch')
  expect((await s.rows()).map(({ remote_id: id }) => id)).toEqual(s.promised())
  await s.stop()
})

test('B15 Graph’s words about its own promises: said yes to again, made anew, or looked after', async () => {
  const s = await watched('microsoft')
  const [first] = await s.rows()
  const subscription = s.microsoft.store.subscriptions.get(first!.remote_id)!
  expect(subscription.lifecycleNotificationUrl).toContain('/push/microsoft/')

  await s.microsoft.lifecycle('reauthorizationRequired')
  await s.settled()
  const from = s.microsoft.requests.length
  await s.run('calendars.watch')
  expect(
    s.microsoft.requests.slice(from).map(({ method, path }) => `${method} ${path.split('/')[2]}`),
  ).toContain('PATCH subscriptions')
  expect((await s.rows()).map(({ watch_id: id }) => id)).toEqual([first!.watch_id])

  await s.microsoft.lifecycle('missed')
  await s.settled()
  expect(s.knocks()).toHaveLength(1)
  s.wanted.splice(0)

  await s.microsoft.lifecycle('subscriptionRemoved')
  await s.settled()
  expect(s.knocks()).toHaveLength(1)
  await s.run('calendars.watch')
  const now = await s.rows()
  expect(now).toHaveLength(1)
  expect(now[0]!.watch_id).not.toBe(first!.watch_id)
  expect(now.map(({ remote_id: id }) => id)).toEqual(s.promised())
  await s.stop()
})

test('B16 Graph’s handshake gets its word back as plain text, nothing else does, and markup stays text', async () => {
  const s = await watched('microsoft')
  const token = knockToken(s.workspaceId, (await s.rows())[0]!.watch_id)
  const word = '<script>alert(1)</script> Validation: Testing & more'
  const path = (provider: string) => `/push/${provider}/${token}?validationToken=${encodeURIComponent(word)}`
  const answer = await s.app.request(path('microsoft'), { method: 'POST' })
  expect(answer.status).toBe(200)
  expect(await answer.text()).toBe(word)
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain/)
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  expect(await (await s.app.request(path('google'), { method: 'POST' })).text()).toBe('')
  expect((await s.app.request(path('microsoft'))).status).toBe(404)
  expect(
    (await s.app.request(`/push/microsoft/${token}?validationToken=${'x'.repeat(3000)}`, { method: 'POST' }))
      .status,
  ).toBe(400)
  await s.stop()
})

test('a server that nobody can reach from outside asks for no knocks', async () => {
  const at = (url: string | null, ...egressAllow: string[]) => canBeKnocked({ url, egressAllow })
  expect([at('https://meet.studioferri.it'), at('http://localhost:3000', 'localhost:3000')]).toEqual([
    true,
    true,
  ])
  expect([
    at(null),
    at('http://meet.studioferri.it'),
    at('http://localhost:3000'),
    at('https://localhost'),
    at('https://192.168.1.4'),
    at('https://nas.local'),
  ]).toEqual([false, false, false, false, false, false])
  const s = await anOAuthWorld()
  await s.trip('google')
  const [calendar] = (await s.connections())[0]!.calendars
  await watchCalendar.run(s.deps, { workspaceId: s.workspaceId, calendarId: calendar!.id })
  expect(s.google.store.channels.size).toBe(0)
  await s.stop()
})

test.each(OAUTH)(
  'J08 %s: what is disconnected is ended at its provider too: no promise and, where it can be, no grant is left',
  async (provider) => {
    const s = await watched(provider)
    expect(s.promised()).toHaveLength(1)
    const { connected } = { connected: (await s.connections())[0]!.id }
    expect((await s.browser.delete(`/connections/${connected}`)).status).toBe(200)
    const payload = JSON.stringify(s.wanted)
    expect(payload).not.toMatch(/ya29|refresh_token|"1\/\//)
    await s.run('calendars.farewell')
    expect(s.promised()).toEqual([])
    if (provider === 'google') {
      expect(s.google.requests.some(({ path }) => path === '/revoke')).toBe(true)
      expect([...s.google.store.grants.refresh.keys()]).toEqual([])
    }
    await s.stop()
  },
)

test.each(OAUTH)('a calendar that is no longer used is no longer watched (%s)', async (provider) => {
  const s = await watched(provider)
  const more =
    provider === 'google'
      ? s.google.store.addCalendar(ME.google, { summary: 'Home' }).id
      : s.microsoft.store.addCalendar(ME.microsoft, { name: 'Home' }).id
  const [{ user_id: userId, connection_id: connectionId }] = (await ask<{
    user_id: string
    connection_id: string
  }>(s.deps, s.workspaceId, 'select * from connections')) as [{ user_id: string; connection_id: string }]
  await relistCalendars.run(s.deps, { workspaceId: s.workspaceId, userId, connectionId })
  const home = (await s.connections())[0]!.calendars.find(({ name }) => name === 'Home')!
  expect(home).toMatchObject({ checked: false, health: 'unread' })
  await s.browser.patch(`/calendars/${home.id}`, { checked: true })
  await s.run('calendars.watch')
  expect(s.promised()).toHaveLength(2)
  await s.browser.patch(`/calendars/${home.id}`, { checked: false })
  await s.run('calendars.unwatch')
  expect(s.promised()).toHaveLength(1)

  // B27: it goes at the provider while it is in use. Its owner is told, once, and keeps what was last seen.
  await s.browser.patch(`/calendars/${home.id}`, { checked: true })
  if (provider === 'google') s.google.store.removeCalendar(more)
  else s.microsoft.store.calendars.delete(more)
  for (let turn = 0; turn < 2; turn++)
    await relistCalendars.run(s.deps, { workspaceId: s.workspaceId, userId, connectionId })
  expect(await ask(s.deps, s.workspaceId, 'select kind from letters')).toEqual([{ kind: 'connection-gone' }])
  await s.stop()
})
