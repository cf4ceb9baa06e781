import { expect, test } from 'vitest'
import { HOUR, MINUTE } from '#core/time/model.ts'
import { routes } from '#server/bookings/routes.ts'
import type { Booking } from '#server/bookings/model.ts'
import { effectsOf } from '#server/bookings/effects.ts'
import { rememberContact } from '#server/contacts/remember.ts'
import { findPart, readMessage } from '#server/mail/read-message.ts'
import { soon } from '#tests/host.ts'
import { aHouse, signedInAs, type Refusal } from '#tests/house.ts'
import { aTwoWayHost } from '#tests/two-way.ts'

async function aRecord() {
  const h = await aTwoWayHost()
  const { contactId } = await h.deps.db.inWorkspace(h.workspaceId, (tx) => rememberContact(tx, { workspaceId: h.workspaceId, ownerId: h.owner.userId, name: 'Ada Neri', email: 'ada@example.test', locale: 'it', zone: 'Europe/Rome', source: 'person' }))
  const me = await signedInAs(h.deps, aHouse(h.deps, routes), { workspaceId: h.workspaceId, userId: h.owner.userId })
  const draft = (start: number, more: object = {}) => ({ start, duration: 60, title: 'Sopralluogo', location: { kind: 'place', value: 'Via Roma 1' }, guests: ['ugo@example.test'], ...more })
  const meet = async <B = Booking>(start: number, more?: object) => {
    const answer = await me.post<B>(`/contacts/${contactId}/meetings`, draft(start, more))
    const { id } = answer.body as { id?: string }
    if (id) await effectsOf(id)
    await h.atRest()
    return answer
  }
  return { ...h, me, contactId, meet }
}

test('S-006 a meeting made from a contact’s record reaches the calendar, invites them and their guests, and stands in their history', async () => {
  const h = await aRecord()
  expect((await h.me.get<{ calendar: boolean }>(`/contacts/${h.contactId}/meetings/before`)).body).toEqual({ calendar: true })
  const start = soon(30)
  const { status, body } = await h.meet(start)
  expect([status, body.state, body.madeFrom]).toEqual([201, 'confirmed', 'record'])
  const row = await h.row(body.id)
  expect(row.calendar_state).toBe('standing')
  expect(h.theirs.span(row.uid)).toEqual({ start, end: start + HOUR })
  expect(h.theirs.find(row.uid)!.text).toContain('SUMMARY:Sopralluogo\r\n')
  const letters = await h.letters(body.id)
  expect(letters.map(({ kind, recipient }) => [kind, recipient])).toEqual([
    ['invite', 'ada@example.test'],
    ['invite', 'ugo@example.test'],
  ])
  const text = findPart(readMessage(letters[0]!.source), 'text/plain')!.body.toString()
  expect(text).toContain('ti invita a un incontro')
  expect(text).not.toContain('sulla pagina di')
  expect(await h.timeline(h.contactId)).toMatchObject([{ kind: 'meeting', words: { title: 'Sopralluogo', start, by: 'host', place: 'Via Roma 1' } }])

  // Moved and cancelled like any booking, from here and from the calendar.
  expect((await h.me.post<Booking>(`/bookings/${body.id}/move`, { start: start + 4 * HOUR })).status).toBe(200)
  await h.atRest()
  expect(h.theirs.span(row.uid)).toEqual({ start: start + 4 * HOUR, end: start + 5 * HOUR })
  await h.sync()
  h.theirs.move(row.uid, start + 6 * HOUR, start + 7 * HOUR)
  await h.sync()
  expect(await h.row(body.id)).toMatchObject({ starts_at: start + 6 * HOUR, revision: 3 })
  h.theirs.remove(row.uid)
  await h.sync()
  expect(await h.row(body.id)).toMatchObject({ state: 'cancelled', cancelled_by: 'calendar' })
  expect((await h.timeline(h.contactId)).map(({ kind }) => kind)).toEqual(['meeting', 'moved', 'moved', 'cancelled'])
})

test('b.8 over what is in the calendar only by insisting; over another meeting of ours never', async () => {
  const h = await aRecord()
  const start = soon(30)
  h.theirs.add('dentist', start, start + HOUR)
  await h.sync()
  const refused = await h.meet<Refusal & { busy: { title: string; start: number }[]; ours: boolean }>(start)
  expect([refused.status, refused.body.code, refused.body.ours]).toEqual([409, 'busy', false])
  expect(refused.body.busy).toEqual([{ title: 'dentist', start, end: start + HOUR }])
  expect((await h.meet(start, { anyway: true })).status).toBe(201)
  const again = await h.meet<Refusal & { ours: boolean }>(start + 30 * MINUTE, { anyway: true })
  expect([again.status, again.body.code, again.body.ours]).toEqual([409, 'busy', true])
  expect((await h.meet<Refusal>(Date.now() - HOUR)).body.code).toBe('past')
  // A page does not offer that time either.
  await expect(h.booked(start)).rejects.toThrow('slot-taken')
})

test('S-013 without a calendar the meeting is noted, nobody is written to, and that was said before', async () => {
  const h = await aRecord()
  await h.ask('delete from calendars')
  await h.ask('delete from connections')
  expect((await h.me.get<{ calendar: boolean }>(`/contacts/${h.contactId}/meetings/before`)).body).toEqual({ calendar: false })
  const start = soon(30)
  const { status, body } = await h.meet(start)
  expect([status, body.calendarState]).toEqual([201, 'none'])
  expect((await h.me.post(`/bookings/${body.id}/move`, { start: start + 2 * HOUR })).status).toBe(200)
  expect((await h.me.post(`/bookings/${body.id}/cancel`, {})).status).toBe(200)
  await h.atRest()
  expect(await h.letters(body.id)).toEqual([])
  expect((await h.timeline(h.contactId)).map(({ kind }) => kind)).toEqual(['meeting', 'moved', 'cancelled'])
  expect(await h.ask('select 1 from occupancy')).toEqual([])
})

test('a stranger’s contact, a broken draft and a double click make no second meeting', async () => {
  const h = await aRecord()
  const start = soon(30)
  expect((await h.me.post(`/contacts/${h.workspaceId}/meetings`, { start, duration: 30, title: 'x', location: { kind: 'ask', value: '' } })).status).toBe(404)
  for (const broken of [{ duration: 1 }, { title: '' }, { guests: ['not an address'] }, { location: { kind: 'video', value: 'javascript:alert(1)' } }, { start: 'soon' }])
    expect((await h.meet(start, broken)).status).toBe(400)
  const twice = await Promise.all([h.meet(start), h.meet(start)])
  expect(twice.map(({ status }) => status).sort()).toEqual([201, 409])
})
