import { expect, test } from 'vitest'
import { MINUTE } from '#core/time/model.ts'
import { graphError, graphEvent, inTurn, scripted, utc } from '#tests/graph-script.ts'
import type { Told } from '#tests/graph-script.ts'
import { AccessRevoked, NotFound, SlowDown } from '../provider.ts'
import { freshBusy } from './busy.ts'
import { listCalendars } from './calendars.ts'
import { sendGraphMail } from './mail.ts'
import { microsoft } from './microsoft.ts'
import { watch } from './watch.ts'

const calendar = (id: string, more: Record<string, unknown> = {}) => ({
  id,
  name: `Calendar ${id}`,
  hexColor: '',
  canEdit: true,
  isDefaultCalendar: false,
  allowedOnlineMeetingProviders: [],
  ...more,
})
const settings = (timeZone: unknown): Told => ({ json: { timeZone } })

test('list: who may write, which is the first, its colour, its zone and whether Teams is there; over all pages', async () => {
  const { session, asked } = scripted(({ url }) =>
    url.pathname.endsWith('mailboxSettings')
      ? settings('W. Europe Standard Time')
      : url.searchParams.has('$skip')
        ? {
            json: {
              value: [
                calendar('b', { canEdit: false, name: ' Holidays\n\u0000in  Italy ', hexColor: 'blue' }),
                { name: 'no id' },
              ],
            },
          }
        : {
            json: {
              value: [
                calendar('a', {
                  isDefaultCalendar: true,
                  hexColor: '#A5C5E7',
                  allowedOnlineMeetingProviders: ['teamsForBusiness'],
                }),
              ],
              '@odata.nextLink': 'https://graph.example/v1.0/me/calendars?$skip=1',
            },
          },
  )
  expect(await listCalendars(session)).toEqual([
    {
      remoteId: 'a',
      name: 'Calendar a',
      color: '#a5c5e7',
      zone: 'Europe/Berlin',
      writable: true,
      primary: true,
      conference: 'teams',
    },
    {
      remoteId: 'b',
      name: 'Holidays in Italy',
      color: null,
      zone: 'Europe/Berlin',
      writable: false,
      primary: false,
      conference: null,
    },
  ])
  expect(asked).toHaveLength(3)
})

test.each<[string, Told]>([
  ['a Windows name nobody knows', settings('Customized Time Zone')],
  ['nothing', settings(null)],
  ['no permission', { status: 403, json: graphError('ErrorAccessDenied') }],
  ['no such thing', { status: 404, json: graphError('ErrorItemNotFound') }],
])('list: mailbox settings with %s leave the zone to the host', async (_, told) => {
  const { session } = scripted(({ url }) =>
    url.pathname.endsWith('mailboxSettings') ? told : { json: { value: [calendar('a')] } },
  )
  expect(await listCalendars(session)).toMatchObject([{ remoteId: 'a', zone: null }])
})

test('an account without a mailbox is told apart from one that is not let in, and from one that must wait', async () => {
  const all = (told: Told) => listCalendars(scripted(() => told).session)
  await expect(all({ status: 404, json: graphError('MailboxNotEnabledForRESTAPI') })).rejects.toMatchObject({
    name: 'Unreachable',
    reason: 'no-mailbox',
  })
  await expect(all({ status: 401, json: graphError('InvalidAuthenticationToken') })).rejects.toThrow(
    AccessRevoked,
  )
  await expect(all({ status: 403, json: graphError('ErrorAccessDenied') })).rejects.toMatchObject({
    reason: 'forbidden',
  })
  await expect(all({ status: 429, json: graphError('ApplicationThrottled') })).rejects.toThrow(SlowDown)
})

test('fresh busy time is read from the view itself, ours with our UID, and only what reaches into the window', async () => {
  const window = { start: Date.UTC(2027, 2, 1, 9, 30), end: Date.UTC(2027, 2, 1, 12) }
  const whole = graphEvent('day', {
    isAllDay: true,
    start: utc('2027-03-01T00:00:00'),
    end: utc('2027-03-02T00:00:00'),
    showAs: 'oof',
  })
  const { session, asked } = scripted(
    inTurn(
      {
        json: {
          value: [
            graphEvent('a', { transactionId: 'ritrovo:booking@ritrovo' }),
            graphEvent('late', { start: utc('2027-03-01T12:00:00'), end: utc('2027-03-01T13:00:00') }),
          ],
          '@odata.nextLink': 'https://graph.example/v1.0/next',
        },
      },
      { json: { value: [whole, graphEvent('odd', { start: null })] } },
    ),
  )
  expect(await freshBusy(session, 'cal', window)).toEqual([
    { uid: 'booking@ritrovo', start: Date.UTC(2027, 2, 1, 9), end: Date.UTC(2027, 2, 1, 10), kind: 'busy' },
    {
      uid: 'ical-day',
      start: Date.UTC(2027, 1, 28, 23),
      end: Date.UTC(2027, 2, 1, 23),
      kind: 'out-of-office',
    },
    { uid: 'ical-odd', start: window.start, end: Date.UTC(2027, 2, 1, 10), kind: 'unknown' },
  ])
  expect(asked[0]?.url.pathname).toBe('/v1.0/me/calendars/cal/calendarView')
  expect(asked[0]?.url.searchParams.get('startDateTime')).toBe('2027-02-28T09:30:00.000Z')
})

test('A25 busy time that cannot be read is a fault, never free time', async () => {
  const window = { start: 0, end: 1 }
  await expect(
    freshBusy(scripted(inTurn({ status: 503, text: '' })).session, 'cal', window),
  ).rejects.toMatchObject({ reason: 'server-error' })
  await expect(
    freshBusy(
      scripted(() => ({ json: { value: [], '@odata.nextLink': 'https://graph.example/v1.0/again' } }))
        .session,
      'cal',
      window,
    ),
  ).rejects.toMatchObject({ reason: 'bad-answer' })
})

const call = {
  id: 'ours',
  address: 'https://r.example/push/microsoft/t',
  lifecycle: 'https://r.example/push/microsoft/l',
  secret: 's',
  until: Date.now() + 30 * 24 * 60 * MINUTE,
}

test('B15 a subscription says from the start where its own troubles are to be told, and asks for no more than Graph gives', async () => {
  const granted = '2027-03-05T10:00:00.0000000Z'
  const { session, asked } = scripted(
    inTurn({
      status: 201,
      json: { id: 'sub', resource: 'me/calendars/cal/events', expirationDateTime: granted },
    }),
  )
  expect(await watch.start(session, 'cal', call)).toEqual({
    id: 'sub',
    resource: 'me/calendars/cal/events',
    until: Date.UTC(2027, 2, 5, 10),
  })
  const { expirationDateTime, ...body } = asked[0]!.body as Record<string, string>
  expect(body).toEqual({
    changeType: 'created,updated,deleted',
    notificationUrl: call.address,
    lifecycleNotificationUrl: call.lifecycle,
    resource: 'me/calendars/cal/events',
    clientState: 's',
  })
  expect(Date.parse(expirationDateTime!)).toBeLessThan(Date.now() + 10_080 * MINUTE)
  expect(asked[0]!.headers.get('prefer')).toContain('ImmutableId')
})

test('B14 a subscription is made longer in its place, and ended also when it is gone already', async () => {
  const it = { id: 'sub', resource: 'r', until: 0 }
  const { session, asked } = scripted(
    inTurn(
      { json: { id: 'sub', expirationDateTime: '2027-03-05T10:00:00Z' } },
      { status: 404, json: graphError('ResourceNotFound') },
      { status: 204 },
      { status: 404, json: graphError('ResourceNotFound') },
    ),
  )
  expect(await watch.renew!(session, it, call.until)).toEqual({
    id: 'sub',
    resource: 'r',
    until: Date.UTC(2027, 2, 5, 10),
  })
  expect([asked[0]?.method, Object.keys(asked[0]!.body as object)]).toEqual(['PATCH', ['expirationDateTime']])
  await expect(watch.renew!(session, it, call.until)).rejects.toThrow(NotFound)
  await watch.stop(session, it)
  await watch.stop(session, it)
})

test('a subscription without an end is no promise', async () => {
  const { session } = scripted(inTurn({ status: 201, json: { id: 'sub' } }))
  await expect(watch.start(session, 'cal', call)).rejects.toMatchObject({ reason: 'bad-answer' })
})

test('a letter goes out as it is, and what Exchange refuses is said', async () => {
  const message = new TextEncoder().encode('Subject: Grüße\r\n\r\nHello\r\n')
  const { session, asked } = scripted(
    inTurn({ status: 202, text: '' }, { status: 403, json: graphError('ErrorSendAsDenied') }),
  )
  expect(await sendGraphMail(session, message.subarray(0))).toEqual({ id: null })
  expect([asked[0]?.method, asked[0]?.url.pathname, asked[0]?.headers.get('content-type')]).toEqual([
    'POST',
    '/v1.0/me/sendMail',
    'text/plain',
  ])
  expect(Buffer.from(asked[0]!.body as string, 'base64').toString()).toBe('Subject: Grüße\r\n\r\nHello\r\n')
  await expect(sendGraphMail(session, message)).rejects.toMatchObject({ reason: 'forbidden' })
})

test('C27 Exchange invites, and nobody knows its UID before it has', () => {
  expect(microsoft.invites).toBe('provider')
  expect(microsoft.calendarUid('x')).toBe(null)
})
