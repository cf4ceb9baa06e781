import { afterAll, beforeAll, expect, test } from 'vitest'
import { HOUR, MINUTE } from '#core/time/model.ts'
import { publishEvent, withdrawEvent } from '#server/calendars/write-event.ts'
import { syncCalendar } from '#server/calendars/sync.ts'
import { aWorkspace } from '#tests/database.ts'
import { ask } from '#tests/connected.ts'
import { signedInAs } from '#tests/house.ts'
import { anOAuthWorld, ME, OAUTH, type OAuthWorld } from '#tests/oauth-world.ts'

let world: OAuthWorld
let clock = 0
beforeAll(async () => {
  world = await anOAuthWorld({ now: () => Date.now() + clock })
})
afterAll(() => world.stop())

type Entry = {
  id: string
  act: string
  feature: string
  calendar: string | null
  subject: string | null
  times: number
  firstAt: number
  lastAt: number
  account: string
}

test.each(OAUTH)(
  '%s: every read and write stands in the ledger with its feature, reads of an hour in one line',
  async (provider) => {
    const who = await aWorkspace(world.deps)
    const { workspaceId } = who
    const browser = await signedInAs(world.deps, world.app, who)
    const { connected } = await world.trip(provider, undefined, {}, browser)
    const [connection] = await world.connections(browser)
    const calendar = connection!.calendars.find(({ destination }) => destination)!
    const ids = { workspaceId, calendarId: calendar.id }
    // Begin within an hour of the clock, so that its end does not fall between two reads.
    clock = HOUR - (Date.now() % HOUR) + MINUTE
    const ledger = async () =>
      (await browser.get<{ entries: Entry[]; next: string | null }>('/access-ledger')).body.entries
    for (let n = 0; n < 5; n++) {
      await ask(world.deps, workspaceId, 'update calendars set attempted_at = null, wait_until = null')
      await syncCalendar.run(world.deps, ids)
    }
    const reads = (await ledger()).filter(({ act, feature }) => act === 'read' && feature === 'sync')
    expect(reads).toMatchObject([
      { calendar: calendar.name, times: expect.any(Number), account: ME[provider] },
    ])
    expect(reads[0]!.times).toBeGreaterThanOrEqual(5)
    // Seen again after more was read within the hour, it is the same line grown.
    await ask(world.deps, workspaceId, 'update calendars set attempted_at = null, wait_until = null')
    await syncCalendar.run(world.deps, ids)
    const grown = (await ledger()).find(({ id }) => id === reads[0]!.id)!
    expect(grown.times).toBeGreaterThan(reads[0]!.times)
    clock += HOUR
    await syncCalendar.run(world.deps, ids)
    expect((await ledger()).filter(({ act, feature }) => act === 'read' && feature === 'sync')).toHaveLength(
      2,
    )

    const start = Math.ceil(Date.now() / HOUR) * HOUR + 50 * HOUR
    const draft = {
      uid: `ledger-${provider}@ritrovo.test`,
      sequence: 0,
      span: { start, end: start + HOUR },
      zone: 'Europe/Rome',
      title: '=Consulenza, "prima"',
      description: '',
      location: '',
      url: null,
      organizer: { name: 'Giulia', email: ME[provider] },
      attendees: [],
    }
    const written = await publishEvent(world.deps, { ...ids, draft, remoteId: null })
    expect(written.kind).toBe('standing')
    await withdrawEvent(world.deps, {
      ...ids,
      uid: draft.uid,
      remoteId: written.kind === 'standing' ? written.remoteId : null,
    })
    const acts = (await ledger()).filter(({ feature, act }) => feature === 'booking' && act !== 'read')
    expect(acts.map(({ act, subject }) => [act, subject]).toSorted()).toEqual([
      ['create', draft.title],
      ['delete', null],
    ])

    const file = await world.app.request('/api/v1/access-ledger.csv', {
      headers: { cookie: [...browser.jar].map(([name, value]) => `${name}=${value}`).join('; ') },
    })
    expect(file.headers.get('content-type')).toMatch(/^text\/csv/)
    const text = await file.text()
    expect(text.split('\r\n')[0]).toBe('account,provider,feature,act,calendar,subject,times,firstAt,lastAt')
    // A spreadsheet would compute what begins with an equals sign (I20).
    expect(text).toContain(`"'=Consulenza, ""prima"""`)
    expect(
      (await browser.get<{ entries: Entry[] }>(`/access-ledger?connection=${connected}`)).body.entries.length,
    ).toBeGreaterThan(0)
    expect((await browser.get('/access-ledger?cursor=nonsense')).status).toBe(400)
    const stranger = await signedInAs(world.deps, world.app, await aWorkspace(world.deps))
    expect((await stranger.get<{ entries: Entry[] }>('/access-ledger')).body.entries).toEqual([])
    clock = 0
  },
)

test('the ledger is read page by page, each line once', async () => {
  const who = await aWorkspace(world.deps)
  const browser = await signedInAs(world.deps, world.app, who)
  const { connected } = await world.trip('google', undefined, {}, browser)
  await ask(
    world.deps,
    who.workspaceId,
    `insert into access_ledger (workspace_id, connection_id, user_id, feature, act, subject, first_at, last_at)
     select $1, $2, $3, 'booking', 'create', n::text, to_timestamp(1700000000 + n / 3), to_timestamp(1700000000 + n / 3) from generate_series(1, 120) n`,
    [who.workspaceId, connected, who.userId],
  )
  const seen: string[] = []
  let cursor = ''
  for (let pages = 0; pages < 9; pages++) {
    const { body } = await browser.get<{ entries: Entry[]; next: string | null }>(`/access-ledger${cursor}`)
    seen.push(...body.entries.map(({ id }) => id))
    if (body.next === null) break
    cursor = `?cursor=${encodeURIComponent(body.next)}`
  }
  const all = await ask(world.deps, who.workspaceId, 'select 1 from access_ledger')
  expect(seen).toHaveLength(all.length)
  expect(new Set(seen).size).toBe(seen.length)
})

test.each(OAUTH)(
  '%s: a client that an admin enters is kept sealed, tested at its provider, and used for all',
  async (provider) => {
    const who = await aWorkspace(world.deps)
    const browser = await signedInAs(world.deps, world.app, who)
    const right = {
      clientId: world.practice[provider].clientId,
      clientSecret: world.practice[provider].clientSecret,
      testing: false,
    }
    const test = async () =>
      (await browser.post<{ outcome: string; detail: string }>(`/provider-apps/${provider}/test`)).body
    const apps = async () =>
      (
        await browser.get<{
          apps: {
            provider: string
            source: string
            clientId: string | null
            redirectUri: string
            testOutcome: string | null
          }[]
        }>('/provider-apps')
      ).body.apps
    expect((await apps()).find((app) => app.provider === provider)).toMatchObject({
      source: 'settings',
      clientId: right.clientId,
      redirectUri: `http://localhost:3000/oauth/${provider}/callback`,
      testOutcome: null,
    })
    expect(
      await browser.put(`/provider-apps/${provider}`, { clientId: 'other', testing: false }),
    ).toMatchObject({ status: 400, body: { fields: { clientSecret: 'too-short' } } })

    await browser.put(`/provider-apps/${provider}`, right)
    expect(await test()).toMatchObject({ outcome: 'good' })
    await browser.put(`/provider-apps/${provider}`, { clientId: right.clientId, testing: true })
    expect((await apps()).find((app) => app.provider === provider)).toMatchObject({
      source: 'workspace',
      testOutcome: null,
    })
    expect(await test()).toMatchObject({ outcome: 'good' })
    await browser.put(`/provider-apps/${provider}`, { ...right, clientSecret: 'wrong' })
    expect((await test()).outcome).toBe('wrong-secret')
    expect((await apps()).find((app) => app.provider === provider)).toMatchObject({
      testOutcome: 'wrong-secret',
    })
    await browser.put(`/provider-apps/${provider}`, {
      ...right,
      clientId: '00000000-0000-0000-0000-000000000000',
    })
    const unknown = await test()
    expect(unknown.outcome).toBe('unknown-client')
    expect(unknown.detail).toMatch(/does not know this client ID/)
    world.practice[provider].faults.next({ match: { path: /\/token$/ }, cut: 'before' })
    expect((await test()).outcome).toBe('unreachable')

    const rows = JSON.stringify(await ask(world.deps, who.workspaceId, 'select * from provider_apps'))
    expect(rows).not.toContain(right.clientSecret)
    expect(JSON.stringify(await apps())).not.toContain(right.clientSecret)
    expect((await browser.delete(`/provider-apps/${provider}`)).status).toBe(204)
    expect((await browser.delete(`/provider-apps/${provider}`)).status).toBe(404)
  },
)

test('provider apps are an admin’s matter', async () => {
  const who = await aWorkspace(world.deps)
  const { aColleague } = await import('#tests/house.ts')
  const member = await signedInAs(world.deps, world.app, await aColleague(world.deps, who.workspaceId))
  const answers = await Promise.all([
    member.get('/provider-apps'),
    member.put('/provider-apps/google', { clientId: 'x', clientSecret: 'y', testing: false }),
    member.post('/provider-apps/google/test'),
    member.delete('/provider-apps/google'),
  ])
  expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403])
})
