import { find, parse, unescapeText, unfold } from './content.ts'
import type { Component } from './content.ts'
import { writeLines } from './encode.ts'
import { addressOf } from './kind.ts'
import { fingerprint, markLine, readMark, wordsOf } from './words.ts'
import { attendeeLine, organizerLine, timeLines, zoneLines } from './write.ts'
import type { CalendarEvent } from './write.ts'

const OURS = new Set([
  'DTSTAMP',
  'DTSTART',
  'DTEND',
  'DURATION',
  'SEQUENCE',
  'STATUS',
  'LAST-MODIFIED',
  'X-RITROVO-WROTE',
  'X-MICROSOFT-CDO-ALLDAYEVENT',
])

/**
 * The stored object with our booking's new times in it. Everything we do not own stays as it is, line by line: alarms,
 * categories, what other programs keep there, people the host invited, and words the host has rewritten. Null when the
 * object cannot be read or holds no such UID.
 */
export function mergeObject(stored: string, event: CalendarEvent): string | null {
  const parsed = parse(stored)
  if (parsed.kind === 'unreadable') return null
  const master = parsed.calendar.parts.find((part) => isMaster(part, event.uid))
  if (!master) return null
  const lines = unfold(stored)
    .split('\n')
    .map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
    .filter((line) => line !== '')
  const place = placeOf(lines, event.uid)
  if (!place) return null
  return writeLines([
    ...withoutZone(lines.slice(0, place.begin), event),
    ...zoneLines(event),
    ...mergedEvent(lines.slice(place.begin, place.end + 1), master, event),
    ...withoutZone(lines.slice(place.end + 1), event),
  ])
}

const uidIn = (part: Component): string => unescapeText(find(part, 'UID')?.value.trim() ?? '')

/** Whether this VEVENT is the booking itself, not an instance that the host moved by itself. */
export const isMaster = (part: Component, uid: string): boolean =>
  part.name === 'VEVENT' && find(part, 'RECURRENCE-ID') === undefined && uidIn(part) === uid

function placeOf(lines: string[], uid: string): { begin: number; end: number } | null {
  for (let begin = 0; begin < lines.length; begin++) {
    if (nameOf(lines[begin]!) !== 'BEGIN' || !/:\s*VEVENT\s*$/i.test(lines[begin]!)) continue
    const end = lines.findIndex((line, index) => index > begin && /^END:\s*VEVENT\s*$/i.test(line))
    if (end < 0) return null
    const parsed = parse(['BEGIN:VCALENDAR', ...lines.slice(begin, end + 1), 'END:VCALENDAR'].join('\n'))
    if (parsed.kind === 'calendar' && parsed.calendar.parts.some((part) => isMaster(part, uid)))
      return { begin, end }
    begin = end
  }
  return null
}

const nameOf = (line: string): string => /^[^:;]*/.exec(line)![0].toUpperCase()

function mergedEvent(lines: string[], master: Component, event: CalendarEvent): string[] {
  const sequence = Math.max(event.sequence, Number(find(master, 'SEQUENCE')?.value.trim() ?? 0) || 0)
  const own = timeLines(event, 'CONFIRMED', sequence)
  const kept: string[] = []
  let depth = 0 // 1 inside the VEVENT, more inside its alarms
  const mark = readMark(master)
  const words = wordsOf(event).map(([name, value], index) => {
    const before = find(master, name)?.value ?? ''
    // Without a mark nobody knows who wrote it: then it is the host's.
    const untouched = mark[index] === fingerprint(before)
    return {
      name,
      line: `${name}:${value}`,
      empty: value === '',
      untouched,
      print: untouched ? fingerprint(value) : (mark[index] ?? ''),
    }
  })
  for (const line of lines) {
    const name = nameOf(line)
    if (name === 'END') depth--
    const word = words.find((each) => each.name === name)
    if (depth !== 1 || (!OURS.has(name) && !word?.untouched)) kept.push(line)
    if (name === 'BEGIN' && ++depth === 1)
      kept.push(...own, ...words.flatMap((each) => (each.untouched && !each.empty ? [each.line] : [])))
  }
  const end = kept.pop()!
  return [...kept, ...peopleLines(master, event), markLine(words.map(({ print }) => print)), end]
}

/** The people of the booking who are not in it yet; those who are keep their line, with the answer they gave. */
function peopleLines(master: Component, event: CalendarEvent): string[] {
  const present = new Set(master.properties.filter(({ name }) => name === 'ATTENDEE').map(addressOf))
  const missing = event.attendees.filter(({ email }) => !present.has(email.trim().toLowerCase()))
  return [
    ...(find(master, 'ORGANIZER') ? [] : [organizerLine(event.organizer, 'STORE')]),
    ...missing.map((attendee) => attendeeLine(attendee, 'STORE')),
  ]
}

/** Our zone's old definition may not reach the new date; other zones stay. */
function withoutZone(lines: string[], { zone }: CalendarEvent): string[] {
  const kept: string[] = []
  for (let i = 0; i < lines.length; i++) {
    const end = /^BEGIN:\s*VTIMEZONE\s*$/i.test(lines[i]!)
      ? lines.findIndex((line, index) => index > i && /^END:\s*VTIMEZONE\s*$/i.test(line))
      : -1
    if (
      end >= 0 &&
      lines
        .slice(i, end)
        .some((line) => nameOf(line) === 'TZID' && line.slice(line.indexOf(':') + 1).trim() === zone)
    )
      i = end
    else kept.push(lines[i]!)
  }
  return kept
}
