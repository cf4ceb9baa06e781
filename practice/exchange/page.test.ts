import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { HOUR } from '#core/time/model.ts'
import { ask } from './judge.ts'
import { startPracticeExchange, type PracticeExchange } from './server.ts'

const GIULIA = 'giulia@studio.example'
const ANNA = 'anna@studio.example'
const SOON = Math.ceil(Date.now() / HOUR) * HOUR + 24 * HOUR
let practice: PracticeExchange

beforeEach(async () => {
  practice = await startPracticeExchange()
  practice.store.addUser({ email: GIULIA, name: 'Giulia Riva' })
  practice.store.addUser({ email: ANNA, name: 'Anna <Neri>' })
})
afterEach(() => practice.stop())

const page = async (user = GIULIA) => (await fetch(`${practice.url}/?user=${user}`)).text()
const act = (verb: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(`${practice.url}/events/${verb}`, {
    method: 'POST',
    redirect: 'manual',
    headers,
    body: new URLSearchParams(form),
  })

test('the owner sees the calendar and changes it; who is in a meeting hears of it', async () => {
  const folder = practice.store.calendarOf(GIULIA).id
  expect(
    (
      await act('new', {
        calendar: folder,
        subject: 'Coffee',
        start: '2026-12-01T09:00',
        end: '2026-12-01T10:00',
      })
    ).status,
  ).toBe(303)
  expect(practice.store.events(GIULIA)).toMatchObject([
    { subject: 'Coffee', span: { start: Date.parse('2026-12-01T08:00:00Z') } },
  ])
  const meeting = practice.store.putEvent(folder, {
    start: SOON,
    end: SOON + HOUR,
    subject: 'Tea',
    attendees: [{ email: ANNA }],
    invited: [ANNA],
  })
  expect(await page()).toContain('Tea')
  await act('rename', { event: meeting.id, subject: 'Green tea' })
  await act('answer', { event: meeting.id, attendee: ANNA, answer: 'Decline' })
  expect(practice.store.find(meeting.id)).toMatchObject({
    subject: 'Green tea',
    attendees: [{ answer: 'Decline' }],
  })
  await act('delete', { event: meeting.id })
  expect(practice.store.mails.map(({ kind }) => kind)).toEqual(['update', 'cancellation'])
  expect(await page(ANNA)).toContain('Canceled: Green tea')
  expect(await page(ANNA)).toContain('Anna &lt;Neri&gt;')
})

test('a form that came from elsewhere does nothing, nor one that makes no sense', async () => {
  const { id } = practice.store.putEvent(practice.store.calendarOf(GIULIA).id, {
    start: SOON,
    end: SOON + HOUR,
    subject: 'Tea',
  })
  expect((await act('delete', { event: id }, { origin: 'http://evil.example' })).status).toBe(403)
  expect((await act('move', { event: id, start: '2026-12-01T10:00', end: '2026-12-01T09:00' })).status).toBe(
    400,
  )
  expect((await act('delete', { event: 'gone' })).status).toBe(404)
  expect(practice.store.find(id)).not.toBeNull()
})

test('what is kept in a file is there at the next start, sync states too', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'practice-exchange-'))
  const file = join(folder, 'store.json')
  const first = await startPracticeExchange({ file })
  first.store.addUser({ email: GIULIA, name: 'Giulia Riva' })
  first.store.putEvent(first.store.calendarOf(GIULIA).id, { start: SOON, end: SOON + HOUR, subject: 'Tea' })
  const SYNC = (state: string) =>
    `<m:SyncFolderItems><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:SyncFolderId><t:DistinguishedFolderId Id="calendar"/></m:SyncFolderId>${state}<m:MaxChangesReturned>512</m:MaxChangesReturned></m:SyncFolderItems>`
  const told = await ask(first, SYNC(''))
  await first.stop()
  const second = await startPracticeExchange({ file })
  const state = /<m:SyncState>.*<\/m:SyncState>/.exec(told.text)![0]
  const again = await ask(second, SYNC(state))
  await second.stop()
  rmSync(folder, { recursive: true })
  expect(told.text).toContain('<t:Create>')
  expect([again.codes, again.text.includes('<m:Changes/>')]).toEqual([['NoError'], true])
})
