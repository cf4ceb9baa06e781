import { expect, test } from 'vitest'
import { at } from '#server/platform/database.ts'
import { aConnection, ask } from '#tests/connected.ts'
import { aWorkspace, freshDatabase } from '#tests/database.ts'
import { aColleague, aHouse, signedInAs, type Browser, type Refusal } from '#tests/house.ts'
import { beginHost } from './begin-host.ts'
import type { Page, Schedule } from './model.ts'
import { routes } from './routes.ts'

async function anOffice() {
  const { deps } = await freshDatabase()
  const giulia = await aWorkspace(deps, { locale: 'it' })
  const luca = await aColleague(deps, giulia.workspaceId)
  await ask(deps, giulia.workspaceId, 'delete from host_versions')
  await deps.db.inWorkspace(giulia.workspaceId, async (tx) => {
    await beginHost(tx, giulia)
    await beginHost(tx, { ...luca, locale: 'it', zone: 'Europe/Rome' })
  })
  const house = aHouse(deps, routes)
  return { deps, giulia, luca, house, boss: await signedInAs(deps, house, giulia), colleague: await signedInAs(deps, house, luca) }
}
const pagesOf = async (browser: Browser) => (await browser.get<{ pages: Page[] }>('/pages')).body.pages
const mine = async (browser: Browser) => (await pagesOf(browser)).find((page) => page.mine)!
const schedulesOf = async (browser: Browser) => (await browser.get<{ schedules: Schedule[] }>('/schedules')).body.schedules

test('a new host has usual hours in their zone and one page that takes requests, and beginning twice begins once', async () => {
  const { deps, giulia, boss } = await anOffice()
  await deps.db.inWorkspace(giulia.workspaceId, (tx) => beginHost(tx, giulia))
  const [hours, ...moreHours] = await schedulesOf(boss)
  expect(moreHours).toEqual([])
  const day = [{ from: 540, to: 780 }, { from: 840, to: 1080 }]
  expect(hours).toMatchObject({ name: 'Orario di lavoro', zone: 'Europe/Rome', weekly: [day, day, day, day, day, [], []], overrides: [], isDefault: true, version: 1 })
  const [page, ...morePages] = (await pagesOf(boss)).filter((one) => one.mine)
  expect(morePages).toEqual([])
  expect(page).toMatchObject({
    slug: 'incontro', hostSlug: giulia.slug, url: `/${giulia.slug}/incontro`, open: true, listed: true, locale: 'auto', state: 'offline', offlineReason: 'no-calendar', mayEdit: true, bookings: 0, requests: 0,
    eventType: { title: 'Primo incontro', durations: [30], assignment: 'solo', hosts: [{ id: giulia.userId, name: 'Giulia Ferri', priority: 0 }], reminders: [{ n: 1, unit: 'days' }], whenUnreadable: { kind: 'requests' }, version: 1 },
  })
})

test('S-008 S-009 S-010 pages are seen, edited and made without any calendar', async () => {
  const { boss } = await anOffice()
  const made = await boss.post<Page>('/pages', { title: 'Demo del prodotto', duration: 45 })
  expect(made).toMatchObject({ status: 201, body: { slug: 'demo-del-prodotto', state: 'offline', offlineReason: 'no-calendar', eventType: { title: 'Demo del prodotto', durations: [45], increment: 30 } } })
  const seen = await boss.get<Page>(`/pages/${made.body.id}`)
  expect(seen.body).toEqual(made.body)
  const edited = await boss.patch<Page>(`/pages/${made.body.id}`, {
    version: 1, slug: 'demo', listed: false, locale: 'en',
    eventType: { description: 'Prima riga\nseconda', durations: [30, 60], consent: { required: true, text: 'Va bene?' }, perDay: 4, whenUnreadable: { kind: 'last-known', hours: 12 }, location: { kind: 'video', value: 'https://video.example.test/r' } },
  })
  expect(edited).toMatchObject({ status: 200, body: { slug: 'demo', listed: false, locale: 'en', eventType: { title: 'Demo del prodotto', description: 'Prima riga\nseconda', durations: [30, 60], perDay: 4, version: 2 } } })
  expect((await boss.get<Page>(`/pages/${made.body.id}`)).body).toEqual(edited.body)
})

test('a page of a connected host whose calendar was just read is active, and offline when it grows old or breaks', async () => {
  const { deps, giulia, boss } = await anOffice()
  const { calendarId, connectionId } = await aConnection(deps, giulia)
  const state = async () => (({ state, offlineReason }) => ({ state, offlineReason }))(await mine(boss))
  const read = (ago: number) => ask(deps, giulia.workspaceId, 'update calendars set checked = true, destination = true, synced_at = $2 where calendar_id = $1', [calendarId, at(deps.now() - ago * 60_000)])
  await read(1)
  await ask(deps, giulia.workspaceId, `update connections set state = 'connected' where connection_id = $1`, [connectionId])
  expect(await state()).toEqual({ state: 'active', offlineReason: null })
  await read(120)
  expect(await state()).toEqual({ state: 'offline', offlineReason: 'stale' })
  await ask(deps, giulia.workspaceId, `update connections set state = 'broken' where connection_id = $1`, [connectionId])
  expect(await state()).toEqual({ state: 'offline', offlineReason: 'broken' })
})

test('the three templates speak the language of who uses them', async () => {
  const { boss } = await anOffice()
  const make = async (template: string) => (await boss.post<Page>('/pages', { template })).body
  expect(await make('first-meeting')).toMatchObject({ slug: 'incontro-2', eventType: { title: 'Primo incontro', durations: [30], location: { kind: 'ask' } } })
  expect(await make('quick-call')).toMatchObject({ slug: 'chiamata', eventType: { title: 'Chiamata veloce', durations: [15], increment: 15, questions: [{ kind: 'phone', required: true }] } })
  expect(await make('in-person')).toMatchObject({ slug: 'di-persona', eventType: { durations: [60], location: { kind: 'place' } } })
  expect(await boss.post('/pages', {})).toMatchObject({ status: 400 })
  expect(await boss.post('/pages', { template: 'other' })).toMatchObject({ status: 400 })
})

test('an address is one host’s own: a wish that is taken names the next free one, a title finds it by itself', async () => {
  const { boss, colleague } = await anOffice()
  expect(await boss.post<Refusal & { suggestion: string }>('/pages', { title: 'x', slug: 'incontro' })).toMatchObject({ status: 409, body: { code: 'slug-taken', suggestion: 'incontro-2' } })
  expect((await boss.post<Page>('/pages', { title: 'Incontro' })).body.slug).toBe('incontro-2')
  expect((await boss.post<Page>('/pages', { title: '打ち合わせ' })).body.slug).toBe('incontro-3')
  expect((await colleague.post<Page>('/pages', { title: 'x', slug: 'incontro-2' })).status).toBe(201)
  const { id } = (await boss.post<Page>('/pages', { title: 'Altro' })).body
  expect(await boss.patch<Refusal & { suggestion: string }>(`/pages/${id}`, { version: 1, slug: 'incontro' })).toMatchObject({ status: 409, body: { code: 'slug-taken', suggestion: 'incontro-4' } })
  expect(await boss.patch(`/pages/${id}`, { version: 1, slug: 'altro' })).toMatchObject({ status: 200 })
  for (const slug of ['', 'Due Parole', 'a/b', '-a', 'ⓐ', '../x']) expect((await boss.patch(`/pages/${id}`, { version: 2, slug })).status).toBe(400)
})

test('ten pages of one name made at once all find an address', async () => {
  const { boss } = await anOffice()
  const answers = await Promise.all(Array.from({ length: 10 }, () => boss.post<Page>('/pages', { title: 'Demo' })))
  expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(201))
  expect(new Set(answers.map(({ body }) => body.slug)).size).toBe(10)
})

test('eight editors at once: one saves, the others learn that the page has changed', async () => {
  const { boss } = await anOffice()
  const page = await mine(boss)
  const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => boss.patch<Page>(`/pages/${page.id}`, { version: 1, eventType: { title: `Titolo ${n}` } })))
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, ...Array(7).fill(409)])
  expect(answers.find(({ status }) => status === 409)).toMatchObject({ body: { code: 'stale-version' } })
  const winner = answers.find(({ status }) => status === 200)!.body
  expect((await boss.get<Page>(`/pages/${page.id}`)).body.eventType).toMatchObject({ title: winner.eventType.title, version: 2 })
  // What is not about the event type counts as well.
  expect(await boss.patch(`/pages/${page.id}`, { version: 1, open: false })).toMatchObject({ status: 409 })
  expect(await boss.patch<Page>(`/pages/${page.id}`, { version: 2, open: false })).toMatchObject({ status: 200, body: { state: 'paused', offlineReason: null } })
})

test('hosts, hours and assignment must fit together', async () => {
  const { boss, giulia, luca, colleague } = await anOffice()
  const { id } = await mine(boss)
  const [lucas] = await schedulesOf(colleague)
  const change = (eventType: object) => boss.patch(`/pages/${id}`, { version: 1, eventType })
  expect(await change({ hosts: [{ id: giulia.userId }, { id: luca.userId }] })).toMatchObject({ status: 400, body: { code: 'bad-input', fields: { 'eventType.hosts': 'one-host' } } })
  expect(await change({ assignment: 'collective', hosts: [{ id: giulia.userId }, { id: crypto.randomUUID() }] })).toMatchObject({ status: 400, body: { fields: { 'eventType.hosts': 'unknown' } } })
  expect(await change({ scheduleId: lucas!.id })).toMatchObject({ status: 400, body: { fields: { 'eventType.scheduleId': 'unknown' } } })
  expect(await change({ scheduleId: crypto.randomUUID() })).toMatchObject({ status: 400 })
  const team = await boss.patch<Page>(`/pages/${id}`, { version: 1, eventType: { assignment: 'round-robin', hosts: [{ id: giulia.userId }, { id: luca.userId, name: 'whatever', priority: 7 }] } })
  expect(team).toMatchObject({ status: 200, body: { eventType: { assignment: 'round-robin', hosts: [{ id: luca.userId, name: 'Luca Bruni', priority: 7 }, { id: giulia.userId, priority: 0 }] } } })
})

test('a copy is one’s own, paused, under a free address, and nothing of it is shared with its model', async () => {
  const { boss, colleague, giulia, luca } = await anOffice()
  const model = await mine(boss)
  await boss.patch(`/pages/${model.id}`, { version: 1, eventType: { description: 'Porta i disegni.', scheduleId: (await schedulesOf(boss))[0]!.id } })
  const own = await boss.post<Page>(`/pages/${model.id}/clone`)
  expect(own).toMatchObject({ status: 201, body: { slug: 'incontro-2', state: 'paused', mine: true, eventType: { title: 'Primo incontro (copia)', description: 'Porta i disegni.', version: 1, hosts: [{ id: giulia.userId }] } } })
  expect(own.body.eventType.scheduleId).not.toBeNull()
  const theirs = await colleague.post<Page>(`/pages/${model.id}/clone`)
  expect(theirs).toMatchObject({ status: 201, body: { owner: { id: luca.userId }, mine: true, eventType: { scheduleId: null, hosts: [{ id: luca.userId }] } } })
  expect(theirs.body.eventType.id).not.toBe(model.eventType.id)
  await boss.patch(`/pages/${own.body.id}`, { version: 1, eventType: { title: 'Altro' } })
  expect((await boss.get<Page>(`/pages/${model.id}`)).body.eventType.title).toBe('Primo incontro')
})

test('a page that is removed is gone, what was booked through it stays', async () => {
  const { deps, giulia, boss } = await anOffice()
  const page = await mine(boss)
  await aBooking(deps, giulia, page, 'confirmed')
  expect((await boss.delete(`/pages/${page.id}`)).status).toBe(204)
  expect((await boss.get(`/pages/${page.id}`)).status).toBe(404)
  expect((await boss.delete(`/pages/${page.id}`)).status).toBe(404)
  expect(await ask(deps, giulia.workspaceId, 'select title, page_id, event_type_id from bookings')).toEqual([{ title: 'Primo incontro', page_id: null, event_type_id: null }])
})

async function aBooking(deps: Parameters<typeof ask>[0], { workspaceId }: { workspaceId: string }, page: Page, state: string) {
  await ask(deps, workspaceId, `insert into bookings (workspace_id, event_type_id, page_id, state, starts_at, ends_at, host_zone, wall_time, zone_rules, visitor_zone, locale, title, location, name, email, buffer_before, buffer_after, uid, calendar_state, token_hash, sealed_token, token_expires_at)
    values ($1, $2, $3, $4, now() + interval '1 day', now() + interval '1 day 30 minutes', 'Europe/Rome', '', '', 'Europe/Rome', 'it', 'Primo incontro', '{}', 'Nina', 'nina@example.test', 0, 0, gen_random_uuid()::text, 'none', sha256(gen_random_uuid()::text::bytea), '', now() + interval '60 days')`, [workspaceId, page.eventType.id, page.id, state])
}

test('a page knows how often it was booked and how many requests wait', async () => {
  const { deps, giulia, boss } = await anOffice()
  const page = await mine(boss)
  for (const state of ['confirmed', 'confirmed', 'requested', 'cancelled', 'declined']) await aBooking(deps, giulia, page, state)
  expect(await mine(boss)).toMatchObject({ bookings: 2, requests: 1 })
})

test('everybody sees every page; only its owner, or who may edit other people’s, changes it', async () => {
  const { deps, giulia, boss, colleague, house } = await anOffice()
  const page = await mine(boss)
  const seen = (await pagesOf(colleague)).find(({ id }) => id === page.id)!
  expect(seen).toMatchObject({ mine: false, mayEdit: false, owner: { name: 'Giulia Ferri' } })
  const before = await boss.get<Page>(`/pages/${page.id}`)
  for (const answer of [await colleague.patch(`/pages/${page.id}`, { version: 1, open: false }), await colleague.delete(`/pages/${page.id}`), await colleague.post(`/pages/${page.id}/preview`, {}), await colleague.get(`/pages/${page.id}/explain?date=2026-11-25`)])
    expect(answer).toMatchObject({ status: 403, body: { code: 'not-allowed' } })
  expect((await boss.get<Page>(`/pages/${page.id}`)).body).toEqual(before.body)
  const assistant = await aColleague(deps, giulia.workspaceId, { name: 'Aldo', may: ['edit-others-pages'] })
  const helper = await signedInAs(deps, house, assistant)
  expect((await pagesOf(helper)).find(({ id }) => id === page.id)).toMatchObject({ mine: false, mayEdit: true })
  expect(await helper.patch<Page>(`/pages/${page.id}`, { version: 1, eventType: { title: 'Nuovo' } })).toMatchObject({ status: 200, body: { owner: { id: giulia.userId }, eventType: { title: 'Nuovo' } } })
})

test('F09 other workspaces and strangers find nothing of ours under any id', async () => {
  const { deps, boss, house } = await anOffice()
  const page = await mine(boss)
  const [hours] = await schedulesOf(boss)
  const other = await signedInAs(deps, house, await aWorkspace(deps))
  const stranger = await signedInAs(deps, house, await aWorkspace(deps))
  stranger.jar.clear()
  const calls = (browser: Browser) => [
    () => browser.get(`/pages/${page.id}`), () => browser.patch(`/pages/${page.id}`, { version: 1, open: false }), () => browser.post(`/pages/${page.id}/clone`), () => browser.delete(`/pages/${page.id}`),
    () => browser.post(`/pages/${page.id}/preview`, {}), () => browser.get(`/pages/${page.id}/explain?date=2026-11-25`),
    () => browser.patch(`/schedules/${hours!.id}`, { version: 1, name: 'x' }), () => browser.delete(`/schedules/${hours!.id}`),
  ]
  for (const call of calls(other)) expect(await call()).toMatchObject({ status: 404, body: { code: 'not-found' } })
  for (const call of calls(stranger)) expect(await call()).toMatchObject({ status: 401, body: { code: 'not-signed-in' } })
  expect(await pagesOf(other)).toEqual([])
  expect(await schedulesOf(other)).toEqual([])
  for (const path of ['/pages', '/schedules']) expect((await stranger.get(path)).status).toBe(401)
  expect(await mine(boss)).toMatchObject({ open: true, eventType: { version: 1 } })
})

test('F22 ids, owners and states in a body change nothing', async () => {
  const { boss, luca } = await anOffice()
  const page = await mine(boss)
  for (const alien of [{ ownerId: luca.userId }, { workspaceId: crypto.randomUUID() }, { id: crypto.randomUUID() }, { state: 'active' }, { createdAt: 0 }, { mayEdit: true }]) {
    const field = Object.keys(alien)[0]!
    expect(await boss.post('/pages', { title: 'x', ...alien }), field).toMatchObject({ status: 400, body: { code: 'bad-input' } })
    expect(await boss.patch(`/pages/${page.id}`, { version: 1, ...alien }), field).toMatchObject({ status: 400 })
    expect(await boss.patch(`/pages/${page.id}`, { version: 1, eventType: alien }), field).toMatchObject({ status: 400 })
    if (field !== 'id') expect(await boss.post(`/pages/${page.id}/preview`, { eventType: alien }), field).toMatchObject({ status: 400 })
  }
  expect(await mine(boss)).toMatchObject({ eventType: { version: 1 } })
})

test('V02 words that no database or letter can hold are refused, never an error of ours', async () => {
  const { boss } = await anOffice()
  const { id } = await mine(boss)
  for (const title of ['a\u0000b', '\ud800', 'a\u0007', 'a\nb', '', '   ', 'x'.repeat(121)]) expect((await boss.patch(`/pages/${id}`, { version: 1, eventType: { title } })).status, JSON.stringify(title)).toBe(400)
  expect((await boss.patch(`/pages/${id}`, '{"version": 1, "eventType": {"title": "\\ud800"}}')).status).toBe(400)
  expect((await boss.patch(`/pages/${id}`, '{not json')).status).toBe(400)
  for (const path of ['/pages/1', '/pages/%00', `/pages/${id}/explain`, `/pages/${id}/explain?date=2026-02-30`, '/schedules?owner=me']) expect((await boss.get(path)).status, path).toBe(400)
})

test('V07 nobody makes pages or sets of hours without end', async () => {
  const { deps, giulia, boss } = await anOffice()
  const page = await mine(boss)
  await ask(deps, giulia.workspaceId, `insert into scheduling_pages (workspace_id, owner_id, event_type_id, slug) select $1, $2, $3, 'p' || n from generate_series(1, 199) n`, [giulia.workspaceId, giulia.userId, page.eventType.id])
  expect(await boss.post('/pages', { title: 'One more' })).toMatchObject({ status: 409, body: { code: 'too-many' } })
  await ask(deps, giulia.workspaceId, `insert into schedules (workspace_id, user_id, name, zone, weekly) select $1, $2, 's' || n, 'Europe/Rome', '[]' from generate_series(1, 49) n`, [giulia.workspaceId, giulia.userId])
  const [hours] = await schedulesOf(boss)
  expect(await boss.post('/schedules', { name: 'One more', zone: hours!.zone, weekly: hours!.weekly })).toMatchObject({ status: 409, body: { code: 'too-many' } })
})

test('hours: made, changed by one editor at a time, made usual, removed', async () => {
  const { boss, colleague, giulia } = await anOffice()
  const [usual] = await schedulesOf(boss)
  const weekly = [[{ from: 1320, to: 1560 }], [], [], [], [], [], []]
  const made = await boss.post<Schedule>('/schedules', { name: 'Sera', zone: 'europe/rome', weekly })
  expect(made).toMatchObject({ status: 201, body: { name: 'Sera', zone: 'Europe/Rome', weekly, overrides: [], isDefault: false, version: 1 } })
  const { id } = made.body
  const overrides = [{ date: '2026-12-07', spans: [] }]
  expect(await boss.patch<Schedule>(`/schedules/${id}`, { version: 1, overrides })).toMatchObject({ status: 200, body: { name: 'Sera', overrides, version: 2 } })
  expect(await boss.patch(`/schedules/${id}`, { version: 1, name: 'x' })).toMatchObject({ status: 409, body: { code: 'stale-version' } })
  expect(await boss.patch<Schedule>(`/schedules/${id}`, { version: 2, isDefault: true })).toMatchObject({ status: 200, body: { isDefault: true } })
  expect((await schedulesOf(boss)).map(({ name, isDefault }) => [name, isDefault])).toEqual([['Sera', true], ['Orario di lavoro', false]])
  expect(await boss.delete(`/schedules/${id}`)).toMatchObject({ status: 409, body: { code: 'default-schedule' } })
  const page = await mine(boss)
  await boss.patch(`/pages/${page.id}`, { version: 1, eventType: { scheduleId: usual!.id } })
  expect((await boss.delete(`/schedules/${usual!.id}`)).status).toBe(204)
  expect((await mine(boss)).eventType.scheduleId).toBeNull()
  // A colleague's hours are theirs: they are not even there.
  expect((await colleague.patch(`/schedules/${id}`, { version: 3, name: 'x' })).status).toBe(404)
  expect((await colleague.get<{ schedules: Schedule[] }>(`/schedules?owner=${giulia.userId}`)).body.schedules).toEqual([])
})

test('B21 what a change in the calendar means is a page’s own setting, with careful defaults, and a link that the calendar makes is a place', async () => {
  const { boss } = await anOffice()
  const page = await mine(boss)
  expect(page.eventType.onCalendarChange).toEqual({ moved: 'reschedule', deleted: 'cancel', declined: 'ask' })
  const change = (version: number, eventType: object) => boss.patch<Page>(`/pages/${page.id}`, { version, eventType })
  const asking = { moved: 'ask', deleted: 'ask', declined: 'ignore' }
  const saved = await change(1, { onCalendarChange: asking, location: { kind: 'meet', value: '' } })
  expect(saved).toMatchObject({ status: 200, body: { eventType: { onCalendarChange: asking, location: { kind: 'meet', value: '' } } } })
  expect((await boss.post<Page>(`/pages/${page.id}/clone`)).body.eventType.onCalendarChange).toEqual(asking)
  for (const wrong of [
    { onCalendarChange: { ...asking, moved: 'cancel' } },
    { onCalendarChange: { moved: 'ask' } },
    { onCalendarChange: { ...asking, more: 'ask' } },
    { location: { kind: 'teams', value: 'https://teams.example.test/fake' } },
  ])
    expect((await change(2, wrong)).status).toBe(400)
})
