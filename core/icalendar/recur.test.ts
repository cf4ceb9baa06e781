import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { DAY } from '#core/time/model.ts'
import { parseWritten } from './moment.ts'
import { everMatches, FULL_TANK, instances } from './recur.ts'
import { parseRule } from './rule.ts'
import { stampOf } from './vtimezone.ts'
import { cpuNow } from '#tests/cpu.ts'

// Made by tests/counterparts/golden-rules.py.
type Example = { rule: string; start: string; from: string; to: string; named: string[] }
const golden = JSON.parse(readFileSync(new URL('./recur.golden.json', import.meta.url), 'utf8')) as Example[]

const wall = (text: string): number => parseWritten(text)!.wall

function named(text: string, start: string, from: string, to: string, left = FULL_TANK): string[] | null {
  const rule = parseRule(text)!
  const fuel = { left }
  return (
    instances(rule, wall(start), wall(from), wall(to), rule.until?.wall ?? Infinity, fuel)?.map(stampOf) ??
    null
  )
}

test('five hundred rules name what python-dateutil says they name', () => {
  const wrong = golden.filter(
    (each) =>
      JSON.stringify(named(each.rule, each.start, each.from, each.to, 2_000_000)) !==
      JSON.stringify(each.named),
  )
  expect(wrong.map(({ rule }) => rule)).toEqual([])
  expect(golden.length).toBe(500)
})

// The examples of RFC 5545 §3.8.5.3 that are hardest to get right.
test.each([
  [
    'FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8',
    '19961105T090000',
    ['19961105', '20001107', '20041102'],
  ],
  [
    'FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13',
    '19970902T090000',
    ['19980213', '19980313', '19981113', '19990813', '20001013'],
  ],
  ['FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3', '19970904T090000', ['19970904', '19971007', '19971106']],
  [
    'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2;COUNT=4',
    '19970929T090000',
    ['19970929', '19971030', '19971127', '19971230'],
  ],
  ['FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;COUNT=3', '19970512T090000', ['19970512', '19980511', '19990517']],
  [
    'FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO',
    '19970805T090000',
    ['19970805', '19970810', '19970819', '19970824'],
  ],
  [
    'FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU',
    '19970805T090000',
    ['19970805', '19970817', '19970819', '19970831'],
  ],
  [
    'FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5',
    '20070115T090000',
    ['20070115', '20070130', '20070215', '20070315', '20070330'],
  ],
  [
    'FREQ=YEARLY;INTERVAL=3;COUNT=4;BYYEARDAY=1,100,200',
    '19970101T090000',
    ['19970101', '19970410', '19970719', '20000101'],
  ],
  [
    'FREQ=MONTHLY;BYMONTHDAY=31',
    '20260131T090000',
    ['20260131', '20260331', '20260531', '20260731', '20260831'],
  ],
])('%s', (rule, start, days) => {
  expect(named(rule, start, start, '21000101T000000')?.slice(0, days.length)).toEqual(
    days.map((day) => `${day}T090000`),
  )
})

test('plain and numbered weekdays in one BYDAY are joined', () => {
  expect(named('FREQ=MONTHLY;BYDAY=1MO,FR', '20260901T090000', '20260901T000000', '20260930T000000')).toEqual(
    ['04', '07', '11', '18', '25'].map((day) => `202609${day}T090000`),
  )
})

test('D22 a count of a thousand million, half a year before the window, costs nothing', () => {
  const fuel = { left: FULL_TANK }
  const rule = parseRule('FREQ=MINUTELY;INTERVAL=10;COUNT=1000000000')!
  const start = wall('20200101T000000')
  const from = wall('20270101T000000')
  expect(instances(rule, start, from, from + DAY, Infinity, fuel)).toHaveLength(144)
  expect(FULL_TANK - fuel.left).toBeLessThan(1000)
  expect(
    named('FREQ=DAILY;COUNT=1000000000', '19700101T090000', '20260101T000000', '20260104T000000'),
  ).toHaveLength(3)
  expect(
    named(
      'FREQ=WEEKLY;BYDAY=MO,TH;COUNT=1000000000',
      '19700101T090000',
      '20260101T000000',
      '20260108T000000',
    ),
  ).toHaveLength(2)
})

test('a count is spent where the series began, not where the window does', () => {
  expect(
    named('FREQ=WEEKLY;BYDAY=TU,TH;COUNT=5', '20260101T090000', '20260101T000000', '20270101T000000'),
  ).toEqual(['0101', '0106', '0108', '0113', '0115'].map((day) => `2026${day}T090000`))
  expect(
    named(
      'FREQ=DAILY;INTERVAL=3;BYHOUR=9,17;COUNT=4',
      '20260101T120000',
      '20260101T000000',
      '20270101T000000',
    ),
  ).toEqual(['20260101T170000', '20260104T090000', '20260104T170000', '20260107T090000'])
})

test('D21 rules that would run for ever stop at the fuel, and soon', () => {
  const all = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, i) => from + i).join(',')
  const hostile = [
    'FREQ=SECONDLY',
    'FREQ=MINUTELY',
    'FREQ=SECONDLY;COUNT=1000000000;BYSECOND=1,2,3',
    'FREQ=HOURLY;INTERVAL=480;BYHOUR=5;COUNT=99999999',
    `FREQ=YEARLY;BYMONTH=${all(1, 12)};BYMONTHDAY=${all(1, 31)};BYHOUR=${all(0, 23)};BYMINUTE=${all(0, 59)};BYSECOND=${all(0, 59)}`,
    `FREQ=YEARLY;BYYEARDAY=${all(1, 366)};BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=${all(1, 366)};BYHOUR=${all(0, 23)};BYMINUTE=${all(0, 59)}`,
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=YEARLY;INTERVAL=999999999999999',
    'FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30',
  ]
  for (const rule of hostile) {
    const began = cpuNow()
    const found = named(rule, '19700101T000000', '20260101T000000', '20270301T000000')
    expect(cpuNow() - began, rule).toBeLessThan(200) // 50 ms on an idle core; the rest is for a shared machine
    expect(found === null || found.length === 0, rule).toBe(true)
  }
})

test('D21 a rule that never names a day is told from one that only rests', () => {
  const ever = (rule: string, start = '20260101T000000') => everMatches(parseRule(rule)!, wall(start))
  expect(ever('FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30')).toBe(false)
  expect(ever('FREQ=HOURLY;INTERVAL=480;BYHOUR=5')).toBe(false)
  expect(ever('FREQ=MONTHLY;BYMONTH=4;BYMONTHDAY=31')).toBe(false)
  expect(ever('FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO')).toBe(true)
  expect(ever('FREQ=MINUTELY;BYHOUR=9;BYDAY=SU')).toBe(true)
})

test.each([
  'FREQ=FORTNIGHTLY',
  'INTERVAL=2',
  'FREQ=DAILY;INTERVAL=0',
  'FREQ=DAILY;INTERVAL=-1',
  'FREQ=DAILY;COUNT=0',
  'FREQ=DAILY;UNTIL=20260230',
  'FREQ=DAILY;BYHOUR=24',
  'FREQ=WEEKLY;BYDAY=XX',
  'FREQ=WEEKLY;BYDAY=1MO',
  'FREQ=WEEKLY;BYMONTHDAY=3',
  'FREQ=MONTHLY;BYWEEKNO=20',
  'FREQ=MONTHLY;BYMONTHDAY=0',
  'FREQ=YEARLY;RSCALE=CHINESE;BYMONTH=1',
  'FREQ=DAILY;BYEASTER=0',
  'FREQ=DAILY;COUNT=½',
  '',
])('a rule nobody can be sure of is no rule: %s', (rule) => {
  expect(parseRule(rule)).toBe(null)
})
