import { expect, test } from 'vitest'
import { fromBytes, packBusy, toBytes } from '#core/time/busy.ts'
import { HOUR } from '#core/time/model.ts'
import type { RemoteEvent } from '#server/providers/provider.ts'
import { pack, toRows } from './copy.ts'
import { END_OF_TIME } from './model.ts'

const t = Date.UTC(2026, 10, 25, 9)
const settings = { blocksTentative: true, blocksUnanswered: true }
const event = (more: Partial<RemoteEvent> = {}): RemoteEvent => ({
  remoteId: '/c/1.ics',
  etag: '"1"',
  uid: '1',
  occurrences: [{ start: t, end: t + HOUR, kind: 'busy', allDay: false }],
  title: 'Dentist',
  private: false,
  attendees: ['a@example.org', 'b@example.org'],
  trouble: null,
  sequence: 0,
  ...more,
})
const upsert = (more?: Partial<RemoteEvent>) => ({ kind: 'upsert' as const, event: event(more) })

test('B25 NUL and lone surrogates in a title are cleaned, not refused by the database', () => {
  const { put } = toRows([upsert({ title: 'Ihre Verfügbarkeit\u0000 \ud800!' })], settings)
  expect(put[0]!.title).toBe('Ihre Verfügbarkeit \ufffd!')
})

test('J04 the title of a private event is not stored', () => {
  expect(toRows([upsert({ private: true, title: 'never to be seen' })], settings).put[0]).toMatchObject({
    title: null,
    private: true,
  })
})

test('the last word about an event stands, whether it came or went', () => {
  const rows = toRows(
    [
      upsert(),
      { kind: 'remove', remoteId: '/c/1.ics' },
      { kind: 'remove', remoteId: '/c/2.ics' },
      upsert({ remoteId: '/c/2.ics' }),
    ],
    settings,
  )
  expect(rows.put.map(({ remoteId }) => remoteId)).toEqual(['/c/2.ics'])
  expect(rows.removed).toEqual(['/c/1.ics'])
})

test('an event with no moment inside the window is not copied, and goes if it was', () => {
  expect(toRows([upsert({ occurrences: [] })], settings)).toEqual({ put: [], removed: ['/c/1.ics'] })
})

test('B32 a declined occurrence leaves no busy time, but the event stays known', () => {
  const { put } = toRows(
    [upsert({ occurrences: [{ start: t, end: t + HOUR, kind: 'declined', allDay: false }] })],
    settings,
  )
  expect(put[0]).toMatchObject({ firstStart: t, lastEnd: t + HOUR })
  expect(put[0]!.busy).toHaveLength(0)
})

test('busy time of many events is merged, and behind the window all is busy', () => {
  const heap = Buffer.concat([
    toBytes(packBusy([{ start: t, end: t + HOUR }])),
    toBytes(packBusy([{ start: t + HOUR / 2, end: t + 2 * HOUR }])),
    toBytes(packBusy([{ start: t - HOUR, end: t - HOUR / 2 }])),
  ])
  const { starts, ends } = fromBytes(pack([heap, null], t + 100 * HOUR))
  expect([...starts]).toEqual([t - HOUR, t, t + 100 * HOUR])
  expect([...ends]).toEqual([t - HOUR / 2, t + 2 * HOUR, END_OF_TIME])
})
