import { describe, expect, test } from 'vitest'
import { answer, found, inTurn, item, items, property, scripted, soapFault } from '#tests/exchange-script.ts'
import type { Asked, Told } from '#tests/exchange-script.ts'
import { HOUR, MINUTE } from '#core/time/model.ts'
import { fingerprint } from '#core/icalendar/words.ts'
import { NotFound, Unreachable } from '../provider.ts'
import type { EventDraft } from '../provider.ts'
import { createEvent, deleteEvent, readEvent, updateEvent } from './events.ts'
import { exchange } from './exchange.ts'
import { attribute, child, childrenOf, textAt } from './parse.ts'

const NINE = Date.UTC(2027, 2, 1, 9)
const draft = (more: Partial<EventDraft> = {}): EventDraft => ({
  uid: 'b1@ritrovo',
  sequence: 0,
  span: { start: NINE, end: NINE + 30 * MINUTE },
  zone: 'Europe/Rome',
  title: 'Introduction: <Bob> & co',
  description: 'Phone: 1',
  location: 'Via Roma 1',
  url: null,
  organizer: { name: 'Alice', email: 'Alice@example.test' },
  attendees: [
    { name: 'Bob', email: 'bob@example.test' },
    { name: 'Alice', email: 'alice@example.test' },
  ],
  ...more,
})
const prints = ({ title, description, location }: EventDraft) =>
  [title, description, location].map(fingerprint).join('-')
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
const guest = (email: string) =>
  `<t:Attendee><t:Mailbox><t:Name>${email}</t:Name><t:EmailAddress>${email}</t:EmailAddress></t:Mailbox></t:Attendee>`

/** How the event of a draft stands in Exchange. */
const standing = (
  id: string,
  of = draft(),
  more: Record<string, string> = {},
  guests = ['bob@example.test'],
) =>
  item(id, {
    Subject: escaped(of.title),
    Body: of.description,
    Location: of.location,
    UID: of.uid,
    Start: new Date(of.span.start).toISOString(),
    End: new Date(of.span.end).toISOString(),
    ...more,
    raw: `${property('ritrovo', of.uid)}${property('ritrovo-wrote', prints(of))}${guests.length === 0 ? '' : `<t:RequiredAttendees>${guests.map(guest).join('')}</t:RequiredAttendees>`}${more['raw'] ?? ''}`,
  })

const finds = (...all: string[]): Told => answer('FindItem', found(all))
const made = (id: string): Told =>
  answer('CreateItem', items(`<t:CalendarItem><t:ItemId Id="${id}" ChangeKey="k"/></t:CalendarItem>`))
const gets = (one: string): Told => answer('GetItem', items(one))
const updated = (id: string): Told =>
  answer('UpdateItem', items(`<t:CalendarItem><t:ItemId Id="${id}" ChangeKey="k2"/></t:CalendarItem>`))
const operations = (asked: Asked[]) => asked.map(({ operation }) => operation)
const written = (asked: Asked[], operation: string) =>
  asked.find((each) => each.operation === operation)!.body

describe('creating', () => {
  test('looks first, writes once, reads back', async () => {
    const { session, asked } = scripted(inTurn(finds(), made('a'), gets(standing('a'))))
    expect(await createEvent(session, 'F', draft())).toEqual({
      remoteId: 'a',
      etag: 'key-a',
      uid: 'b1@ritrovo',
      calendarUid: 'b1@ritrovo',
      span: draft().span,
      title: 'Introduction: <Bob> & co',
      cancelled: false,
    })
    expect(operations(asked)).toEqual(['FindItem', 'CreateItem', 'GetItem'])
    const wish = written(asked, 'CreateItem')
    const event = child(wish, 'Items', 'CalendarItem')!
    expect(event.children.map(({ name }) => name)).toEqual([
      'Subject',
      'Body',
      'ExtendedProperty',
      'ExtendedProperty',
      'UID',
      'Start',
      'End',
      'IsAllDayEvent',
      'LegacyFreeBusyStatus',
      'Location',
      'RequiredAttendees',
      'StartTimeZone',
      'EndTimeZone',
    ])
    expect([
      textAt(event, 'UID'),
      textAt(event, 'Start'),
      attribute(child(event, 'StartTimeZone'), 'Id'),
    ]).toEqual(['b1@ritrovo', '2027-03-01T09:00:00Z', 'W. Europe Standard Time'])
    expect(exchange.calendarUid('b1@ritrovo')).toBe('b1@ritrovo')
  })

  test('I4 the guests are invited, the organizer is not a guest of their own; without guests nobody is told', async () => {
    const all = scripted(inTurn(finds(), made('a'), gets(standing('a'))))
    await createEvent(all.session, 'F', draft())
    const wish = written(all.asked, 'CreateItem')
    expect(attribute(wish, 'SendMeetingInvitations')).toBe('SendToAllAndSaveCopy')
    const people = childrenOf(child(wish, 'Items', 'CalendarItem', 'RequiredAttendees'), 'Attendee')
    expect(people.map((each) => textAt(each, 'Mailbox', 'EmailAddress'))).toEqual(['bob@example.test'])

    const alone = scripted(inTurn(finds(), made('a'), gets(standing('a', draft(), {}, []))))
    await createEvent(alone.session, 'F', draft({ attendees: [] }))
    expect(attribute(written(alone.asked, 'CreateItem'), 'SendMeetingInvitations')).toBe('SendToNone')
    expect(child(written(alone.asked, 'CreateItem'), 'Items', 'CalendarItem', 'RequiredAttendees')).toBe(null)
  })

  test('C06 C24 what an earlier try left behind is found and brought to what the draft says by now, never made twice', async () => {
    const later = draft({ span: { start: NINE + HOUR, end: NINE + 2 * HOUR } })
    const { session, asked } = scripted(
      inTurn(finds(standing('a')), gets(standing('a')), updated('a'), gets(standing('a', later))),
    )
    expect(await createEvent(session, 'F', later)).toMatchObject({ remoteId: 'a', span: later.span })
    expect(operations(asked)).toEqual(['FindItem', 'GetItem', 'UpdateItem', 'GetItem'])
    expect(asked[0]!.text).toContain('<t:Constant Value="b1@ritrovo"/>')
  })

  test('C24 a fault with which the server saved it all the same: the next try finds it', async () => {
    const { session, asked } = scripted(
      inTurn(finds(), soapFault('ErrorInternalServerError'), finds(standing('a')), gets(standing('a'))),
    )
    await expect(createEvent(session, 'F', draft())).rejects.toThrow(Unreachable)
    expect(await createEvent(session, 'F', draft())).toMatchObject({ remoteId: 'a' })
    expect(operations(asked).filter((name) => name === 'CreateItem')).toHaveLength(1)
  })

  test('of several with the mark the oldest counts, and one that differs in case does not', async () => {
    const other = draft({ uid: 'B1@RITROVO' })
    const told = finds(
      standing('other', other),
      standing('copy', draft(), { DateTimeCreated: '2027-02-01T00:00:00Z' }),
      standing('first', draft(), { DateTimeCreated: '2027-01-01T00:00:00Z' }),
    )
    expect(await readEvent(scripted(inTurn(told)).session, 'F', 'b1@ritrovo')).toMatchObject({
      remoteId: 'first',
    })
    expect(
      await readEvent(scripted(inTurn(finds(standing('other', other)))).session, 'F', 'b1@ritrovo'),
    ).toBe(null)
  })

  test.each(['ErrorTimeZone', 'ErrorCalendarInvalidTimeZone'])(
    'a zone this server has never heard of (%s) is written in UTC',
    async (error) => {
      const { session, asked } = scripted(
        inTurn(finds(), answer('CreateItem', { error }), made('a'), gets(standing('a'))),
      )
      await createEvent(session, 'F', draft())
      expect(attribute(child(asked[2]!.body, 'Items', 'CalendarItem', 'StartTimeZone'), 'Id')).toBe('UTC')
    },
  )

  test('control characters in a name or a note do not reach the server, which would refuse the whole request', async () => {
    const { session, asked } = scripted(inTurn(finds(), made('a'), gets(standing('a'))))
    await createEvent(session, 'F', draft({ title: 'a\u0000b\u001f\u202ec', description: 'x\u000by\ud800' }))
    expect(written(asked, 'CreateItem').children.length).toBeGreaterThan(0)
    expect(asked[1]!.text).not.toMatch(/(?![\n])\p{Cc}|\p{Cs}/u)
  })
})

describe('changing', () => {
  const moved = draft({ sequence: 1, span: { start: NINE + HOUR, end: NINE + 2 * HOUR } })

  test('sends only what changed, to everybody when the time did', async () => {
    const { session, asked } = scripted(
      inTurn(finds(standing('a')), gets(standing('a')), updated('a'), gets(standing('a', moved))),
    )
    expect(await updateEvent(session, 'F', 'a', moved)).toMatchObject({ span: moved.span })
    const wish = written(asked, 'UpdateItem')
    expect([
      attribute(wish, 'ConflictResolution'),
      attribute(wish, 'SendMeetingInvitationsOrCancellations'),
    ]).toEqual(['NeverOverwrite', 'SendToAllAndSaveCopy'])
    const change = child(wish, 'ItemChanges', 'ItemChange')
    expect(attribute(child(change, 'ItemId'), 'ChangeKey')).toBe('key-a')
    expect(
      childrenOf(child(change, 'Updates'), 'SetItemField').map((each) =>
        attribute(each.children[0]!, 'FieldURI'),
      ),
    ).toEqual([
      'calendar:Start',
      'calendar:End',
      'calendar:IsAllDayEvent',
      'calendar:StartTimeZone',
      'calendar:EndTimeZone',
    ])
  })

  test('I4 what already stands is not sent again', async () => {
    const { session, asked } = scripted(inTurn(finds(standing('a')), gets(standing('a'))))
    await updateEvent(session, 'F', 'a', draft())
    expect(operations(asked)).toEqual(['FindItem', 'GetItem'])
  })

  test('words that the host has rewritten stay theirs, our own follow', async () => {
    const theirs = standing('a', draft(), { Subject: 'Bob at last' })
    const wanted = draft({ title: 'Moved', description: 'Phone: 2' })
    const { session, asked } = scripted(inTurn(finds(theirs), gets(theirs), updated('a'), gets(theirs)))
    await updateEvent(session, 'F', 'a', wanted)
    const text = asked[2]!.text
    expect(text).toContain('Phone: 2')
    expect(text).not.toContain('Moved')
    expect(text).toContain('PropertyName="ritrovo-wrote"')
  })

  test('a new guest is invited alone, behind those who stand there', async () => {
    const more = draft({ attendees: [...draft().attendees, { name: 'Carol', email: 'carol@example.test' }] })
    const { session, asked } = scripted(
      inTurn(finds(standing('a')), gets(standing('a')), updated('a'), gets(standing('a'))),
    )
    await updateEvent(session, 'F', 'a', more)
    const wish = written(asked, 'UpdateItem')
    expect(attribute(wish, 'SendMeetingInvitationsOrCancellations')).toBe('SendToChangedAndSaveCopy')
    expect([...asked[2]!.text.matchAll(/<t:EmailAddress>([^<]+)/g)].map(([, email]) => email)).toEqual([
      'bob@example.test',
      'carol@example.test',
    ])
  })

  test('without guests nobody is told', async () => {
    const alone = draft({ attendees: [] })
    const mine = standing('a', alone, {}, [])
    const { session, asked } = scripted(inTurn(finds(mine), gets(mine), updated('a'), gets(mine)))
    await updateEvent(session, 'F', 'a', { ...alone, span: moved.span })
    expect(attribute(written(asked, 'UpdateItem'), 'SendMeetingInvitationsOrCancellations')).toBe(
      'SendToNone',
    )
  })

  test.each(['ErrorIrresolvableConflict', 'ErrorStaleObject', 'ErrorInvalidChangeKey'])(
    'B20 %s: read again, only ours is written, at most three times',
    async (error) => {
      const renamed = standing('a', draft(), { Subject: 'Bob at last' })
      const conflict = answer('UpdateItem', { error })
      const { session, asked } = scripted(
        inTurn(
          finds(standing('a')),
          gets(standing('a')),
          conflict,
          finds(renamed),
          gets(renamed),
          updated('a'),
          gets(standing('a', moved, { Subject: 'Bob at last' })),
        ),
      )
      expect(await updateEvent(session, 'F', 'a', moved)).toMatchObject({
        title: 'Bob at last',
        span: moved.span,
      })
      expect(asked[5]!.text).not.toContain('item:Subject')

      const round = [gets(standing('a')), conflict, finds(standing('a'))]
      const endless = scripted(inTurn(finds(standing('a')), ...round, ...round, ...round))
      await expect(updateEvent(endless.session, 'F', 'a', moved)).rejects.toMatchObject({
        reason: 'conflict',
      })
      expect(operations(endless.asked).filter((name) => name === 'UpdateItem')).toHaveLength(3)
    },
  )

  test('B19 an id that is another by now is found by the mark', async () => {
    const { session } = scripted(
      inTurn(finds(standing('new')), gets(standing('new')), updated('new'), gets(standing('new', moved))),
    )
    expect(await updateEvent(session, 'F', 'old', moved)).toMatchObject({ remoteId: 'new' })
  })

  test('what is gone is NotFound', async () => {
    await expect(updateEvent(scripted(inTurn(finds())).session, 'F', 'a', moved)).rejects.toThrow(NotFound)
    await expect(
      updateEvent(
        scripted(inTurn(finds(standing('a')), answer('GetItem', { error: 'ErrorItemNotFound' }))).session,
        'F',
        'a',
        moved,
      ),
    ).rejects.toThrow(NotFound)
  })

  test('C18 a refusal is said, not swallowed', async () => {
    const refused = answer('UpdateItem', { error: 'ErrorAccessDenied' })
    await expect(
      updateEvent(
        scripted(inTurn(finds(standing('a')), gets(standing('a')), refused)).session,
        'F',
        'a',
        moved,
      ),
    ).rejects.toMatchObject({ reason: 'forbidden' })
  })
})

describe('taking away', () => {
  test('goes to the bin, and Exchange tells the guests', async () => {
    const { session, asked } = scripted(inTurn(answer('DeleteItem', '')))
    await deleteEvent(session, 'F', 'a')
    expect([
      attribute(asked[0]!.body, 'DeleteType'),
      attribute(asked[0]!.body, 'SendMeetingCancellations'),
    ]).toEqual(['MoveToDeletedItems', 'SendToAllAndSaveCopy'])
  })

  test.each(['ErrorItemNotFound', 'ErrorInvalidIdMalformed'])(
    'C25 what is gone already is gone (%s)',
    async (error) => {
      await expect(
        deleteEvent(scripted(inTurn(answer('DeleteItem', { error }))).session, 'F', 'a'),
      ).resolves.toBe(undefined)
    },
  )

  test('what may not be taken away is said', async () =>
    await expect(
      deleteEvent(
        scripted(inTurn(answer('DeleteItem', { error: 'ErrorCannotDeleteObject' }))).session,
        'F',
        'a',
      ),
    ).rejects.toMatchObject({ reason: 'forbidden' }))
})

test.each(['', 'a b', 'a\u0000', 'x'.repeat(3000)])(
  'an id that no answer can have given (%j) is nobody’s',
  async (id) => {
    await expect(deleteEvent(scripted(inTurn()).session, 'F', id)).rejects.toThrow(NotFound)
  },
)

test('an event without a readable time is not said to stand at any', async () => {
  const told = finds(standing('a', draft(), { Start: 'soon' }))
  expect(await readEvent(scripted(inTurn(told)).session, 'F', 'b1@ritrovo')).toMatchObject({ span: null })
})
