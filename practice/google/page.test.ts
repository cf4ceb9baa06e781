import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { GIULIA, hour } from './judge.ts'
import { startPracticeGoogle } from './server.ts'

const tomorrow = (): string => new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)

test('the owner moves, renames, declines and deletes on the page', async () => {
  const google = await startPracticeGoogle()
  google.store.addUser({ email: GIULIA, name: 'Giulia <b>Bianchi</b>' })
  google.store.putEvent(GIULIA, {
    id: 'event1',
    summary: 'Old',
    ...hour(tomorrow()),
    attendees: [{ email: 'v@example.test' }],
  })
  const read = async () => (await fetch(google.url)).text()
  const press = async (fields: Record<string, string>, headers = {}) =>
    (
      await fetch(google.url, {
        method: 'POST',
        headers,
        body: new URLSearchParams({ person: GIULIA, calendar: GIULIA, event: 'event1', ...fields }),
        redirect: 'manual',
      })
    ).status
  expect(await read()).toContain('Old')
  expect(await read()).not.toContain('<b>Bianchi')
  expect(await press({ act: 'put', summary: 'New' })).toBe(303)
  await press({ act: 'move', start: `${tomorrow()}T15:00`, end: `${tomorrow()}T15:45` })
  await press({ act: 'respond', email: 'v@example.test', status: 'declined' })
  const event = google.store.event(GIULIA, 'event1')!
  expect([
    event.summary,
    event.start!.dateTime!.slice(11, 16),
    event.end!.dateTime!.slice(11, 16),
    event.attendees![0]!.responseStatus,
  ]).toEqual(['New', '15:00', '15:45', 'declined'])
  expect(await press({ act: 'delete' }, { origin: 'https://evil.example' })).toBe(403)
  await press({ act: 'delete' })
  await press({ act: 'delete' })
  expect(google.store.events(GIULIA)).toEqual([])
  await press({ act: 'person', email: 'new@example.test', name: 'Nina' })
  expect(google.store.calendars.has('new@example.test')).toBe(true)
  await google.stop()
})

test('with a file the demo finds everything again: events, permissions, sync tokens that are still good', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'practice-google-'))
  const file = join(folder, 'google.json')
  const first = await startPracticeGoogle({ file })
  first.store.addUser({ email: GIULIA, name: 'Giulia' })
  first.store.putEvent(GIULIA, { id: 'event1', ...hour(tomorrow()) })
  const { refreshToken, accessToken } = first.grant(GIULIA)
  const ask = async (url: string, token: string, more = '') =>
    (
      await fetch(`${url}/calendar/v3/calendars/primary/events?singleEvents=true${more}`, {
        headers: { authorization: `Bearer ${token}` },
      })
    ).json() as Promise<{ items: unknown[]; nextSyncToken: string }>
  const { nextSyncToken: stale } = await ask(first.url, accessToken)
  first.store.putEvent(GIULIA, { id: 'event2', ...hour(tomorrow()) })
  first.store.deleteEvent(GIULIA, 'event2')
  const { nextSyncToken } = await ask(first.url, accessToken)
  await first.stop()
  const second = await startPracticeGoogle({ file })
  const renewed = await fetch(`${second.url}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      client_id: second.clientId,
      client_secret: second.clientSecret,
    }),
  })
  const { access_token: token } = (await renewed.json()) as { access_token: string }
  expect((await ask(second.url, token)).items).toHaveLength(1)
  second.store.deleteEvent(GIULIA, 'event1')
  expect((await ask(second.url, token, `&syncToken=${nextSyncToken}`)).items).toHaveLength(1)
  expect(await ask(second.url, token, `&syncToken=${stale}`)).toMatchObject({ error: { code: 410 } })
  await second.stop()
  rmSync(folder, { recursive: true })
})

test('an answer that breaks its own schema is a failure of whoever runs the server', async () => {
  const google = await startPracticeGoogle()
  google.store.addUser({ email: GIULIA, name: 'Giulia' })
  const { accessToken } = google.grant(GIULIA)
  google.store.calendars.get(GIULIA)!.summary = 7 as unknown as string
  expect(
    (
      await fetch(`${google.url}/calendar/v3/calendars/primary/events`, {
        headers: { authorization: `Bearer ${accessToken}` },
      })
    ).status,
  ).toBe(500)
  await expect(google.stop()).rejects.toThrow(/broke its own rules/)
})
