import { expect, test } from 'vitest'
import { LONGEST_OBJECT, param, parse, textOf } from './content.ts'
import type { Component } from './content.ts'
import { cpuNow } from '#tests/cpu.ts'

const calendar = (inside: string): string => `BEGIN:VCALENDAR\r\n${inside}\r\nEND:VCALENDAR\r\n`
function read(text: string): Component {
  const parsed = parse(text)
  if (parsed.kind === 'unreadable') throw new Error('unreadable')
  return parsed.calendar
}

test.each([
  ['CRLF', '\r\n'],
  ['LF', '\n'],
  ['CR', '\r'],
])('V12 lines may end with %s, and be mixed', (_, newline) => {
  const text = [
    'BEGIN:VCALENDAR',
    'BEGIN:VEVENT',
    'SUMMARY:one',
    ' two',
    'LOCATION:here',
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join(newline)
  for (const each of [text, text.replace(newline, '\n'), text.replace(newline, '\r\n')]) {
    const event = read(each).parts[0]!
    expect(textOf(event, 'SUMMARY')).toBe('onetwo')
    expect(textOf(event, 'LOCATION')).toBe('here')
  }
})

test('V12 a byte order mark, lower case and a missing last line break are read', () => {
  expect(
    textOf(
      read('\ufeffbegin:vcalendar\nbegin:vevent\nsummary:x\nend:vevent\nend:vcalendar').parts[0]!,
      'SUMMARY',
    ),
  ).toBe('x')
})

test('B25 NUL and halves of surrogate pairs do not survive', () => {
  const event = read(calendar('BEGIN:VEVENT\r\nSUMMARY:Ihre Verf\u0000ügbarkeit\u0000 \ud800\r\nEND:VEVENT'))
    .parts[0]!
  expect(textOf(event, 'SUMMARY')).toBe('Ihre Verfügbarkeit \ufffd')
})

test.each([
  ['nothing', ''],
  ['HTML', '<html><body>BEGIN:VCALENDAR</body></html>'],
  ['no END', 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20260701T100000Z\r\n'],
  ['an END of another', 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VTODO\r\nEND:VCALENDAR\r\n'],
  ['an END too many', 'END:VEVENT\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n'],
  [
    'UTF-16 read as UTF-8',
    'BEGIN:VCALENDAR\r\nEND:VCALENDAR'.split('').join('\0').replaceAll('\r\0\n', '\u0a00'),
  ],
  ['binary', String.fromCharCode(...Array.from({ length: 4000 }, (_, i) => (i * 7919) % 256))],
  ['too deep', calendar('BEGIN:VEVENT\r\n'.repeat(20_000) + 'END:VEVENT\r\n'.repeat(20_000))],
  ['too many', calendar('BEGIN:VEVENT\r\nEND:VEVENT\r\n'.repeat(100_000))],
  ['too long', calendar(`X-A:${'a'.repeat(LONGEST_OBJECT)}`)],
])('V12 %s is unreadable, not a crash', (_, text) => {
  const began = cpuNow()
  expect(parse(text).kind).toBe('unreadable')
  expect(cpuNow() - began).toBeLessThan(400)
})

test.each([
  ['one folded line of 4.9 MB', `DESCRIPTION:${'a'.repeat(73).concat('\r\n ').repeat(64_000)}`],
  ['a million lines without a colon', 'x\n'.repeat(1_000_000)],
  ['a million colons', `X-A${':'.repeat(1_000_000)}`],
  ['a line of open quotes', 'X-A;B="a:'.repeat(200_000)],
  ['200 000 lines with open quotes', 'X;Y="\n'.repeat(200_000)],
  ['200 000 zones without an end', 'begin:vtimezone\nend:vtimezone\n'.repeat(4000)],
])('V12 %s takes time in proportion', (_, inside) => {
  const began = cpuNow()
  expect(parse(calendar(inside)).kind).toBe('calendar')
  expect(cpuNow() - began).toBeLessThan(800)
})

test('parameters end at the first colon outside quotes, and carets are read', () => {
  const property = read(calendar('X;CN="a:b;TZID=no";tzid=Europe/Rome;E="x^ny^^z^\'":mailto:a@example.test'))
    .properties[0]!
  expect(param(property, 'CN')).toBe('a:b;TZID=no')
  expect(param(property, 'TZID')).toBe('Europe/Rome')
  expect(param(property, 'E')).toBe('x\ny^z"')
  expect(property.value).toBe('mailto:a@example.test')
})
