import { expect, test } from 'vitest'
import { HOUR } from '#core/time/model.ts'
import { mergeObject } from './merge.ts'
import { readObject } from './read.ts'
import { writeObject } from './write.ts'
import type { CalendarEvent } from './write.ts'
import { readWritten } from './written.ts'

const FIRST: CalendarEvent = {
  uid: 'b1@ritrovo.example',
  sequence: 0,
  stamp: Date.parse('2026-06-01T12:00Z'),
  span: { start: Date.parse('2026-07-01T08:00Z'), end: Date.parse('2026-07-01T09:00Z') },
  zone: 'Europe/Rome',
  title: 'Introduction',
  description: 'Phone: 1',
  location: '',
  url: null,
  organizer: { name: 'Anna', email: 'anna@example.test' },
  attendees: [{ name: 'Bob', email: 'bob@example.test' }],
}
const MOVED: CalendarEvent = {
  ...FIRST,
  sequence: 1,
  span: { start: FIRST.span.start + 200 * 24 * HOUR, end: FIRST.span.end + 200 * 24 * HOUR },
  title: 'Introduction (moved)',
  description: 'Phone: 2',
  location: 'Room 3',
}
const stored = (change: (text: string) => string = (text) => text): string =>
  change(writeObject(FIRST, 'STORE').replaceAll('\r\n ', ''))
const merged = (text: string, event = MOVED): string[] =>
  mergeObject(text, event)!.replaceAll('\r\n ', '').split('\r\n')

test('an event nobody touched takes all the new words and times', () => {
  const lines = merged(stored())
  expect(lines).toEqual(
    expect.arrayContaining([
      'SUMMARY:Introduction (moved)',
      'DESCRIPTION:Phone: 2',
      'LOCATION:Room 3',
      'SEQUENCE:1',
    ]),
  )
  const inside = lines.slice(lines.indexOf('BEGIN:VEVENT'))
  expect(
    inside.filter((line) =>
      /^(SUMMARY|DESCRIPTION|DTSTART|DTEND|SEQUENCE|STATUS|UID|ATTENDEE|X-RITROVO-WROTE)/.test(line),
    ).length,
  ).toBe(9)
  expect(readWritten(lines.join('\r\n'), FIRST.uid, 'UTC')).toEqual({
    span: MOVED.span,
    title: MOVED.title,
    cancelled: false,
  })
})

test('words the host has rewritten stay, also through a second update; the others follow', () => {
  const edited = stored((text) => text.replace('SUMMARY:Introduction', 'SUMMARY:Bob\\, finally'))
  const once = mergeObject(edited, MOVED)!
  expect(merged(edited)).toEqual(expect.arrayContaining(['SUMMARY:Bob\\, finally', 'DESCRIPTION:Phone: 2']))
  expect(merged(once, { ...MOVED, sequence: 2, description: 'Phone: 3' })).toEqual(
    expect.arrayContaining(['SUMMARY:Bob\\, finally', 'DESCRIPTION:Phone: 3']),
  )
})

test('words the host has taken out stay out', () => {
  const lines = merged(stored((text) => text.replace('DESCRIPTION:Phone: 1\r\n', '')))
  expect(lines.some((line) => line.startsWith('DESCRIPTION'))).toBe(false)
})

test('without our mark every word is the host’s', () => {
  const lines = merged(stored((text) => text.replace(/X-RITROVO-WROTE.*\r\n/, '')))
  expect(lines).toEqual(expect.arrayContaining(['SUMMARY:Introduction', 'DESCRIPTION:Phone: 1']))
})

test('what others keep in the object is untouched, to the letter', () => {
  const foreign = [
    'CATEGORIES:Sales,Küche',
    'X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-TITLE="A: b":geo:1,2',
    'ATTENDEE;PARTSTAT=TENTATIVE;CN=Carla:mailto:carla@example.test',
    'BEGIN:VALARM',
    'TRIGGER:-PT15M',
    'SUMMARY:alarm words',
    'DURATION:PT5M',
    'END:VALARM',
    'TRANSP:TRANSPARENT',
  ]
  const text = stored((each) =>
    each
      .replace('TRANSP:OPAQUE', foreign.join('\r\n'))
      .replace('BEGIN:VEVENT', 'X-WR-CALNAME:Mine\r\nBEGIN:VEVENT'),
  )
  const lines = merged(text)
  expect(lines).toEqual(expect.arrayContaining([...foreign, 'X-WR-CALNAME:Mine']))
  expect(lines.slice(lines.indexOf('BEGIN:VALARM'), lines.indexOf('END:VALARM') + 1)).toEqual(
    foreign.slice(3, 8),
  )
})

test('an answer that an attendee gave stays with them; a new attendee is added', () => {
  const answered = stored((text) => text.replace('PARTSTAT=ACCEPTED', 'PARTSTAT=DECLINED'))
  const lines = merged(answered, {
    ...MOVED,
    attendees: [...MOVED.attendees, { name: 'Dora', email: 'dora@example.test' }],
  }).filter((line) => line.startsWith('ATTENDEE'))
  expect(lines).toEqual([
    expect.stringContaining('PARTSTAT=DECLINED'),
    expect.stringContaining('mailto:dora@example.test'),
  ])
})

test('a day-long event with its own zone and a higher SEQUENCE becomes the booking again', () => {
  const text = stored((each) =>
    each
      .replace(/DTSTART.*\r\nDTEND.*\r\n/, 'DTSTART;VALUE=DATE:20260702\r\nDURATION:P1D\r\n')
      .replace('SEQUENCE:0', 'SEQUENCE:7'),
  )
  const lines = merged(text)
  expect(lines).toContain('SEQUENCE:7')
  expect(lines.some((line) => line.startsWith('DURATION'))).toBe(false)
  expect(readWritten(lines.join('\n'), FIRST.uid, 'UTC')?.span).toEqual(MOVED.span)
})

test('the zone’s definition reaches the new date, and no zone stands there twice', () => {
  const lines = merged(stored(), { ...MOVED, zone: 'America/New_York' })
  expect(lines.filter((line) => line.startsWith('TZID:'))).toEqual([
    'TZID:Europe/Rome',
    'TZID:America/New_York',
  ])
  expect(merged(stored()).filter((line) => line.startsWith('TZID:'))).toEqual(['TZID:Europe/Rome'])
})

test('the booking is found beside instances that were moved by themselves', () => {
  const override = [
    'BEGIN:VEVENT',
    `UID:${FIRST.uid}`,
    'RECURRENCE-ID:20260708T080000Z',
    'DTSTART:20260709T080000Z',
    'DURATION:PT1H',
    'END:VEVENT',
    '',
  ].join('\r\n')
  const text = stored((each) =>
    each
      .replace('BEGIN:VEVENT', `${override}BEGIN:VEVENT`)
      .replace('STATUS:CONFIRMED', 'RRULE:FREQ=WEEKLY;COUNT=3'),
  )
  const lines = merged(text)
  expect(lines).toEqual(
    expect.arrayContaining([
      'RECURRENCE-ID:20260708T080000Z',
      'DTSTART:20260709T080000Z',
      'RRULE:FREQ=WEEKLY;COUNT=3',
    ]),
  )
  const read = readObject(lines.join('\r\n'), {
    window: { start: MOVED.span.start, end: MOVED.span.end + 1 },
    zone: 'UTC',
    owner: [],
  })
  expect(read!.occurrences[0]!.start).toBe(MOVED.span.start)
})

test('an object of another UID, or none, is not ours to merge', () => {
  expect(mergeObject(stored(), { ...MOVED, uid: 'other' })).toBe(null)
  expect(mergeObject('garbage', MOVED)).toBe(null)
})
