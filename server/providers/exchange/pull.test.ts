import { describe, expect, test } from 'vitest'
import {
  answer,
  backOff,
  changes,
  created,
  deleted,
  found,
  inTurn,
  item,
  items,
  property,
  scripted,
  soapFault,
} from '#tests/exchange-script.ts'
import type { Told } from '#tests/exchange-script.ts'
import { DAY } from '#core/time/model.ts'
import { AccessRevoked, CursorExpired, NotFound, SlowDown, Unreachable } from '../provider.ts'
import type { Change, Page } from '../provider.ts'
import { readCursor, writeCursor } from './cursor.ts'
import { childrenOf, child, attribute } from './parse.ts'
import { pull } from './pull.ts'

const window = { start: Date.UTC(2027, 1, 1), end: Date.UTC(2027, 3, 1) }
const sync = (state: string, last: boolean, ...all: string[]): Told =>
  answer('SyncFolderItems', changes(state, last, ...all))
const got = (...all: (string | { error: string })[]): Told =>
  answer('GetItem', ...all.map((one) => (typeof one === 'string' ? items(one) : one)))
const told = (all: Change[]) =>
  all.map((change) =>
    change.kind === 'remove'
      ? `- ${change.remoteId}`
      : `+ ${change.event.remoteId} ${change.event.occurrences.map(({ start }) => new Date(start).toISOString().slice(5, 16)).join(' ')}`.trim(),
  )
const begin = async (...answers: Told[]) => {
  const { session, asked } = scripted(inTurn(...answers))
  return { page: await pull(session, 'F', null, window), asked, session }
}
const cursor = (more: Partial<Parameters<typeof writeCursor>[0]> = {}) =>
  writeCursor({ v: 1, state: 's1', first: false, window, series: {}, ended: false, empty: 0, ...more })
const goOn = (from: string, ...answers: Told[]): Promise<Page> =>
  pull(scripted(inTurn(...answers)).session, 'F', from, window)

describe('SyncFolderItems', () => {
  test('begins without a state, asks for ids and fetches what is told in batches of ten', async () => {
    const ids = Array.from({ length: 12 }, (_, i) => `id${i}`)
    const { page, asked } = await begin(
      sync('s1', true, ...ids.map((id) => created(id))),
      got(...ids.slice(0, 10).map((id) => item(id))),
      got(...ids.slice(10).map((id) => item(id))),
    )
    expect(asked.map(({ operation }) => operation)).toEqual(['SyncFolderItems', 'GetItem', 'GetItem'])
    expect(asked[0]!.text).not.toContain('SyncState')
    expect(asked.slice(1).map(({ body }) => childrenOf(child(body, 'ItemIds'), 'ItemId').length)).toEqual([
      10, 2,
    ])
    expect(page.more).toBe(false)
    expect(told(page.changes)).toHaveLength(12)
    expect(readCursor(page.cursor)).toMatchObject({ state: 's1', first: false })
  })

  test('goes on from its state to the last page, which is none before the server says so', async () => {
    const { page } = await begin(sync('s1', false, created('a')), got(item('a')))
    expect(page.more).toBe(true)
    const { session, asked } = scripted(inTurn(sync('s2', true, deleted('a'))))
    const next = await pull(session, 'F', page.cursor, window)
    expect([told(next.changes), next.more]).toEqual([['- a'], false])
    expect(asked[0]!.text).toContain('<m:SyncState>s1</m:SyncState>')
  })

  test('B19 ids are told apart by case alone', async () => {
    const { page } = await begin(
      sync('s1', true, created('AAMkaB='), created('AAMkAb=')),
      got(item('AAMkaB='), item('AAMkAb=')),
    )
    expect(page.changes.map((change) => change.kind === 'upsert' && change.event.remoteId)).toEqual([
      'AAMkaB=',
      'AAMkAb=',
    ])
  })

  test('a calendar’s past is not fetched on the first reading, later everything is', async () => {
    const past = created(
      'old',
      '<t:UID>u</t:UID><t:Start>2020-01-01T09:00:00Z</t:Start><t:End>2020-01-01T10:00:00Z</t:End><t:CalendarItemType>Single</t:CalendarItemType>',
    )
    const { page, asked } = await begin(sync('s1', true, past))
    expect([page.changes, asked.length]).toEqual([[], 1])
    const later = await goOn(
      cursor(),
      sync('s2', true, past),
      got(item('old', { Start: '2020-01-01T09:00:00Z', End: '2020-01-01T10:00:00Z' })),
    )
    expect(told(later.changes)).toEqual(['+ old'])
  })

  test.each(['2020-01-01T09:00:00', 'soon'])('a time told as %j is not trusted to be past', async (time) => {
    const unsure = created(
      'a',
      `<t:Start>${time}</t:Start><t:End>${time}</t:End><t:CalendarItemType>Single</t:CalendarItemType>`,
    )
    const { page } = await begin(sync('s1', true, unsure), got(item('a')))
    expect(page.changes).toHaveLength(1)
  })

  test('what is no appointment in a calendar is none of ours', async () => {
    const { page } = await begin(
      sync(
        's1',
        true,
        '<t:Create><t:Message><t:ItemId Id="m"/></t:Message></t:Create>',
        '<t:ReadFlagChange><t:ItemId Id="m"/><t:IsRead>true</t:IsRead></t:ReadFlagChange>',
      ),
    )
    expect(page.changes).toEqual([])
  })

  test('what went away between the two questions is gone', async () => {
    const { page } = await begin(
      sync('s1', true, created('a'), created('b')),
      got({ error: 'ErrorItemNotFound' }, item('b')),
    )
    expect(told(page.changes)).toEqual(['- a', '+ b 03-01T09:00'])
  })
})

describe('B05 a sync that leads nowhere', () => {
  test.each([
    ['ErrorInvalidSyncStateData', answer('SyncFolderItems', { error: 'ErrorInvalidSyncStateData' })],
    ['ErrorInvalidSyncStateData in a fault', soapFault('ErrorInvalidSyncStateData')],
    ['ErrorSyncFolderNotFound', answer('SyncFolderItems', { error: 'ErrorSyncFolderNotFound' })],
  ])(
    '%s is CursorExpired',
    async (_, fault) => await expect(goOn(cursor(), fault)).rejects.toThrow(CursorExpired),
  )

  test('without a state, a folder that is not there is NotFound', async () => {
    for (const error of ['ErrorSyncFolderNotFound', 'ErrorFolderNotFound', 'ErrorInvalidIdMalformed'])
      await expect(begin(answer('SyncFolderItems', { error }))).rejects.toThrow(NotFound)
  })

  test('more is promised, and the place stays the same', async () => {
    await expect(goOn(cursor(), sync('s1', false, created('a')))).rejects.toMatchObject({
      reason: 'bad-answer',
    })
  })

  test('more is promised for ever, and nothing comes', async () => {
    let from = cursor()
    const pages = async () => {
      for (let turn = 0; turn < 50; turn++) from = (await goOn(from, sync(`t${turn}`, false))).cursor
    }
    await expect(pages()).rejects.toMatchObject({ reason: 'bad-answer' })
    expect(readCursor(from).empty).toBe(10)
  })

  test('no place is told', async () => {
    await expect(goOn(cursor(), sync('', true))).rejects.toThrow(Unreachable)
  })

  test.each(['nonsense', '{}', '{"v":0}'])(
    'a cursor of another time: %s',
    async (text) => await expect(goOn(text)).rejects.toThrow(CursorExpired),
  )
})

describe('B24 an item that breaks something costs only itself', () => {
  const two = sync(
    's1',
    true,
    created('a', '<t:Start>2027-03-05T09:00:00Z</t:Start><t:End>2027-03-05T10:00:00Z</t:End>'),
    created('b'),
  )

  test('the server’s whole answer: each is asked for alone, and the broken one is kept busy', async () => {
    const { page, asked } = await begin(
      two,
      soapFault('ErrorInternalServerError'),
      soapFault('ErrorInternalServerError'),
      got(item('b')),
    )
    expect(told(page.changes)).toEqual(['+ a 03-05T09:00', '+ b 03-01T09:00'])
    expect(page.changes[0]).toMatchObject({
      event: { trouble: 'unreadable', occurrences: [{ kind: 'unknown' }] },
    })
    expect(asked).toHaveLength(4)
  })

  test('every one of them: then the server is broken, and nothing is told', async () => {
    const broken = soapFault('ErrorInternalServerError')
    await expect(begin(two, broken, broken, broken)).rejects.toMatchObject({ reason: 'server-error' })
  })

  test.each([
    ['ErrorItemCorrupt', { trouble: 'unreadable', private: false }],
    ['ErrorAccessDenied', { trouble: null, private: true }],
  ])('itself alone (%s)', async (error, event) => {
    const { page } = await begin(two, got({ error }, item('b')))
    expect(page.changes[0]).toMatchObject({
      event: { ...event, occurrences: [{ kind: 'unknown', start: Date.UTC(2027, 2, 5, 9) }] },
    })
  })

  test('a server that is busy, or that no longer lets us in, is no broken item', async () => {
    await expect(begin(two, got({ error: 'ErrorServerBusy' }, item('b')))).rejects.toThrow(SlowDown)
    await expect(begin(two, soapFault('ErrorServerBusy', backOff(5000)))).rejects.toMatchObject({
      retryAfter: 5000,
    })
    await expect(begin(two, got({ error: 'ErrorPasswordExpired' }, item('b')))).rejects.toThrow(AccessRevoked)
  })

  test('an answer for others than were asked for is none', async () => {
    const { page } = await begin(two, got(item('b')), got(item('a')), got(item('b')))
    expect(told(page.changes)).toEqual(['+ a 03-01T09:00', '+ b 03-01T09:00'])
    await expect(begin(sync('s1', true, created('a')), got(item('a'), item('b')))).rejects.toMatchObject({
      reason: 'bad-answer',
    })
  })
})

describe('a series', () => {
  const master = (id: string, more: Record<string, string> = {}) =>
    item(id, { UID: 'weekly', CalendarItemType: 'RecurringMaster', ...more })
  const instance = (id: string, day: string, more: Record<string, string> = {}) =>
    item(id, {
      UID: 'weekly',
      CalendarItemType: 'Occurrence',
      Start: `${day}T09:00:00Z`,
      End: `${day}T10:00:00Z`,
      ...more,
    })
  const view = (all: string[], last = true) => answer('FindItem', found(all, last))
  const ends = created('m', '<t:CalendarItemType>RecurringMaster</t:CalendarItemType><t:UID>weekly</t:UID>')

  test('D28 is one event with the occurrences of Exchange’s own view, looked up when all else is told', async () => {
    const { page, session } = await begin(sync('s1', true, ends, created('a')), got(item('a')))
    expect([told(page.changes), page.more]).toEqual([['+ a 03-01T09:00'], true])
    const { asked, ...second } = scripted(
      inTurn(
        got(master('m', { raw: property('ritrovo', 'b1') })),
        view([
          instance('o2', '2027-03-08'),
          instance('o1', '2027-03-01', { CalendarItemType: 'Exception', LegacyFreeBusyStatus: 'OOF' }),
          item('a'),
          instance('x', '2027-03-02', { UID: 'another' }),
          instance('o3', '2027-03-15', { IsCancelled: 'true' }),
        ]),
      ),
    )
    const last = await pull({ ...second.session, zone: session.zone }, 'F', page.cursor, window)
    expect(last.more).toBe(false)
    expect(last.changes).toMatchObject([
      {
        event: {
          remoteId: 'm',
          uid: 'b1',
          title: 'Event m',
          occurrences: [
            { start: Date.UTC(2027, 2, 1, 9), kind: 'out-of-office' },
            { start: Date.UTC(2027, 2, 8, 9), kind: 'busy' },
            { start: Date.UTC(2027, 2, 15, 9), kind: 'cancelled' },
          ],
        },
      },
    ])
    expect(asked.map(({ operation }) => operation)).toEqual(['GetItem', 'FindItem'])
    expect(readCursor(last.cursor)).toMatchObject({ series: {}, ended: false, state: 's1' })
  })

  test('is known for one also when only its item says so', async () => {
    const { page } = await begin(sync('s1', true, created('m')), got(master('m')))
    expect([page.changes, readCursor(page.cursor).series]).toEqual([[], { m: 'weekly' }])
  })

  test('waits while more pages come, and is forgotten when one of them says that it went', async () => {
    const { page } = await begin(sync('s1', false, ends))
    const last = await goOn(page.cursor, sync('s2', true, deleted('m')))
    expect([told(last.changes), last.more]).toEqual([['- m'], false])
  })

  test('that went meanwhile is gone; that cannot be told keeps the times of its occurrences', async () => {
    const both = cursor({ ended: true, series: { g: 'gone', m: 'weekly' } })
    const page = await goOn(
      both,
      got({ error: 'ErrorItemNotFound' }, { error: 'ErrorItemCorrupt' }),
      view([instance('o', '2027-03-08')]),
    )
    expect(told(page.changes)).toEqual(['- g', '+ m 03-08T09:00'])
    expect(page.changes[1]).toMatchObject({ event: { trouble: 'unreadable' } })
  })

  test('that can neither be told nor found again keeps the whole window', async () => {
    const page = await goOn(
      cursor({ ended: true, series: { m: '' } }),
      got({ error: 'ErrorItemCorrupt' }),
      view([]),
    )
    expect(page.changes).toMatchObject([{ event: { occurrences: [{ ...window, kind: 'unknown' }] } }])
  })

  test('a view that breaks off is asked for by halves, and what lies across counts once', async () => {
    const halves: Told[] = [
      view([instance('o1', '2027-03-01'), instance('o2', '2027-03-08')], false),
      view([instance('o1', '2027-03-01'), instance('o2', '2027-03-08')]),
      view([instance('o2', '2027-03-08'), instance('o3', '2027-03-15')]),
    ]
    const { session, asked } = scripted(inTurn(got(master('m')), ...halves))
    const page = await pull(session, 'F', cursor({ ended: true, series: { m: 'weekly' } }), window)
    expect(told(page.changes)).toEqual(['+ m 03-01T09:00 03-08T09:00 03-15T09:00'])
    const spans = asked
      .slice(1)
      .map(({ body }) =>
        ['StartDate', 'EndDate'].map((name) => Date.parse(attribute(child(body, 'CalendarView'), name))),
      )
    const middle = (window.start + window.end) / 2
    expect(spans).toEqual([
      [window.start - DAY, window.end + DAY],
      [window.start - DAY, middle],
      [middle, window.end + DAY],
    ])
  })

  test('B05 a view that breaks off for ever is left', async () => {
    const { session, asked } = scripted(({ operation }) =>
      operation === 'GetItem' ? got(master('m')) : view([], false),
    )
    await expect(
      pull(session, 'F', cursor({ ended: true, series: { m: 'weekly' } }), window),
    ).rejects.toMatchObject({ reason: 'bad-answer' })
    expect(asked.length).toBeLessThan(40)
  })
})
