import { expect, test } from 'vitest'
import { DAY, HOUR } from '#core/time/model.ts'
import { aWorkspace, freshDatabase } from '#tests/database.ts'
import { aColleague, aHouse, signedInAs } from '#tests/house.ts'
import { fold } from './fold.ts'
import type { Contact, EntryKind, EntryWords, TimelineEntry } from './model.ts'
import { contacts } from './routes.ts'
import { addToTimeline } from './timeline.ts'

type List = { contacts: Contact[]; next: string | null }
type Lines = { entries: TimelineEntry[]; next: string | null }

const NOW = Date.parse('2026-10-24T22:30:00Z')

async function begin() {
  const { deps } = await freshDatabase({}, { now: () => NOW })
  const admin = await aWorkspace(deps)
  const house = aHouse(deps, contacts)
  const me = await signedInAs(deps, house, admin)
  let made = 0
  const add = async (name: string, more: object = {}) =>
    (await me.post<Contact>('/contacts', { name, email: `p${made++}@example.test`, ...more })).body
  const found = async (search: string) =>
    (await me.get<List>(`/contacts?search=${encodeURIComponent(search)}`)).body.contacts.map(
      ({ name }) => name,
    )
  return { deps, admin, house, me, add, found }
}

test('a contact is written, read, changed and erased; what is not named stays', async () => {
  const { me } = await begin()
  const made = await me.post<Contact>('/contacts', {
    name: ' Anna Neri ',
    email: 'Anna@acme.test',
    phone: '',
    jobTitle: 'Avvocata',
  })
  expect(made).toMatchObject({
    status: 201,
    body: {
      name: 'Anna Neri',
      email: 'Anna@acme.test',
      phone: null,
      jobTitle: 'Avvocata',
      company: { name: 'acme.test' },
      source: 'person',
      lastEntryAt: null,
      nextMeetingAt: null,
    },
  })
  const path = `/contacts/${made.body.id}`
  expect(
    (await me.patch<Contact>(path, { phone: '+39 011 123', companyName: 'Acme S.p.A.' })).body,
  ).toMatchObject({
    name: 'Anna Neri',
    phone: '+39 011 123',
    jobTitle: 'Avvocata',
    company: { name: 'Acme S.p.A.', id: made.body.company!.id },
  })
  expect((await me.patch<Contact>(path, { jobTitle: null, companyName: '' })).body).toMatchObject({
    phone: '+39 011 123',
    jobTitle: null,
    company: null,
  })
  expect((await me.get<Contact>(path)).body.name).toBe('Anna Neri')
  expect((await me.delete(path)).status).toBe(204)
  expect((await me.get(path)).status).toBe(404)
  expect((await me.delete(path)).status).toBe(404)
})

test('an address has one contact: the second is told which', async () => {
  const { me, add } = await begin()
  const { body: anna } = await me.post<Contact>('/contacts', {
    name: 'Anna',
    email: 'anna@acme.test',
    phone: '1',
  })
  const known = { status: 409, body: { code: 'known-contact', id: anna.id } }
  expect(await me.post('/contacts', { name: 'Other', email: 'ANNA@acme.test', phone: '2' })).toMatchObject(
    known,
  )
  const bea = await add('Bea')
  expect(await me.patch(`/contacts/${bea.id}`, { email: 'Anna@Acme.test' })).toMatchObject(known)
  expect((await me.get(`/contacts/${anna.id}`)).body).toMatchObject({ name: 'Anna', phone: '1' })
  expect((await me.patch<Contact>(`/contacts/${anna.id}`, { email: 'anna@ACME.test' })).body.email).toBe(
    'anna@ACME.test',
  )
})

test('people of one company share it, whoever named it first', async () => {
  const { me } = await begin()
  const make = async (email: string, companyName?: string) =>
    (await me.post<Contact>('/contacts', { name: 'X', email, ...(companyName ? { companyName } : {}) })).body
      .company
  const acme = await make('a@acme.test')
  expect(acme).toMatchObject({ name: 'acme.test' })
  expect(await make('b@acme.test', 'Acme')).toEqual({ id: acme!.id, name: 'Acme' })
  expect(await make('c@acme.test')).toEqual({ id: acme!.id, name: 'Acme' })
  expect(await make('d@gmail.com', 'ACME')).toEqual({ id: acme!.id, name: 'Acme' })
  expect(await make('e@acme.test', 'Acme Research')).not.toMatchObject({ id: acme!.id })
  expect(await make('f@gmail.com')).toBeNull()
})

test('search finds every word in name, address or company, whatever its case and marks; signs mean themselves', async () => {
  const { add, found } = await begin()
  await add('Èlena D’Angelo', { companyName: 'Straße & Söhne' })
  await add('100% Luce')
  await add('1000 Luci')
  await add('Иван Петров')
  await add('back\\slash')
  expect(await found('elena')).toEqual(['Èlena D’Angelo'])
  expect(await found('SOHNE élé')).toEqual(['Èlena D’Angelo'])
  expect(await found('0%')).toEqual(['100% Luce'])
  expect(await found('luc_')).toEqual([])
  expect(await found('k\\s')).toEqual(['back\\slash'])
  expect(await found('ПЕТРОВ')).toEqual(['Иван Петров'])
  expect(await found('luc example')).toEqual(['100% Luce', '1000 Luci'])
  expect(await found("' or true --")).toEqual([])
})

test('the list is walked in the order of names, each contact once, while others come and go', async () => {
  const { me, add } = await begin()
  await Promise.all(Array.from({ length: 120 }, (_, n) => add(`${n % 3 === 0 ? 'Ève' : 'Eva'} ${n % 7}`)))
  const seen: string[] = []
  const names: string[] = []
  let next: string | null = ''
  while (next !== null) {
    const page: List = (await me.get<List>(`/contacts${next ? `?cursor=${next}` : ''}`)).body
    seen.push(...page.contacts.map(({ id }) => id))
    names.push(...page.contacts.map(({ name }) => fold(name)))
    next = page.next
    if (next) {
      // One comes in where we have passed; then the very one that the next page begins after goes.
      await add('Aaron')
      if (seen.length > 50) await me.delete(`/contacts/${seen.at(-1)}`)
    }
  }
  expect(new Set(seen).size).toBe(seen.length)
  expect(seen).toHaveLength(120)
  expect(names).toEqual([...names].sort())
  for (const cursor of [
    'x',
    'e30',
    Buffer.from('["a","b"]').toString('base64url'),
    Buffer.from('[1,2,3]').toString('base64url'),
  ])
    expect((await me.get(`/contacts?cursor=${cursor}`)).status, cursor).toBe(400)
})

test('a contact tells its last line and its next meeting, as the latest word about each booking has it', async () => {
  const { deps, admin, me, add } = await begin()
  const anna = await add('Anna')
  const line = (kind: EntryKind, n: number, words: Partial<EntryWords>, at = NOW) =>
    deps.db.inWorkspace(admin.workspaceId, (tx) =>
      addToTimeline(tx, {
        workspaceId: admin.workspaceId,
        contactId: anna.id,
        kind,
        at,
        bookingId: `00000000-0000-4000-8000-00000000000${n}`,
        words: { title: 'First meeting', ...words },
      }),
    )
  const next = async () => (await me.get<Contact>(`/contacts/${anna.id}`)).body.nextMeetingAt
  await line('booked', 1, { start: NOW - DAY }, NOW - 2 * DAY)
  expect(await next()).toBeNull()
  await line('booked', 2, { start: NOW + DAY })
  await line('requested', 3, { start: NOW + HOUR })
  expect(await next()).toBe(NOW + DAY)
  await line('moved', 2, { start: NOW + 3 * DAY, from: { start: NOW + DAY, end: NOW + DAY } })
  expect(await next()).toBe(NOW + 3 * DAY)
  await line('accepted', 3, { start: NOW + HOUR })
  expect(await next()).toBe(NOW + HOUR)
  await line('cancelled', 3, { start: NOW + HOUR, by: 'visitor' })
  await me.post(`/contacts/${anna.id}/notes`, { text: 'She will call.' })
  expect(await next()).toBe(NOW + 3 * DAY)
  const { body } = await me.get<Contact>(`/contacts/${anna.id}`)
  // Lines are recorded by the database's own clock, which this test does not set.
  expect(body.lastEntryAt).toBeLessThanOrEqual(Math.min(NOW, Date.now() + HOUR))
})

test('notes stand in the timeline with their author, for every colleague, page by page', async () => {
  const { deps, admin, house, me, add } = await begin()
  const anna = await add('Anna')
  const luca = await aColleague(deps, admin.workspaceId, { name: 'Luca Bruni' })
  const browser = await signedInAs(deps, house, luca)
  const note = await browser.post<TimelineEntry>(`/contacts/${anna.id}/notes`, {
    text: 'Line one\nline two <b>',
  })
  expect(note).toMatchObject({
    status: 201,
    body: {
      kind: 'note',
      at: NOW,
      bookingId: null,
      author: { id: luca.userId, name: 'Luca Bruni' },
      words: { title: '', text: 'Line one\nline two <b>' },
    },
  })
  await Promise.all(
    Array.from({ length: 60 }, (_, n) => me.post(`/contacts/${anna.id}/notes`, { text: `note ${n}` })),
  )
  const first = (await me.get<Lines>(`/contacts/${anna.id}/timeline`)).body
  const second = (await me.get<Lines>(`/contacts/${anna.id}/timeline?cursor=${first.next}`)).body
  expect([first.entries.length, second.entries.length, second.next]).toEqual([50, 11, null])
  expect(new Set([...first.entries, ...second.entries].map(({ id }) => id)).size).toBe(61)
  for (const text of ['', ' \n ', 'a\u0000', 'x'.repeat(10_001)])
    expect((await me.post(`/contacts/${anna.id}/notes`, { text })).status).toBe(400)
})

test('a name of signs that come apart into many letters is still a name', async () => {
  const { add, found } = await begin()
  expect((await add('ﷺ'.repeat(200))).name).toHaveLength(200)
  expect(await found('ﷺ')).toHaveLength(1)
})
