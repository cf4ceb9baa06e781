import { beforeEach, describe, expect, test } from 'vitest'
import { HOUR } from '#core/time/model.ts'
import { scripted } from '#tests/counterparts/scripted-fetch.ts'
import type { Reply, Script, Sent } from '#tests/counterparts/scripted-fetch.ts'
import { NotFound, Unreachable } from '../provider.ts'
import type { EventDraft, Session } from '../provider.ts'
import { google } from './google.ts'
import { eventId } from './id.ts'

type Stored = Record<string, unknown> & { id: string; etag: string }

/** Just enough of a calendar: what stands in it, and what happens on the way. */
let stored: Map<string, Stored>
let line: Script
let onTheWay: (request: Sent) => Reply | null
let revision = 0

beforeEach(() => {
  stored = new Map()
  onTheWay = () => null
  line = scripted((request) => onTheWay(request) ?? answer(request))
})

function answer(request: Sent): Reply {
  const id = decodeURIComponent(request.url.pathname.split('/').slice(5).join('/'))
  const standing = stored.get(id)
  if (request.method === 'GET' && id === '') {
    const [name, ...value] = request.url.searchParams.get('privateExtendedProperty')!.split('=')
    const items = [...stored.values()].filter(
      (event) => event['status'] !== 'cancelled' && markOf(event, name!) === value.join('='),
    )
    return { body: { kind: 'calendar#events', items } }
  }
  if (request.method === 'POST') {
    const { id: wanted } = request.body as { id: string }
    return stored.has(wanted)
      ? { status: 409, body: { error: { errors: [{ reason: 'duplicate' }] } } }
      : { body: put(wanted, request.body) }
  }
  if (!standing) return { status: 404 }
  if (request.method === 'GET') return { body: standing }
  if (request.method === 'DELETE') {
    if (standing['status'] === 'cancelled') return { status: 410 }
    put(id, { ...standing, status: 'cancelled' })
    return { status: 204 }
  }
  const wanted = request.headers.get('if-match')
  if (wanted !== null && wanted !== standing.etag) return { status: 412 }
  return { body: put(id, merged(standing, request.body) as Stored) }
}
const markOf = (event: Stored, name: string): unknown =>
  (event['extendedProperties'] as { private?: Record<string, unknown> } | undefined)?.private?.[name]
function put(id: string, event: object): Stored {
  const one: Stored = {
    status: 'confirmed',
    iCalUID: `${id}@google.com`,
    ...event,
    id,
    etag: `"${++revision}"`,
  }
  stored.set(id, one)
  return one
}
/** JSON merge patch (RFC 7396), which is what Google's PATCH does. */
function merged(into: unknown, from: unknown): unknown {
  if (typeof from !== 'object' || from === null || Array.isArray(from)) return from
  const result: Record<string, unknown> = { ...(typeof into === 'object' && into !== null ? into : {}) }
  for (const [name, value] of Object.entries(from))
    if (value === null) delete result[name]
    else result[name] = merged(result[name], value)
  return result
}

const session = (): Session => ({
  address: 'https://calendar.test/v3',
  user: '',
  secret: '',
  fetch: line.fetch,
  zone: 'Europe/Rome',
})
const NINE = Date.UTC(2027, 2, 1, 9)
const draft = (more: Partial<EventDraft> = {}): EventDraft => ({
  uid: 'b1',
  sequence: 0,
  span: { start: NINE, end: NINE + HOUR },
  zone: 'Europe/Rome',
  title: 'Introduction: Bob',
  description: 'Phone: 1',
  location: 'Via Roma 1',
  url: null,
  organizer: { name: 'Alice', email: 'alice@example.test' },
  attendees: [{ name: 'Bob', email: 'bob@example.test' }],
  ...more,
})
const later = (hours: number) => ({ start: NINE + hours * HOUR, end: NINE + (hours + 1) * HOUR })
const create = (more: Partial<EventDraft> = {}) => google.createEvent(session(), 'c', draft(more))
const update = (id: string, more: Partial<EventDraft> = {}) =>
  google.updateEvent(session(), 'c', id, draft(more))
const readBack = (uid = 'b1') => google.readEvent(session(), 'c', uid)
const writes = () => line.sent.filter(({ method }) => method !== 'GET')
const ours = (more: object = {}) => ({
  extendedProperties: { private: { ritrovo: 'b1' } },
  start: { dateTime: '2027-03-01T10:00:00+01:00' },
  end: { dateTime: '2027-03-01T11:00:00+01:00' },
  ...more,
})

test('what is written: silent, marked, on the host’s clock, with everybody in it', async () => {
  const made = await create({ url: 'https://meet.example/abc' })
  expect(made).toEqual({
    remoteId: eventId('b1'),
    etag: '"1"',
    uid: 'b1',
    calendarUid: google.calendarUid('b1'),
    span: { start: NINE, end: NINE + HOUR },
    title: 'Introduction: Bob',
    cancelled: false,
    join: null,
  })
  const [{ url, body }] = writes() as [Sent]
  expect(Object.fromEntries(url.searchParams)).toEqual({ sendUpdates: 'none' })
  expect(body).toMatchObject({
    id: eventId('b1'),
    status: 'confirmed',
    summary: 'Introduction: Bob',
    description: 'Phone: 1',
    location: 'Via Roma 1',
    start: { dateTime: '2027-03-01T09:00:00.000Z', timeZone: 'Europe/Rome' },
    end: { dateTime: '2027-03-01T10:00:00.000Z', timeZone: 'Europe/Rome' },
    attendees: [{ email: 'bob@example.test', displayName: 'Bob', responseStatus: 'needsAction' }],
    extendedProperties: { private: { ritrovo: 'b1' } },
    source: { url: 'https://meet.example/abc' },
  })
  expect(body).not.toHaveProperty('iCalUID')
  expect(await readBack()).toEqual(made)
})

test('C27 every write says that nobody is to be told, to the last', async () => {
  const { remoteId } = await create({ conference: 'meet' })
  await update(remoteId, { span: later(1), conference: 'meet' })
  await google.deleteEvent(session(), 'c', remoteId)
  await create()
  expect(writes().map(({ method }) => method)).toEqual(['POST', 'PATCH', 'DELETE', 'POST', 'PATCH'])
  expect(writes().every(({ url }) => url.searchParams.get('sendUpdates') === 'none')).toBe(true)
})

describe('creating once', () => {
  test('C06 a reply lost after the deed: the next try finds the event and writes nothing', async () => {
    onTheWay = (request) => {
      if (request.method !== 'POST') return null
      onTheWay = () => null
      answer(request)
      return new Unreachable('the line broke', 'connect')
    }
    await expect(create()).rejects.toThrow(Unreachable)
    const before = writes().length
    expect(await create()).toMatchObject({ remoteId: eventId('b1') })
    expect(writes().length).toBe(before)
    expect(stored.size).toBe(1)
  })
  test('C21 an event of ours under another id is found by our mark before anything is inserted', async () => {
    put('elsewhere', ours())
    expect(await create()).toMatchObject({
      remoteId: 'elsewhere',
      uid: 'b1',
      calendarUid: 'elsewhere@google.com',
    })
    expect(writes()).toEqual([])
  })
  test('C21 of a copy its owner made and the original, the original is ours', async () => {
    put('a-copy', ours())
    put(eventId('b1'), ours())
    expect(await create()).toMatchObject({ remoteId: eventId('b1') })
  })
  test('C06 the booking has moved between the two tries: what was found is moved too', async () => {
    await create()
    expect(await create({ span: later(5), sequence: 1 })).toMatchObject({ span: later(5) })
    expect(stored.size).toBe(1)
  })
  test('C20 the id is taken by an event of ours that the search did not show: it is adopted', async () => {
    put(eventId('b1'), ours())
    onTheWay = ({ method, url }) =>
      method === 'GET' && url.searchParams.has('privateExtendedProperty')
        ? { body: { kind: 'calendar#events', items: [] } }
        : null
    expect(await create()).toMatchObject({ remoteId: eventId('b1'), cancelled: false })
    expect(writes().map(({ method }) => method)).toEqual(['POST'])
  })
  test('C20 the id is taken by an event of ours that was deleted: it stands again, as it should now', async () => {
    put(eventId('b1'), ours({ status: 'cancelled', sequence: 4, summary: 'Old' }))
    expect(await create({ sequence: 1 })).toMatchObject({
      remoteId: eventId('b1'),
      cancelled: false,
      title: 'Introduction: Bob',
    })
    expect(stored.get(eventId('b1'))).toMatchObject({ status: 'confirmed', sequence: 4 })
    expect(await readBack()).toMatchObject({ cancelled: false })
  })
  test.each([
    ['a stranger’s', { summary: 'Theirs' }],
    ['another booking’s', { extendedProperties: { private: { ritrovo: 'b2' } } }],
    ['a deleted one of which nothing is told but the id', { status: 'cancelled' }],
  ])('C20 the id is taken by %s: the next one, and the stranger’s stays as it is', async (_, theirs) => {
    const before = put(eventId('b1'), theirs)
    expect(await create()).toMatchObject({
      remoteId: `${eventId('b1')}1`,
      calendarUid: `${eventId('b1')}1@google.com`,
    })
    expect(stored.get(eventId('b1'))).toBe(before)
    expect(await readBack()).toMatchObject({ remoteId: `${eventId('b1')}1` })
    expect(await create()).toMatchObject({ remoteId: `${eventId('b1')}1` })
  })
  test('an id taken by what is not told at all: the next one; all of them taken: a conflict', async () => {
    onTheWay = ({ method, body }) =>
      method === 'POST' && body['id'] === eventId('b1') ? { status: 409 } : null
    expect(await create()).toMatchObject({ remoteId: `${eventId('b1')}1` })
    stored.clear()
    onTheWay = ({ method }) => (method === 'POST' ? { status: 409 } : null)
    await expect(create()).rejects.toMatchObject({ reason: 'conflict' })
  })
})

describe('reading back', () => {
  test('nothing, and what has been deleted, is nothing', async () => {
    expect(await readBack()).toBe(null)
    const { remoteId } = await create()
    await google.deleteEvent(session(), 'c', remoteId)
    expect(stored.get(remoteId)!['status']).toBe('cancelled')
    expect(await readBack()).toBe(null)
  })
  test('B19 what moved to another id is found by our mark; of a copy and the original, the original', async () => {
    put('elsewhere', ours())
    expect(await readBack()).toMatchObject({ remoteId: 'elsewhere' })
    put(eventId('b1'), ours())
    expect(await readBack()).toMatchObject({ remoteId: eventId('b1') })
  })
  test('a stranger’s event under our id is not ours', async () => {
    put(eventId('b1'), { summary: 'Theirs' })
    expect(await readBack()).toBe(null)
  })
  test('a search that shows what was not asked for is not believed', async () => {
    onTheWay = ({ url }) =>
      url.searchParams.has('privateExtendedProperty')
        ? {
            body: {
              kind: 'calendar#events',
              items: [null, { id: 'x' }, { id: 'y', ...ours({ status: 'cancelled' }) }],
            },
          }
        : null
    expect(await readBack()).toBe(null)
  })
  test('an event its owner made last all day has the span of its days; one that cannot be read has none', async () => {
    put(eventId('b1'), ours({ start: { date: '2027-03-28' }, end: { date: '2027-03-29' } }))
    expect(await readBack()).toMatchObject({
      span: { start: Date.UTC(2027, 2, 27, 23), end: Date.UTC(2027, 2, 28, 22) },
    })
    put(eventId('b1'), ours({ start: { dateTime: 'soon' } }))
    expect(await readBack()).toMatchObject({ span: null })
  })
})

describe('B20 changing what is ours on top of what stands', () => {
  test('times move; words nobody touched follow', async () => {
    const { remoteId } = await create()
    await update(remoteId, {
      span: later(2),
      sequence: 1,
      title: 'Moved: Bob',
      description: 'Phone: 2',
      location: 'Via Milano 2',
    })
    expect(stored.get(remoteId)).toMatchObject({
      summary: 'Moved: Bob',
      description: 'Phone: 2',
      location: 'Via Milano 2',
      sequence: 1,
    })
    await update(remoteId, { span: later(3), sequence: 2, title: 'Again: Bob' })
    expect(stored.get(remoteId)).toMatchObject({ summary: 'Again: Bob' })
    expect(await readBack()).toMatchObject({ span: later(3) })
  })
  test('what the owner rewrote stays: title, place, notes, colour, guests and their answers', async () => {
    const { remoteId } = await create()
    const before = stored.get(remoteId)!
    put(remoteId, {
      ...before,
      summary: 'Bob at last',
      location: 'My office',
      description: 'all mine',
      colorId: '5',
      attendees: [
        { email: 'Bob@example.test', responseStatus: 'accepted' },
        { email: 'carol@example.test', responseStatus: 'declined' },
      ],
    })
    await update(remoteId, { span: later(1), sequence: 1, title: 'New', description: 'New', location: 'New' })
    expect(stored.get(remoteId)).toMatchObject({
      summary: 'Bob at last',
      location: 'My office',
      description: 'all mine',
      colorId: '5',
      attendees: [
        { email: 'Bob@example.test', responseStatus: 'accepted' },
        { email: 'carol@example.test', responseStatus: 'declined' },
      ],
    })
    const { body } = writes().at(-1)!
    expect(Object.keys(body).sort()).toEqual(['end', 'extendedProperties', 'sequence', 'start'])
    // And they are still theirs at the next change.
    await update(remoteId, { span: later(2), sequence: 2, title: 'Newer' })
    expect(stored.get(remoteId)).toMatchObject({ summary: 'Bob at last' })
  })
  test('notes under our words stay under our new words', async () => {
    const { remoteId } = await create({ description: 'Phone: 1\nTopic: boats' })
    const before = stored.get(remoteId)!
    put(remoteId, { ...before, description: `${String(before['description'])}\n\nBring the plans!` })
    await update(remoteId, { span: later(1), description: 'Phone: 2\nTopic: boats' })
    expect(stored.get(remoteId)).toMatchObject({ description: 'Phone: 2\nTopic: boats\n\nBring the plans!' })
    await update(remoteId, { span: later(2), description: '' })
    expect(stored.get(remoteId)).toMatchObject({ description: '\n\nBring the plans!' })
  })
  test('a word of ours that was made longer is the owner’s', async () => {
    const { remoteId } = await create({ description: 'Phone: 1' })
    put(remoteId, { ...stored.get(remoteId)!, description: 'Phone: 12' })
    await update(remoteId, { span: later(1), description: 'Phone: 3' })
    expect(stored.get(remoteId)).toMatchObject({ description: 'Phone: 12' })
  })
  test('without our fingerprints the words are the owner’s', async () => {
    put('e', ours({ summary: 'Theirs', description: '', location: 'There' }))
    await update('e', { span: later(1) })
    expect(stored.get('e')).toMatchObject({ summary: 'Theirs', description: '', location: 'There' })
    expect(await readBack()).toMatchObject({ span: later(1) })
  })
  test('a guest who is missing comes in, the others go along as they are', async () => {
    put(
      'e',
      ours({ attendees: [{ email: 'bob@example.test', responseStatus: 'accepted', comment: 'see you' }] }),
    )
    await update('e', { attendees: [...draft().attendees, { name: 'Dan', email: 'dan@example.test' }] })
    expect(stored.get('e')!['attendees']).toEqual([
      { email: 'bob@example.test', responseStatus: 'accepted', comment: 'see you' },
      { email: 'dan@example.test', displayName: 'Dan', responseStatus: 'needsAction' },
    ])
  })
  test('an event its owner made last all day gets its times back', async () => {
    put('e', ours({ start: { date: '2027-03-01' }, end: { date: '2027-03-02' } }))
    await update('e', { span: later(1) })
    expect(stored.get('e')!['start']).toEqual({
      dateTime: '2027-03-01T10:00:00.000Z',
      timeZone: 'Europe/Rome',
    })
  })
  test('the number of the revision never goes back', async () => {
    put('e', ours({ sequence: 7 }))
    await update('e', { sequence: 1 })
    expect(stored.get('e')!['sequence']).toBe(7)
    await update('e', { sequence: 9 })
    expect(stored.get('e')!['sequence']).toBe(9)
  })
  test('a mark that another program dropped is put back', async () => {
    put('e', ours({ extendedProperties: {} }))
    await update('e', { span: later(1) })
    expect(await readBack()).toMatchObject({ remoteId: 'e', span: later(1) })
  })

  test('412: read again, and the other’s change survives', async () => {
    const { remoteId } = await create()
    let quarrels = 2
    onTheWay = ({ method }) => {
      if (method === 'PATCH' && quarrels-- > 0)
        put(remoteId, { ...stored.get(remoteId)!, summary: `Renamed ${quarrels}` })
      return null
    }
    expect(await update(remoteId, { span: later(1), title: 'Ours' })).toMatchObject({
      span: later(1),
      title: 'Renamed 0',
    })
    expect(writes().filter(({ method }) => method === 'PATCH')).toHaveLength(3)
    expect(writes().at(-1)!.headers.get('if-match')).toMatch(/^"\d+"$/)
  })
  test('412 without end is a conflict, after three tries', async () => {
    const { remoteId } = await create()
    onTheWay = ({ method }) => (method === 'PATCH' ? { status: 412 } : null)
    await expect(update(remoteId)).rejects.toMatchObject({ name: 'Unreachable', reason: 'conflict' })
    expect(writes().filter(({ method }) => method === 'PATCH')).toHaveLength(3)
  })
  test('gone, deleted, or another’s by now is NotFound, and nothing is written', async () => {
    put('deleted', ours({ status: 'cancelled' }))
    put('another', ours({ extendedProperties: { private: { ritrovo: 'b2' } } }))
    for (const id of ['nowhere', 'deleted', 'another']) await expect(update(id)).rejects.toThrow(NotFound)
    expect(writes()).toEqual([])
  })
})

test('C25 deleting what is not there, or no longer, is deleting', async () => {
  const { remoteId } = await create()
  await google.deleteEvent(session(), 'c', remoteId)
  await google.deleteEvent(session(), 'c', remoteId)
  await google.deleteEvent(session(), 'c', 'nowhere')
})

describe('C28 a video link is made by and by, or not at all', () => {
  const set = (conferenceData: unknown) =>
    put(eventId('b1'), { ...stored.get(eventId('b1'))!, conferenceData })
  const join = async () => (await readBack())!.join
  const requested = (sent: Sent) =>
    (
      sent.body['conferenceData'] as
        | { createRequest: { requestId: string; conferenceSolutionKey: unknown } }
        | undefined
    )?.createRequest

  test('it is asked for once, with an id that stays the same in every try', async () => {
    const made = await create({ conference: 'meet' })
    expect(made.join).toEqual({ state: 'pending' })
    const [first] = writes() as [Sent]
    expect(first.url.searchParams.get('conferenceDataVersion')).toBe('1')
    expect(requested(first)).toEqual({
      requestId: eventId('b1'),
      conferenceSolutionKey: { type: 'hangoutsMeet' },
    })
    await create({ conference: 'meet' })
    await update(made.remoteId, { conference: 'meet', span: later(1) })
    const second = writes().at(-1)!
    expect(requested(second)).toBe(undefined)
    expect(second.url.searchParams.has('conferenceDataVersion')).toBe(false)
  })
  test('pending, ready, failed, and none', async () => {
    await create()
    expect(await join()).toBe(null)
    set({ createRequest: { requestId: 'x', status: { statusCode: 'pending' } } })
    expect(await join()).toEqual({ state: 'pending' })
    set({ createRequest: { requestId: 'x', status: { statusCode: 'failure' } } })
    expect(await join()).toEqual({ state: 'failed' })
    set({
      createRequest: { requestId: 'x', status: { statusCode: 'success' } },
      entryPoints: [
        { entryPointType: 'phone', uri: 'tel:+1-2' },
        { entryPointType: 'video', uri: 'https://meet.google.com/abc-defg-hij' },
      ],
    })
    expect(await join()).toEqual({ state: 'ready', url: 'https://meet.google.com/abc-defg-hij' })
  })
  test('a link is only what stands in the calendar, and only a web address', async () => {
    await create()
    for (const uri of ['javascript:alert(1)', 'http://meet.example/x', 'abc', 5, undefined]) {
      set({
        conferenceId: 'abc-defg-hij',
        entryPoints: [null, { entryPointType: 'video', uri }],
        createRequest: { status: { statusCode: 'success' } },
      })
      expect(await join()).toEqual({ state: 'pending' })
    }
    for (const nothing of ['x', null, {}, { entryPoints: 5 }]) {
      set(nothing)
      expect(await join()).toBe(null)
    }
  })
  test('one that failed is asked for again under another id, since the first would be ignored', async () => {
    const made = await create({ conference: 'meet' })
    set({ createRequest: { requestId: eventId('b1'), status: { statusCode: 'failure' } } })
    await update(made.remoteId, { conference: 'meet', sequence: 1 })
    const asked = requested(writes().at(-1)!)
    expect(asked!.requestId).toMatch(/^[a-v0-9]{52}$/)
    expect(asked!.requestId).not.toBe(eventId('b1'))
  })
  test('an event found without the link its booking wants gets one', async () => {
    await create()
    await create({ conference: 'meet' })
    expect(requested(writes().at(-1)!)).toMatchObject({ requestId: eventId('b1') })
  })
})
