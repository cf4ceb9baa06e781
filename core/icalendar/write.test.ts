import { execFileSync } from 'node:child_process'
import { default as ICAL } from 'ical.js'
import { describe, expect, test } from 'vitest'
import { HOUR } from '#core/time/model.ts'
import { instantToWall } from '#core/time/wall.ts'
import { cleanText, writeLines } from './encode.ts'
import { readObject } from './read.ts'
import { readZone, writeZone } from './vtimezone.ts'
import { writeObject } from './write.ts'
import type { CalendarEvent, Purpose } from './write.ts'
import { parse } from './content.ts'
import { instantOf } from './clock.ts'
import { readWritten } from './written.ts'

const EVENT: CalendarEvent = {
  uid: '0f8b@ritrovo.example',
  sequence: 3,
  stamp: Date.parse('2026-06-01T12:00Z'),
  span: { start: Date.parse('2026-07-01T08:00Z'), end: Date.parse('2026-07-01T08:30Z') },
  zone: 'Europe/Rome',
  title: 'Introduction with Bob',
  description: 'First line\nSecond line',
  location: 'Via Roma 1, Milano',
  url: 'https://meet.example/abc?x=1&y=2',
  organizer: { name: 'Anna Rossi', email: 'anna@example.test' },
  attendees: [{ name: 'Bob', email: 'bob@example.test' }],
}

// What stands between two words of every text in turn. 60 and more ways to get out of a line, a value or a quote.
const HOSTILE: string[] = [
  '\r\n',
  '\r',
  '\n',
  '\n\r',
  '\r\n ',
  '\r\n\t',
  '\n ',
  '\u2028',
  '\u2029',
  '\u0085',
  '\v',
  '\f',
  '\u001c',
  '\u001d',
  '\u001e',
  '\0',
  '\u0007',
  '\u001b[31m',
  '\u007f',
  '\ufeff',
  '\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:evil',
  '\nEND:VEVENT',
  '\rEND:VCALENDAR\r',
  '\u2028END:VEVENT\u2028',
  '\r\nATTENDEE:mailto:evil@example.test',
  '\nRRULE:FREQ=DAILY',
  '\\nEND:VEVENT',
  'END:VEVENT',
  'BEGIN:VALARM',
  ':',
  ';',
  ',',
  '"',
  "'",
  '\\',
  '\\\\',
  '\\,',
  '\\;',
  '\\n',
  '\\N',
  '\\\n',
  ';"',
  '":mailto:evil@example.test',
  ';CN="x":',
  '^',
  "^'",
  '^n',
  '^^',
  '%0D%0A',
  '%00',
  '\ud800',
  '\udc00',
  '\udfff\ud800',
  '👩‍👩‍👧‍👦',
  '🙂'.repeat(60),
  'é'.repeat(80),
  'a'.repeat(200),
  `${'x'.repeat(73)}🙂`,
  `${'x'.repeat(74)}é`,
  'שלום',
  'مرحبا',
  '\u202e',
  '\u200b',
  '１２３',
  '=',
  '<script>',
  'mailto:',
  ' \t ',
  'ﬁ',
  'A\u0301',
]
const hostileEvent = (text: string): CalendarEvent => ({
  ...EVENT,
  uid: `u${text}1`,
  title: `t${text}1`,
  description: `d${text}1`,
  location: `l${text}1`,
  url: `https://x.example/${text}1`,
  organizer: { name: `o${text}1`, email: `o${text}1@example.test` },
  attendees: [{ name: `a${text}1`, email: `a${text}1@example.test` }],
})
const clean = (text: string): string => cleanText(text)
const name = (text: string): string =>
  cleanText(text).replaceAll('\n', ' ').replaceAll('"', "'").replaceAll('\\', '/')

describe('G06 whatever is in its texts, the object holds one event with these values', () => {
  test(`${HOSTILE.length} texts, read back by ical.js`, () => {
    expect(HOSTILE.length).toBeGreaterThan(60)
    for (const text of HOSTILE) {
      const event = hostileEvent(text)
      const written = writeObject(event, 'REQUEST')
      const calendar = new ICAL.Component(ICAL.parse(written) as unknown[])
      const events = calendar.getAllSubcomponents('vevent')
      expect(events.length, JSON.stringify(text)).toBe(1)
      expect(calendar.getAllSubcomponents().map((part) => part.name)).toEqual(['vtimezone', 'vevent'])
      const vevent = events[0]!
      const values = ['uid', 'summary', 'description', 'location'].map((property) =>
        vevent.getFirstPropertyValue(property),
      )
      expect(values).toEqual([event.uid, event.title, event.description, event.location].map(clean))
      expect(vevent.getAllProperties('attendee').length).toBe(1)
      expect(vevent.getFirstProperty('attendee')!.getParameter('cn')).toBe(name(event.attendees[0]!.name))
      expect(vevent.getFirstProperty('organizer')!.getParameter('cn')).toBe(name(event.organizer.name))
      expect(vevent.getAllProperties().map((property) => property.name)).not.toContain('rrule')
      expect(vevent.getAllProperties('url').length).toBe(1)
    }
  })
  test('the same, read back by python-icalendar and by our own reader', () => {
    const objects = HOSTILE.map((text) => writeObject(hostileEvent(text), 'STORE'))
    const script = `
import icalendar, json, sys
out = []
for text in json.load(sys.stdin):
    events = icalendar.Calendar.from_ical(text).walk('VEVENT')
    out.append([len(events)] + [str(events[0][p]) for p in ('UID', 'SUMMARY', 'DESCRIPTION', 'LOCATION')])
print(json.dumps(out))`
    const answer = JSON.parse(
      execFileSync('/usr/bin/python3', ['-c', script], { input: JSON.stringify(objects), encoding: 'utf8' }),
    ) as unknown[]
    // python-icalendar 4 takes "\\n" after a doubled backslash for a newline (its order of replacements); the others are exact.
    const exact = HOSTILE.map((text, index) => ({ text, index })).filter(
      ({ text }) => !/\\\\?[nN,;]|\\/.test(text),
    )
    for (const { text, index } of exact) {
      const event = hostileEvent(text)
      expect(answer[index], JSON.stringify(text)).toEqual([
        1,
        ...[event.uid, event.title, event.description, event.location].map(clean),
      ])
    }
    for (const [index, text] of HOSTILE.entries()) {
      expect((answer[index] as unknown[])[0]).toBe(1)
      expect(readWritten(objects[index]!, clean(hostileEvent(text).uid), 'UTC')).toEqual({
        span: EVENT.span,
        title: clean(hostileEvent(text).title),
        cancelled: false,
      })
    }
  })
  test('nothing that any parser takes for the end of a line or of a value stands in one', () => {
    for (const text of HOSTILE) {
      const written = writeObject(hostileEvent(text), 'STORE')
      expect(written, JSON.stringify(text)).not.toMatch(/(?![\r\n])\p{Cc}|[\u2028\u2029\ufeff]/u)
      const lines = written.replaceAll('\r\n ', '').split('\r\n')
      for (const name of ['UID', 'SUMMARY', 'DESCRIPTION', 'LOCATION'])
        expect(lines.find((line) => line.startsWith(`${name}:`))).toMatch(/^[A-Z]+:(?:[^\\;,]|\\[\\;,n])*$/u)
    }
  })
  test('every line is at most 75 octets, ends with CRLF and is well-formed UTF-8', () => {
    for (const text of HOSTILE) {
      const written = writeObject(hostileEvent(text), 'STORE')
      expect(written.isWellFormed()).toBe(true)
      expect(written.endsWith('\r\n')).toBe(true)
      for (const line of written.slice(0, -2).split('\r\n')) {
        expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75)
        expect(line).not.toMatch(/[\r\n]/)
      }
    }
  })
})

test('a fold never comes inside a character, wherever it falls', () => {
  for (let before = 60; before < 80; before++) {
    const line = `X:${'a'.repeat(before)}🙂é漢`
    expect(writeLines([line]).replaceAll('\r\n ', '')).toBe(`${line}\r\n`)
  }
})

describe('what stands in an object', () => {
  const lines = (purpose: Purpose, event = EVENT) =>
    writeObject(event, purpose).replaceAll('\r\n ', '').split('\r\n')
  test('an invitation', () => {
    expect(lines('REQUEST')).toEqual(
      expect.arrayContaining([
        'METHOD:REQUEST',
        'UID:0f8b@ritrovo.example',
        'SEQUENCE:3',
        'DTSTAMP:20260601T120000Z',
        'DTSTART;TZID=Europe/Rome:20260701T100000',
        'DTEND;TZID=Europe/Rome:20260701T103000',
        'STATUS:CONFIRMED',
        'DESCRIPTION:First line\\nSecond line',
        'LOCATION:Via Roma 1\\, Milano',
        'URL:https://meet.example/abc?x=1&y=2',
        'ORGANIZER;CN="Anna Rossi":mailto:anna@example.test',
        'ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN="Bob":mailto:bob@example.test',
      ]),
    )
  })
  test('a cancellation says so, a publication names nobody', () => {
    expect(lines('CANCEL')).toEqual(expect.arrayContaining(['METHOD:CANCEL', 'STATUS:CANCELLED']))
    expect(lines('PUBLISH').some((line) => line.startsWith('ATTENDEE'))).toBe(false)
  })
  test('a stored object has no METHOD, and leaves the inviting to us', () => {
    const stored = lines('STORE')
    expect(stored.some((line) => line.startsWith('METHOD'))).toBe(false)
    for (const line of stored.filter((each) => /^(ATTENDEE|ORGANIZER)/.test(each)))
      expect(line).toContain(';SCHEDULE-AGENT=CLIENT')
  })
  test('UTC needs no VTIMEZONE', () => {
    const utc = lines('STORE', { ...EVENT, zone: 'UTC' })
    expect(utc).toContain('DTSTART:20260701T080000Z')
    expect(utc).not.toContain('BEGIN:VTIMEZONE')
  })
  test('digits are ASCII and years Gregorian', () => {
    expect(writeObject(EVENT, 'REQUEST')).toMatch(/^[\x20-\x7e\r\n]*$/)
  })
})

const ZONES = [
  'Europe/Rome',
  'Europe/Dublin',
  'America/New_York',
  'America/Santiago',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Africa/Casablanca',
  'Asia/Gaza',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Chatham',
  'Antarctica/Troll',
  'America/Nuuk',
  'Etc/GMT+12',
]

describe('the VTIMEZONE we write', () => {
  test.each(ZONES)('%s: its rules give what the zone database gives, a year either way', (zone) => {
    for (const year of [2011, 2024, 2026, 2027, 2031]) {
      const start = Date.UTC(year, 6, 1, 8)
      const span = { start, end: start + HOUR }
      const parsed = parse(
        [
          'BEGIN:VCALENDAR',
          ...writeZone(zone, span).map((line) => line.replace('TZID:', 'TZID:X-')),
          'END:VCALENDAR',
        ].join('\n'),
      )
      if (parsed.kind === 'unreadable') throw new Error('unreadable')
      const inner = parse(`BEGIN:VCALENDAR\n${parsed.calendar.parts[0]!.text}END:VCALENDAR`)
      const read = readZone(inner.kind === 'calendar' ? inner.calendar : parsed.calendar)!
      for (let instant = start - 360 * 24 * HOUR; instant < start + 360 * 24 * HOUR; instant += 7 * HOUR) {
        const wall = instantToWall(zone, instant)
        const back = instantOf(read, wall)
        // An hour that comes twice may be read as its first.
        if (back !== instant)
          expect(instantToWall(zone, back), `${zone} ${new Date(instant).toISOString()}`).toBe(wall)
      }
    }
  })
  test('a rule where there is one, single changes where there is none', () => {
    const rome = writeZone('Europe/Rome', EVENT.span)
    expect(rome).toContain('RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU')
    expect(writeZone('Africa/Casablanca', EVENT.span).some((line) => line.startsWith('RRULE'))).toBe(false)
    expect(writeZone('Asia/Kolkata', EVENT.span)).toEqual(expect.arrayContaining(['TZOFFSETTO:+0530']))
  })
  test('an event reads back as itself where the clocks change that very day', () => {
    for (const zone of ZONES)
      for (const start of [
        '2026-03-29T00:30Z',
        '2026-10-25T00:30Z',
        '2026-10-25T01:30Z',
        '2026-11-01T05:30Z',
        '2027-01-01T00:00Z',
      ].map((text) => Date.parse(text))) {
        const event = { ...EVENT, zone, span: { start, end: start + 2 * HOUR } }
        const found = readObject(writeObject(event, 'STORE'), {
          window: { start: start - 48 * HOUR, end: start + 48 * HOUR },
          zone: 'UTC',
          owner: [],
        })!
        expect(found.occurrences).toEqual([{ ...event.span, kind: 'busy', allDay: false }])
      }
  })
})
