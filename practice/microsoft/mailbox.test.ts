import type { Client } from '@microsoft/microsoft-graph-client'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DAY, HOUR } from '#core/time/model.ts'
import { judge, refused } from './judge.ts'
import { startPracticeMicrosoft, type PracticeMicrosoft } from './server.ts'

const GIULIA = 'giulia@studio.example'
const NINE = Date.parse('2026-12-01T09:00:00Z')
let practice: PracticeMicrosoft
let client: Client

beforeEach(async () => {
  practice = await startPracticeMicrosoft()
  practice.store.addUser({ email: GIULIA, name: 'Giulia Riva' })
  client = judge(practice, GIULIA)
})
afterEach(() => practice.stop())

const raw = async (path: string, init: RequestInit & { headers?: Record<string, string> }) => {
  const answer = await fetch(`${practice.url}/v1.0${path}`, {
    ...init,
    headers: { authorization: `Bearer ${practice.grant(GIULIA).accessToken}`, ...init.headers },
  })
  return { status: answer.status, text: await answer.text(), headers: answer.headers }
}

test('a message goes out as JSON, and what the documents do not know is refused', async () => {
  await client.api('/me/sendMail').post({
    message: {
      subject: 'Hello',
      body: { contentType: 'Text', content: 'Hi' },
      toRecipients: [{ emailAddress: { address: 'anna@example.test' } }],
    },
    saveToSentItems: false,
  })
  expect(practice.store.mails).toMatchObject([
    { kind: 'message', from: GIULIA, to: ['anna@example.test'], subject: 'Hello', inSentItems: false },
  ])
  expect(
    await refused(client.api('/me/sendMail').post({ message: { subject: 'x', toRecipients: [] } })),
  ).toMatchObject({ status: 400, code: 'ErrorInvalidRecipients' })
  expect(await refused(client.api('/me/sendMail').post({ message: { headline: 'x' } }))).toMatchObject({
    status: 400,
    code: 'RequestBodyRead',
  })
  expect(
    await refused(
      judge(practice, GIULIA, { scope: 'Calendars.ReadWrite' }).api('/me/sendMail').post({ message: {} }),
    ),
  ).toMatchObject({ status: 403 })
})

test('a whole message goes out as base64 in a text body, from the mailbox’s own address only', async () => {
  const mime = (from: string) =>
    `From: Giulia <${from}>\r\nTo: Anna <anna@example.test>,\r\n carlo@example.test\r\nSubject: Hello\r\nMessage-ID: <1@studio.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nCiao\r\n`
  const send = (text: string) =>
    raw('/me/sendMail', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: text })
  expect(await send(Buffer.from(mime(GIULIA)).toString('base64'))).toMatchObject({ status: 202, text: '' })
  expect(practice.store.mails).toMatchObject([
    { to: ['anna@example.test', 'carlo@example.test'], subject: 'Hello', mime: mime(GIULIA) },
  ])
  expect((await send(mime(GIULIA))).text).toContain('ErrorMimeContentInvalidBase64String')
  expect((await send(Buffer.from(mime('someone@studio.example')).toString('base64'))).text).toContain(
    'ErrorSendAsDenied',
  )
})

test('schedules of one’s organisation are told, those of others are an error inside the answer', async () => {
  practice.store.addUser({ email: 'anna@studio.example', name: 'Anna' })
  practice.store.putEvent(practice.store.calendarOf('anna@studio.example').id, {
    subject: 'Doctor',
    sensitivity: 'private',
    start: NINE,
    end: NINE + HOUR,
    showAs: 'oof',
  })
  const ask = (more: object = {}) =>
    client.api('/me/calendar/getSchedule').post({
      schedules: ['anna@studio.example', 'who@else.example'],
      startTime: { dateTime: '2026-12-01T08:00:00', timeZone: 'UTC' },
      endTime: { dateTime: '2026-12-01T12:00:00', timeZone: 'UTC' },
      availabilityViewInterval: 60,
      ...more,
    }) as Promise<{ value: Record<string, unknown>[] }>
  const { value } = await ask()
  expect(value[0]).toMatchObject({
    availabilityView: '0300',
    scheduleItems: [{ status: 'oof', isPrivate: true }],
  })
  expect(JSON.stringify(value[0])).not.toContain('Doctor')
  expect(value[1]).toMatchObject({ error: { responseCode: 'ErrorMailRecipientNotFound' } })
  expect(
    await refused(ask({ schedules: Array.from({ length: 21 }, (_, n) => `p${n}@studio.example`) })),
  ).toMatchObject({ status: 400, code: 'ErrorMailboxDataArrayTooBig' })
  expect(await refused(ask({ endTime: { dateTime: '2027-02-02T08:00:00', timeZone: 'UTC' } }))).toMatchObject(
    { status: 400, code: 'ErrorTimeIntervalTooBig' },
  )
  expect(await refused(ask({ availabilityViewInterval: 4 }))).toMatchObject({ status: 400 })
  expect(await refused(ask({ availabilityViewInterval: null }))).toMatchObject({ status: 500 })
})

test('a personal account has no schedules and makes no meetings with a link', async () => {
  practice.store.addUser({ email: 'home@outlook.example', name: 'At home', personal: true })
  const home = judge(practice, 'home@outlook.example')
  expect(
    await refused(
      home.api('/me/calendar/getSchedule').post({
        schedules: ['home@outlook.example'],
        startTime: { dateTime: '2026-12-01T08:00:00', timeZone: 'UTC' },
        endTime: { dateTime: '2026-12-01T12:00:00', timeZone: 'UTC' },
      }),
    ),
  ).toMatchObject({ status: 403 })
  expect(await home.api('/me/calendar').get()).toMatchObject({
    allowedOnlineMeetingProviders: [],
    isDefaultCalendar: true,
  })
})

test('C17 the fifth request of a mailbox at once is too many, and other mailboxes do not suffer', async () => {
  practice.store.addUser({ email: 'anna@studio.example', name: 'Anna' })
  practice.faults.next({ match: { feature: 'GET /me/calendars' }, times: 5, delayMs: 200 })
  const all = await Promise.all([
    ...Array.from({ length: 5 }, () => raw('/me/calendars', {})),
    judge(practice, 'anna@studio.example').api('/me/calendar').get(),
  ])
  const five = all.slice(0, 5) as Awaited<ReturnType<typeof raw>>[]
  expect(five.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 429])
  const last = five.find(({ status }) => status === 429)!
  expect([last.headers.get('retry-after'), JSON.parse(last.text)]).toMatchObject([
    '1',
    { error: { code: 'ApplicationThrottled' } },
  ])
})

test('C01 Microsoft’s own client waits as told and then gets its answer', async () => {
  practice.faults.next({
    match: { path: '/v1.0/me' },
    status: 429,
    headers: { 'retry-after': '1' },
    body: { error: { code: 'ApplicationThrottled', message: '' } },
  })
  const before = Date.now()
  expect(await judge(practice, GIULIA, { retries: 1 }).api('/me').get()).toMatchObject({
    userPrincipalName: GIULIA,
  })
  expect(Date.now() - before).toBeGreaterThan(900)
})

test('C06 a reply may be lost before or after the effect', async () => {
  const post = () =>
    raw('/me/events', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        subject: 'x',
        start: { dateTime: '2026-12-01T09:00:00', timeZone: 'UTC' },
        end: { dateTime: '2026-12-01T10:00:00', timeZone: 'UTC' },
      }),
    })
  const { id } = practice.store.calendarOf(GIULIA)
  practice.faults.next({ match: { method: 'POST' }, cut: 'before' })
  await expect(post()).rejects.toThrow()
  expect(practice.store.eventsOf(id)).toHaveLength(0)
  practice.faults.next({ match: { method: 'POST' }, cut: 'after' })
  await expect(post()).rejects.toThrow()
  expect(practice.store.eventsOf(id)).toHaveLength(1)
})

test('the owner’s own page shows, moves, renames, answers and deletes, and no other page may', async () => {
  const { store } = practice
  const { id } = store.calendarOf(GIULIA)
  const event = store.putEvent(id, {
    subject: '<b>Tea</b>',
    start: store.now() + DAY,
    end: store.now() + DAY + HOUR,
    attendees: [{ email: 'anna@example.test' }],
  })
  const page = async () => (await fetch(`${practice.url}/?user=${GIULIA}`)).text()
  expect(await page()).toContain('&lt;b&gt;Tea&lt;/b&gt;')
  const act = async (verb: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
    (
      await fetch(`${practice.url}/events/${verb}`, {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams({ event: event.id, ...fields }),
        headers,
      })
    ).status
  expect(await act('rename', { subject: 'Coffee' }, { origin: 'http://evil.example' })).toBe(403)
  expect(await act('rename', { subject: 'Coffee' }, { origin: practice.url })).toBe(303)
  expect(await act('move', { start: '2026-12-24T10:00', end: '2026-12-24T11:00' })).toBe(303)
  expect(await act('move', { start: '2026-12-24T10:00', end: '2026-12-24T09:00' })).toBe(400)
  expect(await act('answer', { attendee: 'anna@example.test', answer: 'declined' })).toBe(303)
  expect(store.findEvent(event.id)).toMatchObject({
    subject: 'Coffee',
    span: { start: Date.parse('2026-12-24T09:00:00Z') },
    attendees: [{ answer: 'declined' }],
  })
  expect(store.mails.map(({ kind }) => kind)).toEqual(['update', 'update'])
  expect(await act('delete', {})).toBe(303)
  expect(await page()).toContain('No events.')
  expect(
    await act('new', {
      user: GIULIA,
      calendar: id,
      subject: 'New',
      start: '2026-12-24T10:00',
      end: '2026-12-24T11:00',
    }),
  ).toBe(303)
  expect(await page()).toContain('New')
  expect(
    await act('new', {
      user: GIULIA,
      calendar: 'nowhere',
      subject: 'New',
      start: '2026-12-24T10:00',
      end: '2026-12-24T11:00',
    }),
  ).toBe(404)
})

test('what the demo holds survives a new start', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'practice-microsoft-'))
  const file = join(folder, 'microsoft.json')
  try {
    const before = await startPracticeMicrosoft({ file })
    before.store.addUser({ email: GIULIA, name: 'Giulia Riva' })
    const event = before.store.putEvent(before.store.calendarOf(GIULIA).id, {
      subject: 'Kept',
      start: NINE,
      end: NINE + HOUR,
    })
    const { refreshToken } = before.grant(GIULIA)
    await before.stop()
    const after = await startPracticeMicrosoft({ file })
    expect(after.store.findEvent(event.id)).toEqual(event)
    const answer = await fetch(`${after.url}/common/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        client_id: after.clientId,
        client_secret: after.clientSecret,
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
      }),
    })
    expect(answer.status).toBe(200)
    await after.stop()
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('an answer of our own that our schemas refuse fails whoever drives the server', async () => {
  const own = await startPracticeMicrosoft()
  own.store.addUser({ email: GIULIA, name: 'Giulia Riva' })
  own.store.putEvent(own.store.calendarOf(GIULIA).id, {
    start: NINE,
    end: NINE + HOUR,
    showAs: 'away' as never,
  })
  expect(await refused(judge(own, GIULIA).api('/me/events').get())).toMatchObject({ status: 500 })
  await expect(own.stop()).rejects.toThrow('GET /me/events was about to answer what its schema refuses')
})
