import { describe, expect, test } from 'vitest'
import { DAY, HOUR } from '#core/time/model.ts'
import type { Span } from '#core/time/model.ts'
import { readObject } from './read.ts'
import type { ObjectReading, Reading } from './read.ts'
import { cpuNow } from '#tests/cpu.ts'

const at = (text: string): number => Date.parse(text)
const span = (start: string, end: string): Span => ({ start: at(start), end: at(end) })
const JULY = span('2026-07-01T00:00Z', '2026-08-01T00:00Z')
const OWNER = ['anna@example.test']

const object = (...lines: string[]): string =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines, 'END:VCALENDAR', ''].join('\r\n')
const event = (...lines: string[]): string[] => ['BEGIN:VEVENT', 'UID:1@example.test', ...lines, 'END:VEVENT']
const one = (...lines: string[]): string => object(...event(...lines))

function read(text: string, reading: Partial<Reading> = {}): ObjectReading {
  const made = readObject(text, { window: JULY, zone: 'Europe/Berlin', owner: OWNER, ...reading })
  if (!made) throw new Error('no event')
  return made
}
const stamp = (instant: number): string => new Date(instant).toISOString().replace(/:00\.000Z$/, 'Z')
const times = (text: string, reading: Partial<Reading> = {}): string[] =>
  read(text, reading).occurrences.map(({ start, end }) => `${stamp(start)}/${stamp(end)}`)
const starts = (text: string, reading: Partial<Reading> = {}): string[] =>
  read(text, reading).occurrences.map(({ start }) => stamp(start))

/** Busy over all of it, and its owner is told. */
function expectKept(text: string, kept: Span, code: string, reading: Partial<Reading> = {}): void {
  const { occurrences, trouble } = read(text, reading)
  expect(trouble?.split(':')[0]).toBe(code)
  for (let instant = kept.start; instant < kept.end; instant += HOUR)
    expect(
      occurrences.some(
        ({ start, end, kind }) =>
          start <= instant && end >= instant + HOUR && (kind === 'busy' || kind === 'unknown'),
      ),
      stamp(instant),
    ).toBe(true)
}

describe('D06 whole days', () => {
  const day = one('DTSTART;VALUE=DATE:20260701', 'SUMMARY:Holiday')
  test('are that date in the calendar’s zone', () => {
    expect(
      times(day, { zone: 'Europe/Berlin', window: span('2026-06-01T00:00Z', '2026-08-01T00:00Z') }),
    ).toEqual(['2026-06-30T22:00Z/2026-07-01T22:00Z'])
    expect(
      times(day, { zone: 'Pacific/Auckland', window: span('2026-06-01T00:00Z', '2026-08-01T00:00Z') }),
    ).toEqual(['2026-06-30T12:00Z/2026-07-01T12:00Z'])
    expect(read(day).occurrences[0]!.allDay).toBe(true)
  })
  test('last 23 hours in March and 25 in October', () => {
    const wide = { window: span('2026-01-01T00:00Z', '2027-01-01T00:00Z') }
    expect(times(one('DTSTART;VALUE=DATE:20260329', 'DTEND;VALUE=DATE:20260330'), wide)).toEqual([
      '2026-03-28T23:00Z/2026-03-29T22:00Z',
    ])
    expect(times(one('DTSTART;VALUE=DATE:20261025', 'DURATION:P1D'), wide)).toEqual([
      '2026-10-24T22:00Z/2026-10-25T23:00Z',
    ])
  })
  test('where midnight does not exist begin when the clocks land', () => {
    expect(
      times(one('DTSTART;VALUE=DATE:20260906'), {
        zone: 'America/Santiago',
        window: span('2026-09-01T00:00Z', '2026-10-01T00:00Z'),
      }),
    ).toEqual(['2026-09-06T04:00Z/2026-09-07T03:00Z'])
  })
})

test('D07 floating times are read in the calendar’s zone, whatever TZ the server has', () => {
  const floating = one('DTSTART:20260701T100000', 'DTEND:20260701T110000')
  const before = process.env.TZ
  try {
    for (const zone of ['UTC', 'America/Los_Angeles', 'Pacific/Kiritimati']) {
      process.env.TZ = zone
      expect(times(floating)).toEqual(['2026-07-01T08:00Z/2026-07-01T09:00Z'])
      expect(times(floating, { zone: 'Asia/Tokyo' })).toEqual(['2026-07-01T01:00Z/2026-07-01T02:00Z'])
    }
  } finally {
    if (before === undefined) delete process.env.TZ
    else process.env.TZ = before
  }
})

const rules = (tzid: string, standard: string, daylight: string): string[] => [
  'BEGIN:VTIMEZONE',
  `TZID:${tzid}`,
  'BEGIN:STANDARD',
  'DTSTART:16010101T030000',
  `TZOFFSETFROM:${daylight}`,
  `TZOFFSETTO:${standard}`,
  'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10',
  'END:STANDARD',
  'BEGIN:DAYLIGHT',
  'DTSTART:16010101T020000',
  `TZOFFSETFROM:${standard}`,
  `TZOFFSETTO:${daylight}`,
  'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3',
  'END:DAYLIGHT',
  'END:VTIMEZONE',
]
const zoned = (tzid: string): string[] =>
  event(`DTSTART;TZID="${tzid}":20260701T100000`, `DTEND;TZID="${tzid}":20260701T110000`)

describe('D08 zones', () => {
  test.each(['Customized Time Zone', 'tzone://Microsoft/Custom', 'Nowhere/Land'])(
    '%s: the rules in the object count',
    (tzid) => {
      expect(times(object(...rules(tzid, '-0300', '-0200'), ...zoned(tzid)))).toEqual([
        '2026-07-01T12:00Z/2026-07-01T13:00Z',
      ])
    },
  )
  test.each([
    'W. Europe Standard Time',
    '(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna',
    '(GMT+01:00) Amsterdam, Berlin, Bern, Rom, Stockholm, Wien',
    'Mitteleuropäische Zeit',
    'Central European Time',
    '/freeassociation.sourceforge.net/Europe/Berlin',
    '/mozilla.org/20050126_1/Europe/Berlin',
    'europe/berlin',
  ])('%s without rules is known by name', (tzid) => {
    const { trouble } = read(object(...zoned(tzid)))
    expect(trouble).toBe(null)
    expect(times(object(...zoned(tzid)), { zone: 'Asia/Tokyo' })).toEqual([
      '2026-07-01T08:00Z/2026-07-01T09:00Z',
    ])
  })
  test.each([
    ['(UTC-05:00) Eastern Time (US & Canada)', '2026-07-01T14:00Z'],
    ['Eastern Standard Time', '2026-07-01T14:00Z'],
    ['(UTC+05:30) Chennai, Kolkata, Mumbai, New Delhi', '2026-07-01T04:30Z'],
    ['(UTC) Coordinated Universal Time', '2026-07-01T10:00Z'],
    ['(UTC+08:00) Beijing, Chongqing, Hong Kong, Urumqi', '2026-07-01T02:00Z'],
    ['tzone://Microsoft/Utc', '2026-07-01T10:00Z'],
    ['America/Argentina/Buenos_Aires', '2026-07-01T13:00Z'],
  ])('%s', (tzid, start) => {
    expect(starts(object(...zoned(tzid)))).toEqual([start])
  })
  test.each([
    'Customized Time Zone',
    'tzone://Microsoft/Custom',
    '(UTC+01:00) Atlantis',
    'Eastern European Time',
    'GMT+5',
    '',
    ' ',
  ])('“%s” that nobody knows is busy fourteen hours either way, and reported', (tzid) => {
    const unknown = object(...zoned(tzid))
    expectKept(unknown, span('2026-06-30T20:00Z', '2026-07-02T01:00Z'), 'unknown-zone', {
      window: span('2026-06-01T00:00Z', '2026-08-01T00:00Z'),
    })
  })
  test('a series in an unknown zone keeps fourteen hours round every instance', () => {
    const text = one('DTSTART;TZID=X-Nowhere:20260101T120000', 'DURATION:PT1H', 'RRULE:FREQ=MONTHLY')
    expect(times(text)).toEqual([
      '2026-06-30T22:00Z/2026-07-02T03:00Z',
      '2026-07-31T22:00Z/2026-08-02T03:00Z',
    ])
  })
  test('rules that cannot be read are no rules', () => {
    const broken = rules('Customized Time Zone', 'one hour', '+0200')
    expectKept(
      object(...broken, ...zoned('Customized Time Zone')),
      span('2026-07-01T00:00Z', '2026-07-02T01:00Z'),
      'unknown-zone',
    )
  })
})

test('D10 an IANA name counts against a VTIMEZONE that says otherwise', () => {
  expect(times(object(...rules('Europe/Berlin', '-0800', '-0700'), ...zoned('Europe/Berlin')))).toEqual([
    '2026-07-01T08:00Z/2026-07-01T09:00Z',
  ])
})

describe('D15 dates that do not exist', () => {
  test.each([
    ['20260230', span('2026-02-28T00:00Z', '2026-03-02T23:00Z')],
    ['20260230T100000Z', span('2026-02-28T00:00Z', '2026-03-02T23:00Z')],
    ['20260631T100000', span('2026-06-30T00:00Z', '2026-07-01T22:00Z')],
    ['20260710T240000', span('2026-07-10T00:00Z', '2026-07-11T00:00Z')],
    ['20260710T256100', span('2026-07-10T00:00Z', '2026-07-11T03:00Z')],
    ['20261301T100000', span('2026-02-01T00:00Z', '2026-12-31T00:00Z')],
  ])('%s is busy as widely as it can be meant, and reported', (date, kept) => {
    expectKept(one(`DTSTART:${date}`, 'DURATION:PT1H'), kept, 'impossible-date', {
      window: span('2026-02-01T00:00Z', '2027-01-01T00:00Z'),
    })
  })
  test('what names no date at all keeps the window busy', () => {
    expectKept(one('DTSTART:tomorrow'), JULY, 'impossible-date')
    expectKept(one('SUMMARY:no start'), JULY, 'impossible-date')
  })
  test('an end that does not exist reaches as far as it can be meant', () => {
    expectKept(
      one('DTSTART:20260710T100000Z', 'DTEND:20260732T100000Z'),
      span('2026-07-10T10:00Z', '2026-08-01T00:00Z'),
      'impossible-date',
    )
    expectKept(
      one('DTSTART:20260710T100000Z', 'DURATION:1 hour'),
      span('2026-07-10T10:00Z', '2026-07-11T10:00Z'),
      'impossible-date',
    )
  })
  test('a repeating one is busy to the end', () => {
    expectKept(
      one('DTSTART:20260732T100000Z', 'RRULE:FREQ=YEARLY'),
      span('2026-08-02T00:00Z', '2026-08-31T00:00Z'),
      'impossible-date',
      {
        window: span('2026-08-01T00:00Z', '2026-09-01T00:00Z'),
      },
    )
  })
  test('written with dashes, colons or without seconds a date is still a date', () => {
    for (const text of ['2026-07-10T10:00:00Z', '20260710T1000Z', ' 20260710T100000Z '])
      expect(starts(one(`DTSTART:${text}`, 'DURATION:PT1H'))).toEqual(['2026-07-10T10:00Z'])
  })
})

describe('D16 lengths', () => {
  test.each([
    ['DTSTART:20260710T100000Z', 'DTEND:20260710T080000Z', '2026-07-10T08:00Z/2026-07-10T10:00Z'],
    ['DTSTART:20260710T100000Z', 'DURATION:-PT1H', '2026-07-10T09:00Z/2026-07-10T10:00Z'],
    ['DTSTART;VALUE=DATE:20260710', 'DTEND;VALUE=DATE:20260708', '2026-07-07T22:00Z/2026-07-09T22:00Z'],
  ])('%s to %s is busy from the earlier to the later', (start, end, busy) => {
    expect(times(one(start, end))).toEqual([busy])
    expect(read(one(start, end)).trouble).toBe('backwards')
  })
  test.each(['DTEND:20260710T100000Z', 'DURATION:PT0S', 'DURATION:P0D', 'X-NONE:1'])(
    '%s takes no time',
    (end) => {
      expect(read(one('DTSTART:20260710T100000Z', end))).toMatchObject({ occurrences: [], trouble: null })
    },
  )
})

describe('D17 far dates', () => {
  test('before and after the window nothing is found, whatever the year', () => {
    for (const year of ['0001', '0099', '1601', '1969', '9999'])
      expect(times(one(`DTSTART:${year}0101T100000Z`, 'DURATION:PT1H'))).toEqual([])
    expect(times(one('DTSTART:+2757600913T000000'))).toEqual([])
  })
  test('from the year 1 to the year 9999 is clamped', () => {
    const [only] = read(one('DTSTART:00010101T000000Z', 'DTEND:99991231T235959Z')).occurrences
    expect(only!.start).toBe(0)
    expect(only!.end).toBeGreaterThan(JULY.end)
    expect(only!.end).toBeLessThanOrEqual(JULY.end + 6 * 366 * DAY)
  })
  test('a series of the year 1 repeats still, one UNTIL=99991231 too', () => {
    expect(starts(one('DTSTART:00010704T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=YEARLY'))).toEqual([
      '2026-07-04T10:00Z',
    ])
    expect(
      starts(
        one('DTSTART:20200101T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=MONTHLY;BYMONTHDAY=5;UNTIL=99991231'),
      ),
    ).toEqual(['2026-07-05T10:00Z'])
  })
  test('a year of five digits is not read as one of four', () => {
    expectKept(one('DTSTART:120260710T100000'), JULY, 'impossible-date')
  })
})

describe('D18 ends left out or of another type', () => {
  test.each([
    [['DTSTART;VALUE=DATE:20260710'], '2026-07-09T22:00Z/2026-07-10T22:00Z'],
    [['DTSTART;VALUE=DATE:20260710', 'DTEND;VALUE=DATE:20260710'], '2026-07-09T22:00Z/2026-07-10T22:00Z'],
    [['DTSTART;VALUE=DATE:20260710', 'DTEND:20260710T170000'], '2026-07-09T22:00Z/2026-07-10T22:00Z'],
    [['DTSTART;VALUE=DATE:20260710', 'DTEND:20260712T000000'], '2026-07-09T22:00Z/2026-07-11T22:00Z'],
    [
      ['DTSTART;VALUE=DATE:20260710T000000', 'DTEND;VALUE=DATE:20260712T000000'],
      '2026-07-09T22:00Z/2026-07-11T22:00Z',
    ],
    [['DTSTART:20260710T090000', 'DTEND;VALUE=DATE:20260711'], '2026-07-10T07:00Z/2026-07-10T22:00Z'],
    [['DTSTART:20260710T090000', 'DTEND;VALUE=DATE:20260710'], '2026-07-10T07:00Z/2026-07-10T22:00Z'],
    [['DTSTART;VALUE=DATE:20260710', 'DURATION:PT90M'], '2026-07-09T22:00Z/2026-07-10T22:00Z'],
  ])('%s', (lines, busy) => {
    expect(times(one(...lines))).toEqual([busy])
  })
})

describe('D21 hostile rules', () => {
  const all = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, i) => from + i).join(',')
  const DAILY_HULL = span('2026-07-05T09:00Z', '2026-07-05T10:00Z')
  test.each([
    ['FREQ=SECONDLY', JULY, 'too-many'],
    ['FREQ=MINUTELY', JULY, 'too-many'],
    ['FREQ=HOURLY;INTERVAL=480;BYHOUR=5', JULY, 'bad-rule'],
    ['FREQ=DAILY;INTERVAL=0', DAILY_HULL, 'bad-rule'],
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', DAILY_HULL, 'bad-rule'],
    ['FREQ=SECONDLY;COUNT=10000000000', JULY, 'too-many'],
    [
      `FREQ=YEARLY;BYMONTH=${all(1, 12)};BYMONTHDAY=${all(1, 31)};BYHOUR=${all(0, 23)};BYMINUTE=${all(0, 59)};BYSECOND=${all(0, 59)}`,
      JULY,
      'too-many',
    ],
    ['FREQ=WEEKLY;RSCALE=HEBREW', DAILY_HULL, 'bad-rule'],
    ['FREQ=WEEKLY;RSCALE=HEBREW;BYHOUR=9,17', JULY, 'bad-rule'],
    ['gibberish', JULY, 'bad-rule'],
  ])('%s keeps its hull busy', (rule, kept, code) => {
    const began = cpuNow()
    expectKept(one('DTSTART:19700101T090000Z', 'DURATION:PT1H', `RRULE:${rule}`), kept, code)
    expect(cpuNow() - began).toBeLessThan(500)
  })
  test('the hull ends where the series does, and a free event stays free', () => {
    const ended = one(
      'DTSTART:20260101T090000Z',
      'DURATION:PT1H',
      'RRULE:FREQ=SECONDLY;UNTIL=20260701T120000Z',
    )
    expect(times(ended)).toEqual([expect.stringMatching(/^2026-07-01T00:00Z.2026-07-01T13:00/)])
    const free = read(
      one('DTSTART:20260101T090000Z', 'DURATION:PT1H', 'TRANSP:TRANSPARENT', 'RRULE:FREQ=SECONDLY'),
    )
    expect(free.occurrences.map(({ kind }) => kind)).toEqual(['transparent'])
  })
  test('D22 a thousand million minutes, asked months later, are bounded by the window', () => {
    const text = one('DTSTART:20260101T000000Z', 'DURATION:PT1M', 'RRULE:FREQ=MINUTELY;COUNT=1000000000')
    expectKept(text, JULY, 'too-many')
    expect(read(text, { window: span('2026-07-01T00:00Z', '2026-07-02T00:00Z') }).occurrences).toHaveLength(
      1440,
    )
  })
  test('three thousand rules in one object share one allowance', () => {
    const began = cpuNow()
    const text = one(
      'DTSTART:19700101T090000Z',
      'DURATION:PT1H',
      ...Array.from(
        { length: 3000 },
        () => 'RRULE:FREQ=DAILY;BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12;COUNT=900000',
      ),
    )
    expectKept(text, span('2026-07-05T09:00Z', '2026-07-05T10:00Z'), 'bad-rule')
    expect(cpuNow() - began).toBeLessThan(500)
  })
})

test.each([
  [
    'RDATE',
    Array.from(
      { length: 250_000 },
      (_, i) => `202607${String(1 + (i % 28)).padStart(2, '0')}T${String(i % 24).padStart(2, '0')}0000Z`,
    ).join(','),
  ],
  ['EXDATE', Array.from({ length: 250_000 }, () => '20260714T080000Z').join(',')],
])(
  'D21 a quarter of a million %ss are read until the allowance is gone, and nothing becomes free',
  (name, dates) => {
    const began = cpuNow()
    const text = one('DTSTART:20260101T090000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY', `${name}:${dates}`)
    expectKept(text, span('2026-07-05T09:00Z', '2026-07-05T10:00Z'), 'too-many')
    expect(cpuNow() - began).toBeLessThan(1000)
  },
)

test('D08 ten thousand zones that nobody knows are soon given up', () => {
  const began = cpuNow()
  const exdates = Array.from({ length: 10_000 }, (_, i) => `EXDATE;TZID=Nowhere/${i}:20260714T100000`)
  expect(
    starts(one('DTSTART:20260714T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=WEEKLY;COUNT=1', ...exdates)),
  ).toEqual(['2026-07-14T10:00Z'])
  expect(cpuNow() - began).toBeLessThan(1000)
})

const many = (count: number, make: (i: number) => string[]): string =>
  Array.from({ length: count }, (_, i) => make(i).join('\r\n')).join('\r\n')
const two = (number: number): string => String(number).padStart(2, '0')

test.each<[string, string]>([
  [
    'lines with parameters',
    one(
      'DTSTART:20260710T100000Z',
      'DURATION:PT1H',
      many(350_000, () => ['X-A;B="c":d']),
    ),
  ],
  [
    'attendees',
    one(
      'DTSTART:20260710T100000Z',
      'DURATION:PT1H',
      many(150_000, () => ['ATTENDEE;CN="x":mailto:a%40b']),
    ),
  ],
  [
    'parameters in one line',
    one(
      'DTSTART:20260710T100000Z',
      'DURATION:PT1H',
      `ATTENDEE;${'X="a;PARTSTAT=b";'.repeat(250_000)}:mailto:${OWNER[0]}`,
    ),
  ],
  ['open quotes in one line', one(`DTSTART${';"TZID=b'.repeat(600_000)}:20260710T100000Z`, 'DURATION:PT1H')],
  [
    'series',
    object(many(9900, () => event('DTSTART:20260110T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY'))),
  ],
  [
    'UIDs',
    object(
      many(9900, (i) => [
        'BEGIN:VEVENT',
        `UID:${i}`,
        'DTSTART:20260110T100000Z',
        'DURATION:PT1H',
        'RRULE:FREQ=DAILY',
        'END:VEVENT',
      ]),
    ),
  ],
  [
    'moved instances',
    object(
      ...event('DTSTART:20260110T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY'),
      many(9900, (i) =>
        event(
          `RECURRENCE-ID:2026${two(1 + (i % 12))}${two(1 + (i % 28))}T10${two(i % 60)}00Z`,
          'DTSTART:20260710T100000Z',
          'DURATION:PT1H',
        ),
      ),
    ),
  ],
  [
    'changes to all following',
    object(
      ...event('DTSTART:20260110T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=HOURLY'),
      many(9900, (i) =>
        event(
          `RECURRENCE-ID;RANGE=THISANDFUTURE:2026${two(1 + (i % 12))}${two(1 + (i % 28))}T${two(i % 24)}0000Z`,
          'DTSTART:20260710T100000Z',
          'DURATION:PT1H',
        ),
      ),
    ),
  ],
  ['garbage', 'DTSTART:\n'.repeat(550_000)],
])('V12 five megabytes of %s cost less than a second and hide nothing', (_, text) => {
  const began = cpuNow()
  const { occurrences } = read(text, { window: span('2026-07-01T00:00Z', '2027-08-01T00:00Z') })
  expect(cpuNow() - began).toBeLessThan(1000)
  expect(occurrences.length).toBeLessThanOrEqual(10_000)
  expect(
    occurrences.some(({ start, end }) => start <= at('2026-07-10T10:00Z') && end >= at('2026-07-10T11:00Z')),
  ).toBe(true)
})

const TUESDAYS = event('DTSTART;TZID=Europe/Berlin:20260106T100000', 'DURATION:PT1H', 'RRULE:FREQ=WEEKLY')

describe('D23 moved instances', () => {
  test('the old time is free, the new one busy', () => {
    const moved = event(
      'RECURRENCE-ID;TZID=Europe/Berlin:20260714T100000',
      'DTSTART;TZID=Europe/Berlin:20260715T150000',
      'DURATION:PT1H',
    )
    expect(starts(object(...TUESDAYS, ...moved))).toEqual([
      '2026-07-07T08:00Z',
      '2026-07-15T13:00Z',
      '2026-07-21T08:00Z',
      '2026-07-28T08:00Z',
    ])
  })
  test('earlier on the same day', () => {
    const moved = event(
      'RECURRENCE-ID:20260714T080000Z',
      'DTSTART;TZID=Europe/Berlin:20260714T080000',
      'DURATION:PT1H',
    )
    expect(starts(object(...TUESDAYS, ...moved))).toContain('2026-07-14T06:00Z')
    expect(starts(object(...TUESDAYS, ...moved))).not.toContain('2026-07-14T08:00Z')
  })
  test('into the window from outside, and out of it', () => {
    const into = event(
      'RECURRENCE-ID;TZID=Europe/Berlin:20270105T100000',
      'DTSTART;TZID=Europe/Berlin:20260710T090000',
      'DURATION:PT1H',
    )
    const outOf = event(
      'RECURRENCE-ID;TZID=Europe/Berlin:20260707T100000',
      'DTSTART;TZID=Europe/Berlin:20260907T090000',
      'DURATION:PT1H',
    )
    expect(starts(object(...TUESDAYS, ...into, ...outOf))).toEqual([
      '2026-07-10T07:00Z',
      '2026-07-14T08:00Z',
      '2026-07-21T08:00Z',
      '2026-07-28T08:00Z',
    ])
  })
  test('a cancelled instance is there as cancelled', () => {
    const cancelled = event(
      'RECURRENCE-ID;TZID=Europe/Berlin:20260714T100000',
      'DTSTART;TZID=Europe/Berlin:20260714T100000',
      'DURATION:PT1H',
      'STATUS:CANCELLED',
    )
    expect(read(object(...TUESDAYS, ...cancelled)).occurrences.map(({ kind }) => kind)).toEqual([
      'busy',
      'cancelled',
      'busy',
      'busy',
    ])
  })
  test('one day of a series of days', () => {
    const days = event('DTSTART;VALUE=DATE:20260701', 'RRULE:FREQ=DAILY;COUNT=3')
    const moved = event('RECURRENCE-ID;VALUE=DATE:20260702', 'DTSTART;VALUE=DATE:20260710')
    expect(starts(object(...days, ...moved), { zone: 'UTC' })).toEqual([
      '2026-07-01T00:00Z',
      '2026-07-03T00:00Z',
      '2026-07-10T00:00Z',
    ])
  })
})

describe('D24 this and all following', () => {
  test('from there on all move and last as it does', () => {
    const later = event(
      'RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20260714T100000',
      'DTSTART;TZID=Europe/Berlin:20260715T110000',
      'DURATION:PT2H',
    )
    expect(times(object(...TUESDAYS, ...later))).toEqual([
      '2026-07-07T08:00Z/2026-07-07T09:00Z',
      '2026-07-15T09:00Z/2026-07-15T11:00Z',
      '2026-07-22T09:00Z/2026-07-22T11:00Z',
      '2026-07-29T09:00Z/2026-07-29T11:00Z',
    ])
  })
  test('a second one takes over, a single exception stays an exception', () => {
    const first = event(
      'RECURRENCE-ID;RANGE=THISANDFUTURE:20260707T080000Z',
      'DTSTART:20260707T090000Z',
      'DURATION:PT1H',
    )
    const second = event(
      'RECURRENCE-ID;RANGE=THISANDFUTURE:20260721T080000Z',
      'DTSTART:20260720T080000Z',
      'DURATION:PT1H',
    )
    const single = event('RECURRENCE-ID:20260728T080000Z', 'DTSTART:20260730T080000Z', 'DURATION:PT1H')
    expect(starts(object(...TUESDAYS, ...first, ...second, ...single))).toEqual([
      '2026-07-07T09:00Z',
      '2026-07-14T09:00Z',
      '2026-07-20T08:00Z',
      '2026-07-30T08:00Z',
    ])
  })
  test('a series split by a client is two series', () => {
    const before = one(
      'DTSTART;TZID=Europe/Berlin:20260106T100000',
      'DURATION:PT1H',
      'RRULE:FREQ=WEEKLY;UNTIL=20260713T215959Z',
    )
    const after = one('DTSTART;TZID=Europe/Berlin:20260714T110000', 'DURATION:PT1H', 'RRULE:FREQ=WEEKLY')
    expect([...starts(before), ...starts(after)]).toEqual([
      '2026-07-07T08:00Z',
      '2026-07-14T09:00Z',
      '2026-07-21T09:00Z',
      '2026-07-28T09:00Z',
    ])
  })
})

describe('D25 excluded instances', () => {
  test.each([
    'EXDATE;TZID=Europe/Berlin:20260714T100000',
    'EXDATE:20260714T080000Z',
    'EXDATE;TZID=America/New_York:20260714T040000',
    'EXDATE;TZID=W. Europe Standard Time:20260714T100000',
    'EXDATE:20260714T100000',
    'EXDATE;VALUE=DATE:20260714',
    `EXDATE;TZID=Europe/Berlin:${Array.from({ length: 500 }, (_, i) => `2019${String(1 + (i % 12)).padStart(2, '0')}${String(1 + (i % 28)).padStart(2, '0')}T100000`).join(',')},20260714T100000`,
  ])('%s frees the fourteenth', (exdate) => {
    const text = object(...TUESDAYS.slice(0, -1), exdate, 'END:VEVENT')
    expect(starts(text)).toEqual(['2026-07-07T08:00Z', '2026-07-21T08:00Z', '2026-07-28T08:00Z'])
  })
  test('in a series of days, also when written with a time', () => {
    for (const exdate of [
      'EXDATE;VALUE=DATE:20260702',
      'EXDATE:20260702T000000',
      'EXDATE;TZID=Europe/Berlin:20260702T000000',
    ])
      expect(starts(one('DTSTART;VALUE=DATE:20260701', 'RRULE:FREQ=DAILY;COUNT=3', exdate))).toEqual([
        '2026-06-30T22:00Z',
        '2026-07-02T22:00Z',
      ])
  })
  test('one that cannot be read frees nothing', () => {
    expect(
      starts(
        object(
          ...TUESDAYS.slice(0, -1),
          'EXDATE:garbage',
          'EXDATE;TZID=X-Nowhere:20260714T100000',
          'END:VEVENT',
        ),
      ),
    ).toHaveLength(4)
  })
})

test('D26 a weekly series of 2015 without an end is busy today', () => {
  expect(
    starts(one('DTSTART;TZID=Europe/Berlin:20150106T100000', 'DURATION:PT1H', 'RRULE:FREQ=WEEKLY')),
  ).toEqual(['2026-07-07T08:00Z', '2026-07-14T08:00Z', '2026-07-21T08:00Z', '2026-07-28T08:00Z'])
})

describe('D27 odd objects', () => {
  test('exceptions without their series are events', () => {
    const lonely = event('RECURRENCE-ID:20260714T080000Z', 'DTSTART:20260714T090000Z', 'DURATION:PT1H')
    expect(starts(object(...lonely))).toEqual(['2026-07-14T09:00Z'])
  })
  test('of two exceptions for one instance the later SEQUENCE counts', () => {
    const change = (sequence: number, hour: string) =>
      event(
        'RECURRENCE-ID:20260714T080000Z',
        `SEQUENCE:${sequence}`,
        `DTSTART:20260714T${hour}0000Z`,
        'DURATION:PT1H',
      )
    for (const text of [
      object(...TUESDAYS, ...change(3, '12'), ...change(2, '15')),
      object(...TUESDAYS, ...change(2, '15'), ...change(3, '12')),
    ])
      expect(starts(text)).toEqual([
        '2026-07-07T08:00Z',
        '2026-07-14T12:00Z',
        '2026-07-21T08:00Z',
        '2026-07-28T08:00Z',
      ])
  })
  test('of two masters the later SEQUENCE counts; of equals both are busy', () => {
    const master = (sequence: number, day: string) =>
      event(`SEQUENCE:${sequence}`, `DTSTART:202607${day}T100000Z`, 'DURATION:PT1H')
    expect(starts(object(...master(2, '10'), ...master(1, '12')))).toEqual(['2026-07-10T10:00Z'])
    expect(starts(object(...master(1, '10'), ...master(1, '12')))).toEqual([
      '2026-07-10T10:00Z',
      '2026-07-12T10:00Z',
    ])
  })
  test('two UIDs in one object are two events', () => {
    const other = [
      'BEGIN:VEVENT',
      'UID:2@example.test',
      'DTSTART:20260712T100000Z',
      'DURATION:PT1H',
      'END:VEVENT',
    ]
    expect(starts(object(...event('DTSTART:20260710T100000Z', 'DURATION:PT1H'), ...other))).toEqual([
      '2026-07-10T10:00Z',
      '2026-07-12T10:00Z',
    ])
  })
  test('a task or a journal is nobody’s time', () => {
    expect(
      readObject(object('BEGIN:VTODO', 'UID:1', 'DUE:20260710T100000Z', 'END:VTODO'), {
        window: JULY,
        zone: 'UTC',
        owner: [],
      }),
    ).toBe(null)
  })
  test('added dates and periods', () => {
    expect(
      times(
        one(
          'DTSTART:20260702T100000Z',
          'DURATION:PT1H',
          'RDATE:20260704T120000Z,20260702T100000Z',
          'RDATE;VALUE=PERIOD:20260706T100000Z/PT3H,20260708T100000Z/20260708T110000Z',
        ),
      ),
    ).toEqual([
      '2026-07-02T10:00Z/2026-07-02T11:00Z',
      '2026-07-04T12:00Z/2026-07-04T13:00Z',
      '2026-07-06T10:00Z/2026-07-06T13:00Z',
      '2026-07-08T10:00Z/2026-07-08T11:00Z',
    ])
    expectKept(
      one('DTSTART:20260601T100000Z', 'DURATION:PT1H', 'RDATE:20260732T120000Z'),
      span('2026-08-01T00:00Z', '2026-08-02T00:00Z'),
      'impossible-date',
      {
        window: span('2026-07-01T00:00Z', '2026-09-01T00:00Z'),
      },
    )
  })
})

describe('D28 series over a change of the clocks', () => {
  const year = { window: span('2026-01-01T00:00Z', '2027-01-01T00:00Z') }
  test('nine o’clock in Berlin stays nine o’clock', () => {
    const local = starts(
      one('DTSTART;TZID=Europe/Berlin:20260301T090000', 'DURATION:PT1H', 'RRULE:FREQ=WEEKLY;COUNT=40'),
      year,
    )
    expect(local[3]).toBe('2026-03-22T08:00Z')
    expect(local[4]).toBe('2026-03-29T07:00Z')
    expect(local[33]).toBe('2026-10-18T07:00Z')
    expect(local[34]).toBe('2026-10-25T08:00Z')
  })
  test.each([
    ['UNTIL=20260329T070000Z', 5],
    ['UNTIL=20260329T065959Z', 4],
    ['UNTIL=20260329T090000', 5],
    ['UNTIL=20260329T085959', 4],
    ['UNTIL=20260329', 5],
    ['UNTIL=20260328', 4],
  ])('the last instance with %s', (until, count) => {
    expect(
      starts(
        one('DTSTART;TZID=Europe/Berlin:20260301T090000', 'DURATION:PT1H', `RRULE:FREQ=WEEKLY;${until}`),
        year,
      ),
    ).toHaveLength(count)
  })
  test('half past two on the night without it comes an hour later, on the night with two of them first', () => {
    const nightly = starts(
      one('DTSTART;TZID=Europe/Berlin:20260101T023000', 'DURATION:PT30M', 'RRULE:FREQ=DAILY'),
      year,
    )
    expect(nightly).toContain('2026-03-29T01:30Z')
    expect(nightly).toContain('2026-10-25T00:30Z')
  })
  test('a night shift over the change ends at the later of its two readings', () => {
    const shifts = times(
      one(
        'DTSTART;TZID=Europe/Berlin:20260103T220000',
        'DTEND;TZID=Europe/Berlin:20260104T060000',
        'RRULE:FREQ=WEEKLY',
      ),
      year,
    )
    expect(shifts).toContain('2026-03-28T21:00Z/2026-03-29T05:00Z') // eight hours by the stopwatch
    expect(shifts).toContain('2026-10-24T20:00Z/2026-10-25T05:00Z') // six o’clock by the clock
  })
})

describe('B24 what cannot be read at all', () => {
  test.each([
    [
      'without its end',
      'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:7\r\nDTSTART:20260710T100000Z\r\nDURATION:PT1H\r\n',
      span('2026-07-10T10:00Z', '2026-08-01T00:00Z'),
    ],
    ['garbage', '\u0001\u0002garbage', JULY],
    ['nothing', '', JULY],
    [
      'too deep',
      `BEGIN:VCALENDAR\r\n${'BEGIN:VEVENT\r\n'.repeat(50)}DTSTART:20260710T100000Z\r\nEND:VEVENT\r\n`,
      span('2026-07-10T10:00Z', '2026-07-11T00:00Z'),
    ],
  ])('%s is busy for its hull', (_, text, kept) => {
    expectKept(text, kept, 'unreadable')
  })
  test('five megabytes of description are read, six are not, but their date is', () => {
    const big = (size: number) =>
      one('DTSTART:20260710T100000Z', 'DURATION:PT1H', `DESCRIPTION:${'x'.repeat(size)}`)
    expect(times(big(4_900_000))).toEqual(['2026-07-10T10:00Z/2026-07-10T11:00Z'])
    const { occurrences, trouble } = read(big(6_000_000))
    expect(trouble).toBe('too-large')
    expect(occurrences[0]!.start).toBeLessThanOrEqual(at('2026-07-10T10:00Z'))
  })
})

test('titles, people and privacy', () => {
  const people = [
    'ORGANIZER:mailto:Boss@Example.test',
    'ATTENDEE:MAILTO:anna@example.test',
    'ATTENDEE;EMAIL=c@example.test:/principals/c',
    'ATTENDEE:urn:uuid:1',
  ]
  const text = one(
    'DTSTART:20260710T100000Z',
    'DURATION:PT1H',
    'SEQUENCE:4',
    'SUMMARY:Budget\\, part\\n2 \u0007',
    ...people,
  )
  expect(read(text)).toMatchObject({
    uid: '1@example.test',
    title: 'Budget, part 2',
    private: false,
    attendees: ['boss@example.test', 'anna@example.test', 'c@example.test'],
    sequence: 4,
  })
  for (const kind of ['PRIVATE', 'CONFIDENTIAL', 'X-SECRET'])
    expect(
      read(one('DTSTART:20260710T100000Z', 'DURATION:PT1H', 'SUMMARY:Doctor', `CLASS:${kind}`, ...people)),
    ).toMatchObject({ title: null, private: true, attendees: [] })
})

test('who has declined, and when it was made, as far as it is told', () => {
  const lines = [
    'DTSTART:20260710T100000Z',
    'DURATION:PT1H',
    'ATTENDEE;PARTSTAT=DECLINED:mailto:Anna@example.test',
    'ATTENDEE;PARTSTAT=ACCEPTED:mailto:bea@example.test',
    'ATTENDEE:mailto:carl@example.test',
  ]
  expect(read(one(...lines, 'CREATED:20260101T120000Z'))).toMatchObject({
    declined: ['anna@example.test'],
    madeAt: Date.UTC(2026, 0, 1, 12),
  })
  // Not in UTC it is no instant (RFC 5545 §3.8.7.1).
  for (const odd of ['CREATED:20260101T120000', 'CREATED:yesterday', 'CREATED;VALUE=DATE:20260101'])
    expect(read(one(...lines, odd))).toMatchObject({ madeAt: null })
  expect(read(one(...lines, 'CLASS:PRIVATE'))).toMatchObject({ declined: [] })
})
