import { afterEach, expect, test } from 'vitest'
import { createReader } from './expand-worker.ts'
import type { Reader } from './expand-worker.ts'

const READING = {
  window: { start: Date.UTC(2026, 6, 1), end: Date.UTC(2026, 7, 1) },
  zone: 'Europe/Rome',
  owner: [],
}
const event = (uid: number | string, ...more: string[]): string =>
  [
    'BEGIN:VCALENDAR',
    'BEGIN:VEVENT',
    `UID:${uid}`,
    'DTSTART:20260710T100000Z',
    'DURATION:PT1H',
    ...more,
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n')
const hundred = (poison: string, at = 40): string[] =>
  Array.from({ length: 100 }, (_, i) => (i === at ? poison : event(i)))

const readers: Reader[] = []
const reader = (memoryMb: number, patience: number): Reader => {
  const made = createReader({ memoryMb, patience })
  readers.push(made)
  return made
}
afterEach(async () => {
  for (const each of readers.splice(0)) await each.close()
})

test.each([
  ['a rule nobody understands', 'RRULE:FREQ=DAILY;INTERVAL=0', 'bad-rule'],
  ['a zone nobody knows', 'X-A:1\r\nDTSTART;TZID=X-Nowhere:20260710T100000', null],
  ['a rule without an end to it', 'RRULE:FREQ=SECONDLY', 'too-many'],
  ['a description of five megabytes', `DESCRIPTION:${'x'.repeat(5_100_000)}`, 'too-large'],
])('B24 one event in a hundred has %s: 99 are read, it is busy and reported', async (_, poison, trouble) => {
  const read = await reader(128, 2000).objects(hundred(event('poison', poison)), READING)
  expect(read.filter((each) => each?.trouble === null).length).toBeGreaterThanOrEqual(99)
  expect(read[41]).toMatchObject({
    uid: '41',
    occurrences: [{ start: Date.UTC(2026, 6, 10, 10), kind: 'busy' }],
  })
  if (trouble) expect(read[40]!.trouble).toMatch(trouble)
  expect(read[40]!.occurrences.length).toBeGreaterThan(0)
})

test('B24 an object that breaks the reader costs itself only, in any place, and the next batch is read again', async () => {
  // Sixteen megabytes are enough for any event, not for one with half a million properties.
  const small = reader(16, 10_000)
  const poison = event('poison', 'X-A:b\r\n'.repeat(500_000))
  for (const at of [0, 40, 99]) {
    const read = await small.objects(hundred(poison, at), READING)
    expect(read.map((each) => each?.trouble ?? null).filter((trouble) => trouble !== null)).toEqual([
      'unreadable',
    ])
    expect(read[at]).toMatchObject({ trouble: 'unreadable', occurrences: [{ kind: 'unknown' }] })
    expect(read[at]!.occurrences[0]!.start).toBeLessThanOrEqual(Date.UTC(2026, 6, 10, 10))
    expect(read[at]!.occurrences[0]!.end).toBeGreaterThanOrEqual(Date.UTC(2026, 6, 10, 11))
  }
  expect((await small.objects([event('after')], READING))[0]).toMatchObject({ uid: 'after', trouble: null })
}, 60_000)

test('B24 a reader that stands still is ended, and nobody waits for it', async () => {
  // To read four megabytes takes many times the patience of this reader.
  const slow = event('slow', 'X-A;B="c":d\r\n'.repeat(350_000))
  const read = await reader(128, 20).objects([event('one'), slow, event('two')], READING)
  expect(read.map((each) => each!.uid)).toEqual(['one', 'slow', 'two'])
  expect(read[1]).toMatchObject({ trouble: 'unreadable', occurrences: [{ kind: 'unknown' }] })
}, 60_000)

test('B24 when everything breaks it, everything is busy and nothing waits for ever', async () => {
  const small = reader(16, 10_000)
  const poison = event('poison', 'X-A:b\r\n'.repeat(500_000))
  const read = await small.objects(
    Array.from({ length: 8 }, () => poison),
    READING,
  )
  expect(read.map((each) => each!.trouble)).toEqual(Array.from({ length: 8 }, () => 'unreadable'))
}, 120_000)

test('several callers at once each get their own', async () => {
  const one = reader(128, 2000)
  const read = await Promise.all(Array.from({ length: 10 }, (_, i) => one.objects([event(i)], READING)))
  expect(read.map(([each]) => each!.uid)).toEqual(Array.from({ length: 10 }, (_, i) => String(i)))
  expect(await one.objects([], READING)).toEqual([])
  expect(await one.objects([event(1).replaceAll('VEVENT', 'VTODO')], READING)).toEqual([null])
})

test('V11 a large multistatus is read in the thread; a broken one is null', async () => {
  const one = reader(128, 2000)
  expect(
    (await one.multistatus(
      `<multistatus xmlns="DAV:">${'<response><href>/a</href></response>'.repeat(5000)}</multistatus>`,
    ))!.responses.length,
  ).toBe(5000)
  expect(await one.multistatus('<!DOCTYPE x><multistatus xmlns="DAV:"/>')).toBe(null)
})
