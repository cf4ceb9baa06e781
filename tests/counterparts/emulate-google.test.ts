import { createEmulator } from 'emulate'
import type { Emulator } from 'emulate'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEgress } from '#server/platform/egress.ts'
import type { Egress } from '#server/platform/egress.ts'
import { google } from '#server/providers/google/google.ts'
import { sendGmail } from '#server/providers/google/mail.ts'
import type { Session } from '#server/providers/provider.ts'
import { sessionWith } from './google-subject.ts'

// emulate 0.12.2 knows neither sync tokens nor client ids nor private properties: only what does not need them is asked here.
describe('emulate, which others wrote, takes our calls', () => {
  let emulator: Emulator
  let egress: Egress
  let session: Session
  const NINE = Date.UTC(2027, 2, 1, 9)

  beforeAll(async () => {
    emulator = await createEmulator({
      service: 'google',
      port: 0,
      seed: {
        google: {
          users: [{ email: 'alice@example.com', name: 'Alice' }],
          calendars: [
            {
              id: 'primary',
              user_email: 'alice@example.com',
              summary: 'alice',
              primary: true,
              time_zone: 'Europe/Rome',
            },
          ],
          calendar_events: [
            {
              id: 'evt1',
              user_email: 'alice@example.com',
              calendar_id: 'primary',
              summary: 'Lunch',
              start_date_time: '2027-03-01T12:00:00Z',
              end_date_time: '2027-03-01T13:00:00Z',
            },
          ],
        },
      },
    })
    const { host } = new URL(emulator.url)
    egress = createEgress({ allow: [host] })
    session = sessionWith(emulator.url, egress, 'any token is taken here')
  })
  afterAll(async () => {
    await egress?.close()
    await emulator?.close()
  })

  test('calendars', async () => {
    expect(await google.listCalendars(session)).toMatchObject([
      { remoteId: 'primary', name: 'alice', zone: 'Europe/Rome', primary: true },
    ])
  })

  test('events: listed, made, listed, deleted, and deleted again', async () => {
    const window = { start: NINE, end: NINE + 12 * 3_600_000 }
    const lunch = { start: Date.UTC(2027, 2, 1, 12), end: Date.UTC(2027, 2, 1, 13), kind: 'busy' }
    expect(await google.freshBusy!(session, 'primary', window)).toMatchObject([lunch])
    expect((await google.pull(session, 'primary', null, window)).changes).toMatchObject([
      { kind: 'upsert', event: { remoteId: 'evt1', title: 'Lunch', trouble: null } },
    ])
    const span = { start: NINE, end: NINE + 1_800_000 }
    const made = await google.createEvent(session, 'primary', {
      uid: 'b1',
      sequence: 0,
      span,
      zone: 'Europe/Rome',
      title: 'Introduction: Bob',
      description: 'Phone: 1',
      location: 'Via Roma 1',
      url: null,
      organizer: { name: 'Alice', email: 'alice@example.com' },
      attendees: [{ name: 'Bob', email: 'bob@example.com' }],
    })
    expect(made).toMatchObject({ uid: 'b1', span, title: 'Introduction: Bob', cancelled: false })
    expect(await google.freshBusy!(session, 'primary', window)).toMatchObject([
      { ...span, kind: 'busy' },
      lunch,
    ])
    await google.deleteEvent(session, 'primary', made.remoteId)
    await google.deleteEvent(session, 'primary', made.remoteId)
    expect(await google.freshBusy!(session, 'primary', window)).toMatchObject([lunch])
  })

  test('a letter', async () => {
    const letter = 'From: alice@example.com\r\nTo: bob@example.com\r\nSubject: See you\r\n\r\nAt nine.\r\n'
    const { id } = await sendGmail(`${emulator.url}/gmail/v1`)(session, Buffer.from(letter))
    expect(id).toEqual(expect.any(String))
  })
})
