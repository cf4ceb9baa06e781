import { describe, expect, test } from 'vitest'
import { envelope, inTurn, scripted, soapFault } from '#tests/exchange-script.ts'
import type { Told } from '#tests/exchange-script.ts'
import { DAY, HOUR } from '#core/time/model.ts'
import { AccessRevoked } from '../provider.ts'
import { availabilityOf } from './availability.ts'
import { child, textAt } from './parse.ts'

describe('free and busy of others', () => {
  const window = { start: Date.UTC(2027, 2, 1), end: Date.UTC(2027, 2, 8) }
  const busy = (start: string, end: string, type: string) =>
    `<t:CalendarEvent><t:StartTime>${start}</t:StartTime><t:EndTime>${end}</t:EndTime><t:BusyType>${type}</t:BusyType></t:CalendarEvent>`
  const person = (events: string, type = 'FreeBusy') =>
    `<m:FreeBusyResponse><m:ResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode></m:ResponseMessage><m:FreeBusyView><t:FreeBusyViewType>${type}</t:FreeBusyViewType><t:CalendarEventArray>${events}</t:CalendarEventArray></m:FreeBusyView></m:FreeBusyResponse>`
  const unknown = (code: string) =>
    `<m:FreeBusyResponse><m:ResponseMessage ResponseClass="Error"><m:ResponseCode>${code}</m:ResponseCode></m:ResponseMessage></m:FreeBusyResponse>`
  const told = (...people: string[]): Told => ({
    text: envelope(
      `<m:GetUserAvailabilityResponse xmlns:m="m" xmlns:t="t"><m:FreeBusyResponseArray>${people.join('')}</m:FreeBusyResponseArray></m:GetUserAvailabilityResponse>`,
    ),
  })

  test('times without an offset are instants, since the zone we send never leaves UTC', async () => {
    const { session, asked } = scripted(
      inTurn(told(person(busy('2027-03-02T09:00:00', '2027-03-02T10:00:00', 'OOF')))),
    )
    expect((await availabilityOf(session, ['bob@example.test'], window)).get('bob@example.test')).toEqual({
      kind: 'known',
      busy: [{ start: Date.UTC(2027, 2, 2, 9), end: Date.UTC(2027, 2, 2, 10), kind: 'out-of-office' }],
    })
    const zone = child(asked[0]!.body, 'TimeZone')
    expect([
      textAt(zone, 'Bias'),
      textAt(zone, 'DaylightTime', 'Bias'),
      textAt(asked[0]!.body, 'FreeBusyViewOptions', 'TimeWindow', 'StartTime'),
    ]).toEqual(['0', '0', '2027-03-01T00:00:00'])
  })

  test.each([
    ['who may not be seen', unknown('ErrorNoFreeBusyAccess'), 'ErrorNoFreeBusyAccess'],
    ['who is not known', unknown('ErrorMailRecipientNotFound'), 'ErrorMailRecipientNotFound'],
    ['of whom less is told than was asked', person('', 'None'), ''],
    ['whose times cannot be read', person(busy('soon', '2027-03-02T10:00:00', 'Busy')), ''],
    ['of whom nothing is told', '', ''],
  ])('somebody %s is unknown, never free (I8)', async (_, answered, code) => {
    const { session } = scripted(inTurn(told(answered)))
    expect((await availabilityOf(session, ['bob@example.test'], window)).get('bob@example.test')).toEqual({
      kind: 'unknown',
      code,
    })
  })

  test('no more than a hundred people and six weeks at a time; what is unknown in one piece is unknown', async () => {
    const people = Array.from({ length: 101 }, (_, i) => `p${i}@example.test`)
    const { session, asked } = scripted(({ body }, turn) => {
      const asking = child(body, 'MailboxDataArray')!.children.length
      return told(
        ...Array.from({ length: asking }, () =>
          turn === 1
            ? unknown('ErrorServerBusy')
            : person(busy('2027-03-02T09:00:00', '2027-03-02T10:00:00', 'Busy')),
        ),
      )
    })
    const found = await availabilityOf(session, people, { start: window.start, end: window.start + 43 * DAY })
    expect(asked.map(({ body }) => child(body, 'MailboxDataArray')!.children.length)).toEqual([
      100, 100, 1, 1,
    ])
    expect([found.get('p0@example.test')!.kind, found.get('p100@example.test')!.kind]).toEqual([
      'unknown',
      'known',
    ])
  })

  test('no access is said', async () => {
    await expect(
      availabilityOf(scripted(inTurn(soapFault('ErrorPasswordExpired'))).session, ['a@b.test'], {
        start: 0,
        end: HOUR,
      }),
    ).rejects.toThrow(AccessRevoked)
  })
})
