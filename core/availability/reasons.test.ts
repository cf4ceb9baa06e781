import { describe, expect, test } from 'vitest'
import { packBusy } from '#core/time/busy.ts'
import { HOUR, MINUTE } from '#core/time/model.ts'
import type { Instant } from '#core/time/model.ts'
import type { HostTime, Own, Question } from './model.ts'
import { explain } from './reasons.ts'

const at = (time: string, date = '2026-05-04'): Instant =>
  Temporal.Instant.from(`${date}T${time}+02:00`).epochMilliseconds
const span = (from: string, to: string) => ({ start: at(from), end: at(to) })
const booking = (from: string, to: string): Own[number] => ({
  ...span(from, to),
  before: 0,
  after: 30,
  taken: 1,
  capacity: 1,
  sameType: true,
})

function host(hostId: string, more: Partial<HostTime> = {}): HostTime {
  const weekly = Array.from({ length: 7 }, () => [{ from: 540, to: 1020 }])
  return {
    hostId,
    schedule: { zone: 'Europe/Rome', weekly, overrides: [] },
    busy: packBusy([]),
    own: [],
    ...more,
  }
}

function ask(hosts: HostTime[], more: Partial<Question> = {}): Question {
  const limits = {
    notice: 2 * HOUR,
    horizon: { kind: 'rolling', days: 7 } as const,
    perDay: null,
    perWeek: null,
  }
  const offer = { durations: [30], increment: 30, before: 10, after: 10, limits, capacity: 1 }
  return {
    offer,
    duration: 30,
    assignment: 'solo',
    hosts,
    window: { start: 0, end: at('00:00', '2027-01-01') },
    now: at('06:00'),
    ...more,
  }
}
const kinds = (question: Question, start: Instant) => explain(question, start).map(({ kind }) => kind)

describe('why a start is not offered', () => {
  test.each([
    ['nothing stands against it', '10:00', '2026-05-04', []],
    ['before the hours', '08:30', '2026-05-04', ['outside-hours']],
    ['running past the hours', '16:45', '2026-05-04', ['outside-hours']],
    ['between two starts', '10:10', '2026-05-04', ['off-grid']],
    ['too soon, and before the hours', '07:00', '2026-05-04', ['outside-hours', 'notice']],
    ['in the past', '10:00', '2026-05-01', ['notice']],
    ['the last day of the horizon', '10:00', '2026-05-11', []],
    ['the day after it', '10:00', '2026-05-12', ['horizon']],
  ])('%s', (_, time, date, expected) => expect(kinds(ask([host('anna')]), at(time, date))).toEqual(expected))

  test('what stands in the way is named with its time, and a buffer apart from a collision', () => {
    const anna = host('anna', {
      busy: packBusy([span('10:20', '10:45'), span('12:00', '13:00')]),
      own: [booking('14:00', '14:30')],
    })
    expect(explain(ask([anna]), at('10:00'))).toEqual([
      { hostId: 'anna', kind: 'busy', span: span('10:20', '10:45') },
    ])
    expect(explain(ask([anna]), at('11:30'))).toEqual([
      { hostId: 'anna', kind: 'buffer', span: span('12:00', '13:00') },
    ])
    expect(explain(ask([anna]), at('14:00'))).toEqual([
      { hostId: 'anna', kind: 'own-booking', span: span('14:00', '14:30') },
    ])
    expect(explain(ask([anna]), at('14:30'))).toEqual([
      { hostId: 'anna', kind: 'buffer', span: span('14:00', '14:30') },
    ])
    expect(explain(ask([anna]), at('15:00'))).toEqual([])
  })

  test('a full day, a full week', () => {
    const question = ask([host('anna', { own: [booking('14:00', '14:30')] })])
    const capped = (perDay: number | null, perWeek: number | null) => ({
      ...question,
      offer: { ...question.offer, limits: { ...question.offer.limits, perDay, perWeek } },
    })
    expect(kinds(capped(1, 1), at('10:00'))).toEqual(['cap-day', 'cap-week'])
    expect(kinds(capped(1, 1), at('10:00', '2026-05-05'))).toEqual(['cap-week'])
    expect(kinds(capped(2, 2), at('10:00'))).toEqual([])
  })

  test('another length than the offer’s, and no host', () => {
    expect(kinds(ask([host('anna')], { duration: 45 }), at('10:00'))).toEqual(['duration'])
    expect(kinds(ask([]), at('10:00'))).toEqual(['no-host'])
  })

  test('each host of a team has reasons of its own; a shared grid has none', () => {
    const late = host('bob', {
      schedule: {
        zone: 'Europe/Rome',
        weekly: Array.from({ length: 7 }, () => [{ from: 615, to: 1020 }]),
        overrides: [],
      },
    })
    const team = [host('anna', { busy: packBusy([span('11:00', '12:00')]) }), late]
    const told = (assignment: 'round-robin' | 'collective', time: string) =>
      explain(ask(team, { assignment }), at(time)).map(({ hostId, kind }) => [hostId, kind])
    expect(told('round-robin', '09:00')).toEqual([['bob', 'outside-hours']])
    expect(told('round-robin', '11:00')).toEqual([
      ['anna', 'busy'],
      ['bob', 'off-grid'],
    ])
    expect(told('collective', '10:15')).toEqual([])
    expect(told('collective', '12:30')).toEqual([[null, 'off-grid']])
  })

  test('a reason never carries more than a time', () => {
    const anna = host('anna', { busy: packBusy([{ start: at('10:00'), end: at('10:00') + 30 * MINUTE }]) })
    expect(Object.keys(explain(ask([anna]), at('10:00'))[0]!)).toEqual(['hostId', 'kind', 'span'])
  })
})
