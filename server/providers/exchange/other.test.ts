import { describe, expect, test } from 'vitest'
import { answer, envelope, inTurn, item, items, scripted, soapFault } from '#tests/exchange-script.ts'
import type { Told } from '#tests/exchange-script.ts'
import { DAY, HOUR } from '#core/time/model.ts'
import { AccessRevoked, NotFound } from '../provider.ts'
import { availabilityOf } from './availability.ts'
import { listCalendars } from './calendars.ts'
import { sendExchangeMail } from './mail.ts'
import { can, MISSING, whyNot } from './modes.ts'
import { attribute, child, textAt } from './parse.ts'
import { respond } from './respond.ts'

const folder = (id: string, name: string, more = '<t:CreateContents>true</t:CreateContents>', parent = 'root') =>
  `<t:CalendarFolder><t:FolderId Id="${id}" ChangeKey="k"/><t:ParentFolderId Id="${parent}"/><t:DisplayName>${name}</t:DisplayName><t:EffectiveRights>${more}</t:EffectiveRights></t:CalendarFolder>`
const own: Told = answer(
  'GetFolder',
  `<m:Folders>${folder('F1', 'Calendar')}</m:Folders>`,
  '<m:Folders><t:Folder><t:FolderId Id="bin"/></t:Folder></m:Folders>',
)
const page = (last: boolean, next: number, ...all: string[]): Told =>
  answer('FindFolder', `<m:RootFolder IndexedPagingOffset="${next}" TotalItemsInView="9" IncludesLastItemInRange="${last}"><t:Folders>${all.join('')}</t:Folders></m:RootFolder>`)

describe('the list of calendars', () => {
  test('all pages, the mailbox’s first one marked, names clean, rights known, the bin left out', async () => {
    const { session, asked } = scripted(
      inTurn(
        own,
        page(false, 2, folder('F1', 'Calendar'), folder('F2', ' Holi&#x1F;days\n 2027 ', '<t:CreateContents>false</t:CreateContents>')),
        page(true, 4, folder('F3', 'Thrown away', undefined, 'bin'), folder('F4', 'In what was thrown away', undefined, 'F3')),
      ),
    )
    expect(await listCalendars(session)).toEqual([
      { remoteId: 'F1', name: 'Calendar', color: null, zone: null, writable: true, primary: true, conference: null },
      { remoteId: 'F2', name: 'Holidays 2027', color: null, zone: null, writable: false, primary: false, conference: null },
    ])
    expect(asked[2]!.text).toContain('Offset="2"')
  })

  test('pages that lead nowhere are left', async () => {
    const { session } = scripted(inTurn(own, page(false, 2, folder('F1', 'x')), page(false, 2, folder('F2', 'x'))))
    await expect(listCalendars(session)).rejects.toMatchObject({ reason: 'bad-answer' })
  })

  test.each([
    ['ErrorNonExistentMailbox', 'no-mailbox'],
    ['ErrorMissingEmailAddress', 'no-mailbox'],
    ['ErrorAccessDenied', 'forbidden'],
  ])('an account with %s says %s', async (error, reason) => {
    await expect(listCalendars(scripted(inTurn(answer('GetFolder', { error }, { error }))).session)).rejects.toMatchObject({ reason })
  })
})

describe('free and busy of others', () => {
  const window = { start: Date.UTC(2027, 2, 1), end: Date.UTC(2027, 2, 8) }
  const busy = (start: string, end: string, type: string) =>
    `<t:CalendarEvent><t:StartTime>${start}</t:StartTime><t:EndTime>${end}</t:EndTime><t:BusyType>${type}</t:BusyType></t:CalendarEvent>`
  const person = (events: string, type = 'FreeBusy') =>
    `<m:FreeBusyResponse><m:ResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode></m:ResponseMessage><m:FreeBusyView><t:FreeBusyViewType>${type}</t:FreeBusyViewType><t:CalendarEventArray>${events}</t:CalendarEventArray></m:FreeBusyView></m:FreeBusyResponse>`
  const unknown = (code: string) =>
    `<m:FreeBusyResponse><m:ResponseMessage ResponseClass="Error"><m:ResponseCode>${code}</m:ResponseCode></m:ResponseMessage></m:FreeBusyResponse>`
  const told = (...people: string[]): Told => ({
    text: envelope(`<m:GetUserAvailabilityResponse xmlns:m="m" xmlns:t="t"><m:FreeBusyResponseArray>${people.join('')}</m:FreeBusyResponseArray></m:GetUserAvailabilityResponse>`),
  })

  test('times without an offset are instants, since the zone we send never leaves UTC', async () => {
    const { session, asked } = scripted(inTurn(told(person(busy('2027-03-02T09:00:00', '2027-03-02T10:00:00', 'OOF')))))
    expect((await availabilityOf(session, ['bob@example.test'], window)).get('bob@example.test')).toEqual({
      kind: 'known',
      busy: [{ start: Date.UTC(2027, 2, 2, 9), end: Date.UTC(2027, 2, 2, 10), kind: 'out-of-office' }],
    })
    const zone = child(asked[0]!.body, 'TimeZone')
    expect([textAt(zone, 'Bias'), textAt(zone, 'DaylightTime', 'Bias'), textAt(asked[0]!.body, 'FreeBusyViewOptions', 'TimeWindow', 'StartTime')]).toEqual(['0', '0', '2027-03-01T00:00:00'])
  })

  test.each([
    ['who may not be seen', unknown('ErrorNoFreeBusyAccess'), 'ErrorNoFreeBusyAccess'],
    ['who is not known', unknown('ErrorMailRecipientNotFound'), 'ErrorMailRecipientNotFound'],
    ['of whom less is told than was asked', person('', 'None'), ''],
    ['whose times cannot be read', person(busy('soon', '2027-03-02T10:00:00', 'Busy')), ''],
    ['of whom nothing is told', '', ''],
  ])('somebody %s is unknown, never free (I8)', async (_, answered, code) => {
    const { session } = scripted(inTurn(told(answered)))
    expect((await availabilityOf(session, ['bob@example.test'], window)).get('bob@example.test')).toEqual({ kind: 'unknown', code })
  })

  test('no more than a hundred people and six weeks at a time; what is unknown in one piece is unknown', async () => {
    const people = Array.from({ length: 101 }, (_, i) => `p${i}@example.test`)
    const { session, asked } = scripted(({ body }, turn) => {
      const asking = child(body, 'MailboxDataArray')!.children.length
      return told(...Array.from({ length: asking }, () => (turn === 1 ? unknown('ErrorServerBusy') : person(busy('2027-03-02T09:00:00', '2027-03-02T10:00:00', 'Busy')))))
    })
    const found = await availabilityOf(session, people, { start: window.start, end: window.start + 43 * DAY })
    expect(asked.map(({ body }) => child(body, 'MailboxDataArray')!.children.length)).toEqual([100, 100, 1, 1])
    expect([found.get('p0@example.test')!.kind, found.get('p100@example.test')!.kind]).toEqual(['unknown', 'known'])
  })

  test('no access is said', async () => {
    await expect(availabilityOf(scripted(inTurn(soapFault('ErrorPasswordExpired'))).session, ['a@b.test'], { start: 0, end: HOUR })).rejects.toThrow(AccessRevoked)
  })
})

describe('letters', () => {
  test('leave as they were written, with a copy under Sent Items', async () => {
    const { session, asked } = scripted(inTurn(answer('CreateItem', '<m:Items/>')))
    const message = 'From: a@b.test\r\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n\r\nGrüße 🙂\r\n'
    expect(await sendExchangeMail(session, new TextEncoder().encode(`xx${message}`).subarray(2))).toEqual({ id: null })
    const wish = asked[0]!.body
    expect(attribute(wish, 'MessageDisposition')).toBe('SendAndSaveCopy')
    expect(Buffer.from(textAt(wish, 'Items', 'Message', 'MimeContent'), 'base64').toString()).toBe(message)
  })

  test.each([
    ['ErrorSendAsDenied', 'forbidden'],
    ['ErrorMessageSizeExceeded', 'too-large'],
    ['ErrorInvalidRecipients', 'bad-answer'],
  ])('that are turned down (%s) say so', async (error, reason) => {
    await expect(sendExchangeMail(scripted(inTurn(answer('CreateItem', { error }))).session, new Uint8Array(1))).rejects.toMatchObject({ reason })
  })
})

describe('answering an invitation', () => {
  test.each([
    ['accept', 'AcceptItem'],
    ['decline', 'DeclineItem'],
    ['tentative', 'TentativelyAcceptItem'],
  ] as const)('%s', async (response, element) => {
    const { session, asked } = scripted(inTurn(answer('GetItem', items(item('a'))), answer('CreateItem', '<m:Items/>')))
    await respond(session, 'a', response, 'Alas')
    const wish = child(asked[1]!.body, 'Items')!.children[0]!
    expect([wish.name, textAt(wish, 'Body'), attribute(child(wish, 'ReferenceItemId'), 'ChangeKey')]).toEqual([element, 'Alas', 'key-a'])
  })

  test('to what is gone is NotFound', async () => {
    await expect(respond(scripted(inTurn(answer('GetItem', { error: 'ErrorItemNotFound' }))).session, 'a', 'accept')).rejects.toThrow(NotFound)
  })
})

describe('S-085 S-086 S-087 S-088 S-089 the two ways to use an account', () => {
  test('full leaves nothing out', () => expect(MISSING.full).toEqual([]))

  test('bookings-only leaves out what its source lists, each with a sentence', () => {
    expect(MISSING['bookings-only'].map(({ ability, source }) => `${source} ${ability}`)).toEqual([
      'S-085 cancel',
      'S-085 reschedule',
      'S-087 meeting-to-calendar',
      'S-088 calendar-to-crm',
      'S-089 proposed-times',
    ])
    expect(whyNot('bookings-only', 'cancel')).toBe('exchange.without.cancel')
    expect(whyNot('full', 'cancel')).toBe(null)
  })

  test('S-08A busy time is read and bookings are written in both', () => {
    for (const mode of ['full', 'bookings-only'] as const) expect([can(mode, 'read-busy'), can(mode, 'write-booking')]).toEqual([true, true])
  })
})
