import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { packBusy } from '#core/time/busy.ts'
import { DAY, HOUR, MINUTE } from '#core/time/model.ts'
import type { Instant } from '#core/time/model.ts'
import { daysOf } from './days.ts'
import type { HostTime, Offer, Own, Question, Schedule, WallSpan } from './model.ts'
import { findSlots, freeHosts, isSlot } from './slots.ts'

const at = (text: string): Instant => Temporal.Instant.from(text).epochMilliseconds
const wall = (text: string, zone: string): Instant =>
  Temporal.PlainDateTime.from(text).toZonedDateTime(zone).epochMilliseconds
const hours = (from: number, to: number): WallSpan => ({ from: from * 60, to: to * 60 })
const daily = (zone: string, ...spans: WallSpan[]): Schedule => ({
  zone,
  weekly: Array.from({ length: 7 }, () => spans),
  overrides: [],
})

const OFFER: Offer = {
  durations: [30],
  increment: 30,
  before: 0,
  after: 0,
  limits: { notice: 0, horizon: { kind: 'rolling', days: 365 }, perDay: null, perWeek: null },
  capacity: 1,
}

function host(schedule: Schedule, more: Partial<HostTime> = {}): HostTime {
  return { hostId: 'anna', schedule, busy: packBusy([]), own: [], ...more }
}

function ask(
  hosts: HostTime[],
  from: string,
  to: string,
  more: Partial<Question> = {},
  offer: Partial<Offer> = {},
): Question {
  const window = { start: at(from), end: at(to) }
  return {
    offer: { ...OFFER, ...offer },
    duration: offer.durations?.[0] ?? 30,
    assignment: 'solo',
    hosts,
    window,
    now: window.start,
    ...more,
  }
}

/** The starts as the zone's clock shows them, with the offset. */
function shown(question: Question, zone = question.hosts[0]!.schedule.zone): string[] {
  return Array.from(findSlots(question), (start) => {
    const moment = Temporal.Instant.fromEpochMilliseconds(start).toZonedDateTimeISO(zone)
    return moment.toString({ smallestUnit: 'minute', timeZoneName: 'never' })
  })
}
const times = (question: Question) => shown(question).map((text) => text.slice(11, 16))

const booking = (start: Instant, minutes: number, more: Partial<Own[number]> = {}): Own[number] => ({
  start,
  end: start + minutes * MINUTE,
  before: 0,
  after: 0,
  taken: 1,
  capacity: 1,
  sameType: true,
  ...more,
})

const CHANGING = [
  'Europe/Rome',
  'Europe/London',
  'Europe/Dublin',
  'Europe/Kyiv',
  'Atlantic/Azores',
  'Africa/Casablanca',
  'Africa/Cairo',
  'Antarctica/Troll',
  'America/New_York',
  'America/Los_Angeles',
  'America/St_Johns',
  'America/Havana',
  'America/Nuuk',
  'America/Santiago',
  'Asia/Beirut',
  'Asia/Jerusalem',
  'Australia/Sydney',
  'Australia/Lord_Howe',
  'Pacific/Auckland',
  'Pacific/Chatham',
]

/** Every slot of 09:00–17:00 in the week before and after both changes of 2026, in 20 zones. */
function aroundChanges(zone: string): { question: Question; date: Temporal.PlainDate }[] {
  let moment = Temporal.Instant.from('2026-01-01T00:00Z').toZonedDateTimeISO(zone)
  const days: Temporal.PlainDate[] = []
  for (let change = 0; change < 2; change++) {
    moment = moment.getTimeZoneTransition('next')!
    for (let by = -7; by <= 7; by++) days.push(moment.toPlainDate().add({ days: by }))
  }
  return days.map((date) => {
    const start = date.toZonedDateTime(zone)
    const window = { start: start.epochMilliseconds, end: start.add({ days: 1 }).epochMilliseconds }
    return {
      date,
      question: {
        ...ask([host(daily(zone, hours(9, 17)))], '2026-01-01T00:00Z', '2026-01-02T00:00Z'),
        now: at('2026-01-01T00:00Z'),
        window,
      },
    }
  })
}

describe('D01 slots across a change of the clocks', () => {
  test.each(CHANGING)(
    'D01 %s: each day begins at 09:00 on the wall, and every slot shown can be booked',
    (zone) => {
      for (const { question, date } of aroundChanges(zone)) {
        const starts = Array.from(findSlots(question))
        const expected = Array.from({ length: 16 }, (_, i) =>
          wall(
            `${date.toString()}T${String(9 + Math.floor(i / 2)).padStart(2, '0')}:${i % 2 ? '30' : '00'}`,
            zone,
          ),
        )
        expect(starts, `${zone} ${date.toString()}`).toEqual(expected)
        for (const start of starts) expect(isSlot(question, start)).toBe(true)
      }
    },
  )

  test('D01 the answer does not depend on the time zone of the server', () => {
    const script = `
      import { findSlots } from '#core/availability/slots.ts'
      import { daysOf } from '#core/availability/days.ts'
      const busy = { starts: new Float64Array(0), ends: new Float64Array(0) }
      const answers = JSON.parse(process.env.QUESTIONS).map((question) => {
        const slots = findSlots({ ...question, hosts: question.hosts.map((host) => ({ ...host, busy })) })
        return [Array.from(slots), daysOf(slots, 'Australia/Lord_Howe')]
      })
      process.stdout.write(JSON.stringify([new Date(0).getTimezoneOffset(), answers]))`
    const questions = ['America/New_York', 'Europe/Rome', 'Australia/Lord_Howe'].flatMap((zone) =>
      aroundChanges(zone).map(({ question }) => question),
    )
    const expected = questions.map((question) => [
      Array.from(findSlots(question)),
      daysOf(findSlots(question), 'Australia/Lord_Howe'),
    ])
    const offsets = ['UTC', 'Asia/Kolkata', 'America/New_York'].map((TZ) => {
      const env = { ...process.env, TZ, QUESTIONS: JSON.stringify(questions) }
      const [offset, answers] = JSON.parse(
        execFileSync(process.execPath, ['--input-type=module', '-e', script], { env, encoding: 'utf8' }),
      )
      expect(answers).toEqual(JSON.parse(JSON.stringify(expected)))
      return offset
    })
    expect(offsets).toEqual([-0, -330, 300].map((offset) => offset + 0))
  })
})

describe('hours that the clocks skip or repeat', () => {
  const BERLIN = 'Europe/Berlin'

  test('D02 an hour that does not exist offers nothing, and nothing an hour off', () => {
    const question = ask([host(daily(BERLIN, hours(2, 3)))], '2026-03-28T12:00Z', '2026-03-29T12:00Z')
    expect(shown(question)).toEqual([])
    for (const text of ['2026-03-29T00:30Z', '2026-03-29T01:00Z', '2026-03-29T01:30Z'])
      expect(isSlot(question, at(text))).toBe(false)
  })

  test('D02 hours that begin in the gap begin where the clocks land', () => {
    const question = ask(
      [host(daily(BERLIN, { from: 150, to: 240 }))],
      '2026-03-28T12:00Z',
      '2026-03-29T12:00Z',
    )
    expect(shown(question)).toEqual(['2026-03-29T03:00+02:00', '2026-03-29T03:30+02:00'])
  })

  test('D03 an hour that comes twice is offered twice, as two instants', () => {
    const question = ask([host(daily(BERLIN, hours(2, 3)))], '2026-10-24T12:00Z', '2026-10-25T12:00Z')
    expect(shown(question)).toEqual([
      '2026-10-25T02:00+02:00',
      '2026-10-25T02:30+02:00',
      '2026-10-25T02:00+01:00',
      '2026-10-25T02:30+01:00',
    ])
    expect(daysOf(findSlots(question), BERLIN)).toEqual([
      {
        date: '2026-10-25',
        runs: [
          { offset: 120, minutes: [120, 150] },
          { offset: 60, minutes: [120, 150] },
        ],
      },
    ])
  })

  test('D03 half of a repeated hour is two openings with the other half shut between them', () => {
    const question = ask(
      [host(daily(BERLIN, { from: 60, to: 150 }))],
      '2026-10-24T12:00Z',
      '2026-10-25T12:00Z',
    )
    expect(shown(question)).toEqual([
      '2026-10-25T01:00+02:00',
      '2026-10-25T01:30+02:00',
      '2026-10-25T02:00+02:00',
      '2026-10-25T02:00+01:00',
    ])
  })

  test('D05 a skipped midnight, a skipped day, half an hour of summer time', () => {
    const saoPaulo = ask(
      [host(daily('America/Sao_Paulo', hours(0, 2)))],
      '2018-11-03T12:00Z',
      '2018-11-04T12:00Z',
    )
    expect(shown(saoPaulo)).toEqual(['2018-11-04T01:00-02:00', '2018-11-04T01:30-02:00'])
    const apia = ask([host(daily('Pacific/Apia', hours(9, 10)))], '2011-12-29T12:00Z', '2011-12-31T12:00Z')
    expect(shown(apia)).toEqual([
      '2011-12-29T09:00-10:00',
      '2011-12-29T09:30-10:00',
      '2011-12-31T09:00+14:00',
      '2011-12-31T09:30+14:00',
    ])
    const lordHowe = ask(
      [host(daily('Australia/Lord_Howe', hours(1, 4)))],
      '2026-10-03T12:00Z',
      '2026-10-04T12:00Z',
    )
    expect(times(lordHowe)).toEqual(['01:00', '01:30', '02:30', '03:00', '03:30'])
  })
})

describe('D04 notice and horizon on the day the clocks change', () => {
  const newYork = host(daily('America/New_York', hours(9, 17)))

  test('D04 seven days of notice are 168 hours, an hour earlier on the wall after the change', () => {
    const question = {
      ...ask(
        [newYork],
        '2026-11-01T00:00-04:00',
        '2026-11-10T00:00-05:00',
        {},
        { limits: { ...OFFER.limits, notice: 7 * DAY } },
      ),
    }
    const asked = { ...question, now: at('2026-10-29T12:00-04:00') }
    expect(shown(asked)[0]).toBe('2026-11-05T11:00-05:00')
    expect(isSlot(asked, at('2026-11-05T10:30-05:00'))).toBe(false)
  })

  test('D04 the horizon ends with its last day in the schedule’s zone', () => {
    const limits = { ...OFFER.limits, horizon: { kind: 'rolling', days: 3 } as const }
    const question = {
      ...ask([newYork], '2026-10-30T00:00Z', '2026-11-10T00:00Z', {}, { limits }),
      now: at('2026-10-29T23:30-04:00'),
    }
    expect(shown(question).at(-1)).toBe('2026-11-01T16:30-05:00')
    expect(shown(question)[0]).toBe('2026-10-30T09:00-04:00')
  })

  test('a range of dates includes both', () => {
    const limits = {
      ...OFFER.limits,
      horizon: { kind: 'range', from: '2026-10-31', to: '2026-11-01' } as const,
    }
    const question = ask([newYork], '2026-10-25T00:00Z', '2026-11-10T00:00Z', {}, { limits })
    expect([...new Set(shown(question).map((text) => text.slice(0, 10)))]).toEqual([
      '2026-10-31',
      '2026-11-01',
    ])
  })

  test('D17 no question reaches further than five years, and none into the past', () => {
    const limits = {
      ...OFFER.limits,
      horizon: { kind: 'range', from: '1970-01-01', to: '9999-12-31' } as const,
    }
    const endless = { start: at('0001-01-01T00:00Z'), end: at('9999-12-31T00:00Z') }
    const now = at('2026-11-03T12:00-05:00')
    for (const assignment of ['solo', 'round-robin', 'collective'] as const) {
      const slots = findSlots({
        ...ask(
          [newYork, newYork],
          '2026-11-01T00:00Z',
          '2026-11-02T00:00Z',
          { assignment },
          { limits, increment: 240 },
        ),
        window: endless,
        now,
      })
      expect(slots[0]).toBe(at('2026-11-03T13:00-05:00'))
      expect(slots.at(-1)! - now).toBeLessThan(5 * 366 * DAY)
    }
  })
})

describe('hours', () => {
  test('D19 overnight hours are one opening, and a meeting may run through midnight', () => {
    const question = ask(
      [host(daily('Europe/Rome', hours(22, 26)))],
      '2026-05-04T12:00Z',
      '2026-05-05T12:00Z',
      {},
      { durations: [60], increment: 45 },
    )
    expect(shown(question)).toEqual([
      '2026-05-04T22:00+02:00',
      '2026-05-04T22:45+02:00',
      '2026-05-04T23:30+02:00',
      '2026-05-05T00:15+02:00',
      '2026-05-05T01:00+02:00',
    ])
    // The day is the viewer's: in New York all of it is the afternoon before.
    expect(daysOf(findSlots(question), 'America/New_York')).toEqual([
      { date: '2026-05-04', runs: [{ offset: -240, minutes: [960, 1005, 1050, 1095, 1140] }] },
    ])
  })

  test('D19 hours of two days that meet at midnight are one opening too', () => {
    const question = ask(
      [host(daily('Europe/Rome', hours(22, 24), hours(0, 2)))],
      '2026-05-04T12:00Z',
      '2026-05-05T12:00Z',
      {},
      { durations: [60], increment: 30 },
    )
    expect(times(question)).toEqual(['22:00', '22:30', '23:00', '23:30', '00:00', '00:30', '01:00'])
  })

  test('D19 overnight hours of an override last as long as the night does', () => {
    const night = (date: string): Schedule => ({
      zone: 'Europe/Rome',
      weekly: Array.from({ length: 7 }, () => []),
      overrides: [{ date, spans: [hours(22, 28)] }],
    })
    const lengths = ['2026-03-28', '2026-03-27', '2026-10-24'].map(
      (date) => findSlots(ask([host(night(date))], `${date}T00:00Z`, `${date.slice(0, 8)}31T00:00Z`)).length,
    )
    expect(lengths).toEqual([10, 12, 14])
  })

  test('D19 an override belongs to the day it begins on: the night before goes on', () => {
    const schedule = {
      ...daily('Europe/Rome', hours(22, 26)),
      overrides: [{ date: '2026-05-05', spans: [] }],
    }
    const question = ask(
      [host(schedule)],
      '2026-05-04T12:00Z',
      '2026-05-06T12:00Z',
      {},
      { durations: [60], increment: 60 },
    )
    expect(shown(question).map((text) => text.slice(0, 16))).toEqual([
      '2026-05-04T22:00',
      '2026-05-04T23:00',
      '2026-05-05T00:00',
      '2026-05-05T01:00',
    ])
  })

  test('hours around the clock hang from each midnight, whatever the window', () => {
    const question = ask(
      [host(daily('Europe/Rome', hours(0, 24)))],
      '2026-05-04T00:00+02:00',
      '2026-05-06T00:00+02:00',
      {},
      { durations: [60], increment: 50 },
    )
    const day = Array.from(
      { length: 29 },
      (_, i) =>
        `${String(Math.floor((i * 50) / 60)).padStart(2, '0')}:${String((i * 50) % 60).padStart(2, '0')}`,
    )
    expect(times(question)).toEqual([...day, ...day])
  })

  test('D20 the last slot ends with the hours, also when it is longer than the step', () => {
    const question = (duration: number, increment: number) =>
      ask(
        [host(daily('Europe/Rome', hours(9, 20)))],
        '2026-05-04T00:00Z',
        '2026-05-05T00:00Z',
        {},
        { durations: [duration], increment },
      )
    expect(times(question(90, 30)).at(-1)).toBe('18:30')
    expect(isSlot(question(90, 30), at('2026-05-04T18:30+02:00'))).toBe(true)
    expect(times(question(45, 45)).at(-1)).toBe('18:45')
    expect(times(question(660, 15))).toEqual(['09:00'])
    expect(times(question(661, 15))).toEqual([])
  })

  test('spans that overlap or touch are one; a gap between them is a break', () => {
    const starts = (...spans: WallSpan[]) =>
      times(
        ask(
          [host(daily('Europe/Rome', ...spans))],
          '2026-05-04T00:00Z',
          '2026-05-05T00:00Z',
          {},
          { durations: [60], increment: 45 },
        ),
      )
    expect(starts(hours(11, 12), hours(9, 11), { from: 630, to: 690 }, hours(13, 14))).toEqual([
      '09:00',
      '09:45',
      '10:30',
      '13:00',
    ])
    expect(starts(hours(9, 11), hours(11, 12))).toEqual(['09:00', '09:45', '10:30'])
  })
})

describe('what is taken', () => {
  const ten = at('2026-05-04T10:00+02:00')
  const open = (own: Own, offer: Partial<Offer> = {}) =>
    times(
      ask(
        [host(daily('Europe/Rome', hours(9, 12)), { own })],
        '2026-05-04T00:00Z',
        '2026-05-05T00:00Z',
        {},
        { increment: 15, ...offer },
      ),
    )

  test('A18 fifteen minutes before and after part two meetings by fifteen, not by thirty', () => {
    const left = open([booking(ten, 30, { before: 15, after: 15 })], { before: 15, after: 15 })
    expect(left).not.toContain('10:30')
    expect(left).toContain('10:45')
    expect(left.filter((time) => time < '10:00')).toEqual(['09:00', '09:15'])
  })

  test('A18 the longer buffer decides, whichever meeting brought it', () => {
    expect(open([booking(ten, 30, { after: 60, before: 60 })], { before: 15, after: 15 })).toEqual(['11:30'])
    expect(open([booking(ten, 30)], { before: 60, after: 0 })).toEqual(['09:00', '09:15', '09:30', '11:30'])
  })

  test('A18 the recheck inside the lock refuses and accepts the same', () => {
    const own = [booking(ten, 30, { before: 15, after: 15 })]
    const question = ask(
      [host(daily('Europe/Rome', hours(9, 12)), { own })],
      '2026-05-04T00:00Z',
      '2026-05-05T00:00Z',
      {},
      { increment: 15, before: 15, after: 15 },
    )
    expect(isSlot(question, ten + 30 * MINUTE)).toBe(false)
    expect(isSlot(question, ten + 45 * MINUTE)).toBe(true)
  })

  test('a foreign event keeps the buffers of the meeting asked for', () => {
    const busy = packBusy([
      { start: ten, end: ten + 30 * MINUTE },
      { start: ten + 5, end: ten + 5 },
    ])
    const question = ask(
      [host(daily('Europe/Rome', hours(9, 12)), { busy })],
      '2026-05-04T00:00Z',
      '2026-05-05T00:00Z',
      {},
      { increment: 15, before: 15, after: 30 },
    )
    expect(times(question)).toEqual(['09:00', '10:45', '11:00', '11:15', '11:30'])
  })

  test('a group with room left is offered at its own start only, until it is full', () => {
    const group = (taken: number) => open([booking(ten, 30, { taken, capacity: 4 })], { capacity: 4 })
    expect(group(3).filter((time) => time >= '09:31' && time < '10:31')).toEqual(['10:00', '10:30'])
    expect(group(4).filter((time) => time >= '09:31' && time < '10:31')).toEqual(['10:30'])
    expect(
      open([booking(ten, 30, { taken: 1, capacity: 4, sameType: false })], { capacity: 4 }),
    ).not.toContain('10:00')
    expect(open([booking(ten, 60, { taken: 1, capacity: 4 })], { capacity: 4 })).not.toContain('10:00')
  })

  test('a group behind another one’s long buffer does not shut it', () => {
    const own = [booking(ten, 30, { capacity: 4, before: 90 }), booking(ten - HOUR, 30, { capacity: 4 })]
    expect(open(own, { capacity: 4 })).toContain('10:00')
  })

  test('caps count the days and weeks of the schedule’s zone, from Monday', () => {
    const limits = (perDay: number | null, perWeek: number | null) => ({
      limits: { ...OFFER.limits, perDay, perWeek },
    })
    // Sunday 3 May 23:30 UTC is already Monday in Rome.
    const own = [
      booking(at('2026-05-03T23:30Z'), 30),
      booking(at('2026-05-05T09:00+02:00'), 30),
      booking(at('2026-05-06T09:00+02:00'), 30, { sameType: false }),
    ]
    const dates = (offer: Partial<Offer>) => [
      ...new Set(
        shown(
          ask(
            [host(daily('Europe/Rome', hours(9, 12)), { own })],
            '2026-05-03T00:00Z',
            '2026-05-12T00:00Z',
            {},
            offer,
          ),
        ).map((text) => text.slice(5, 10)),
      ),
    ]
    expect(dates(limits(1, null))).toEqual(['05-03', '05-06', '05-07', '05-08', '05-09', '05-10', '05-11'])
    expect(dates(limits(null, 2))).toEqual(['05-03', '05-11'])
    expect(dates(limits(null, 3))).toHaveLength(9)
    expect(dates(limits(0, null))).toEqual([])
  })

  test('a full day still lets one more person join a group', () => {
    const offer = { capacity: 4, limits: { ...OFFER.limits, perDay: 1 } }
    expect(open([booking(ten, 30, { capacity: 4 })], offer)).toEqual(['10:00'])
  })
})

describe('A20 what the server never offers', () => {
  const question = ask(
    [host(daily('Europe/Rome', hours(9, 17)))],
    '2026-05-04T00:00Z',
    '2026-05-05T00:00Z',
    {},
    { limits: { ...OFFER.limits, notice: 2 * HOUR } },
  )
  const asked = {
    ...question,
    now: at('2026-05-04T10:00+02:00'),
    window: { start: 0, end: at('2100-01-01T00:00Z') },
  }

  test.each([
    ['off the grid by a minute', '2026-05-04T14:01+02:00'],
    ['off the grid by a millisecond', '2026-05-04T14:00:00.001+02:00'],
    ['outside the hours', '2026-05-04T18:00+02:00'],
    ['running past their end', '2026-05-04T17:00+02:00'],
    ['yesterday', '2026-05-03T14:00+02:00'],
    ['in ten years', '2036-05-05T14:00+02:00'],
    ['inside the notice', '2026-05-04T11:30+02:00'],
  ])('A20 %s', (_, start) => expect(isSlot(asked, at(start))).toBe(false))

  test('A20 a duration of another event type, and no host at all', () => {
    const start = at('2026-05-04T14:00+02:00')
    expect(isSlot(asked, start)).toBe(true)
    expect(isSlot({ ...asked, duration: 60 }, start)).toBe(false)
    for (const assignment of ['solo', 'round-robin', 'collective'] as const)
      expect(isSlot({ ...asked, hosts: [], assignment }, start)).toBe(false)
  })

  test('A20 an increment of nothing is a bug, not an endless list', () => {
    expect(() => findSlots({ ...asked, offer: { ...asked.offer, increment: 0 } })).toThrow(RangeError)
  })
})

describe('several hosts', () => {
  const rome = host(daily('Europe/Rome', hours(9, 17)), {
    hostId: 'anna',
    busy: packBusy([{ start: at('2026-05-04T14:00+02:00'), end: at('2026-05-04T15:00+02:00') }]),
  })
  const newYork = host(daily('America/New_York', hours(9, 17)), { hostId: 'bob' })
  const kathmandu = host(daily('Asia/Kathmandu', hours(9, 17)), { hostId: 'chandra' })
  const team = (hosts: HostTime[], assignment: 'round-robin' | 'collective') =>
    ask(hosts, '2026-05-04T00:00Z', '2026-05-05T00:00Z', { assignment }, { durations: [60], increment: 60 })

  test('round robin offers what any host can take, and says who', () => {
    const question = team([rome, newYork], 'round-robin')
    expect(times(question)).toEqual([
      '09:00',
      '10:00',
      '11:00',
      '12:00',
      '13:00',
      '15:00',
      '16:00',
      '17:00',
      '18:00',
      '19:00',
      '20:00',
      '21:00',
      '22:00',
    ])
    expect(freeHosts(question, at('2026-05-04T16:00+02:00'))).toEqual(['anna', 'bob'])
    expect(freeHosts(question, at('2026-05-04T20:00+02:00'))).toEqual(['bob'])
    expect(freeHosts(question, at('2026-05-04T14:00+02:00'))).toEqual([])
  })

  test('collective offers what all can take; its grid hangs from the hours they share', () => {
    expect(times(team([rome, newYork], 'collective'))).toEqual(['15:00', '16:00'])
    // Kathmandu closes at 13:15 in Rome.
    expect(times(team([rome, kathmandu], 'collective'))).toEqual(['09:00', '10:00', '11:00', '12:00'])
    expect(times(team([newYork, kathmandu], 'collective'))).toEqual([])
  })
})
