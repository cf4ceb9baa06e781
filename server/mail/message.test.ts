import { spawnSync } from 'node:child_process'
import ICAL from 'ical.js'
import { describe, expect, test } from 'vitest'
import { writeObject, type CalendarEvent } from '#core/icalendar/write.ts'
import { emailAddress } from '#server/platform/http.ts'
import { composeLetter } from './compose.ts'
import { writeMessage, type Message } from './message.ts'
import { findPart, readMessage } from './read-message.ts'

const event: CalendarEvent = {
  uid: 'b-1@ritrovo', sequence: 2, stamp: Date.UTC(2026, 10, 20), span: { start: Date.UTC(2026, 10, 25, 9), end: Date.UTC(2026, 10, 25, 9, 30) }, zone: 'Europe/Rome',
  title: 'Primo incontro – perché no? 👩‍👩‍👧‍👦', description: 'Riga uno\nRiga due; con, segni\\', location: 'Via Verdi 1, Milano', url: 'https://meet.example.test/b/T',
  organizer: { name: 'Giulia Ferri', email: 'giulia@example.test' }, attendees: [{ name: 'Nina Bérg', email: 'nina@example.test' }],
}

const message = (more: Partial<Message> = {}): Promise<Buffer> =>
  writeMessage({
    messageId: '<b-1.invitation@example.test>', from: { name: 'Giulia · Ritrovo', email: 'meet@example.test' }, to: { name: 'Nina Bérg', email: 'nina@example.test' }, replyTo: { name: 'Giulia Ferri', email: 'giulia@example.test' },
    subject: 'Confermato: Primo incontro – mercoledì', date: Date.UTC(2026, 10, 20),
    ...composeLetter('it', { preheader: 'p', heading: 'Ci vediamo mercoledì', lines: ['Però: è così.'], facts: [{ label: 'Con', value: 'Giulia' }], actions: [{ label: 'Sposta', url: 'https://meet.example.test/b/T/move' }], footer: 'fine' }),
    calendar: { method: 'REQUEST', content: writeObject(event, 'REQUEST') }, unsubscribe: null, ...more,
  })

/** The same message in the eyes of Python's e-mail package and Debian's icalendar. */
function byPython(source: Buffer) {
  const script = `
import sys, json, email, email.policy, icalendar
m = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
parts = [{"type": p.get_content_type(), "charset": p.get_content_charset(), "method": p.get_param("method"), "file": p.get_filename(), "multipart": p.is_multipart(),
  "text": None if p.is_multipart() else p.get_payload(decode=True).decode("utf-8")} for p in m.walk()]
events = [{"uid": str(e["UID"]), "summary": str(e["SUMMARY"]), "description": str(e["DESCRIPTION"]), "location": str(e["LOCATION"]), "sequence": int(e["SEQUENCE"]), "start": e.decoded("DTSTART").timestamp(), "end": e.decoded("DTEND").timestamp()}
  for p in m.walk() if p.get_content_type() == "text/calendar" for e in icalendar.Calendar.from_ical(p.get_payload(decode=True)).walk("VEVENT")]
print(json.dumps({"headers": [[k, str(v)] for k, v in m.items()], "defects": [str(d) for p in m.walk() for d in p.defects], "to": [[a.display_name, a.addr_spec] for a in m["To"].addresses], "from": [[a.display_name, a.addr_spec] for a in m["From"].addresses], "parts": parts, "events": events}))`
  const run = spawnSync('/usr/bin/python3', ['-c', script], { input: source, encoding: 'utf8' })
  if (run.status !== 0) throw new Error(run.stderr)
  return JSON.parse(run.stdout) as {
    headers: [string, string][]; defects: string[]; to: [string, string][]; from: [string, string][]
    parts: { type: string; charset: string | null; method: string | null; file: string | null; multipart: boolean; text: string | null }[]
    events: { uid: string; summary: string; description: string; location: string; sequence: number; start: number; end: number }[]
  }
}

test('an invitation is mixed of alternatives and the same file, and two other readers agree on it', async () => {
  const source = await message()
  const read = byPython(source)
  expect(read.defects).toEqual([])
  expect(read.parts.map(({ type }) => type)).toEqual(['multipart/mixed', 'multipart/alternative', 'text/plain', 'text/html', 'text/calendar', 'application/ics'])
  expect(read.parts[4]).toMatchObject({ charset: 'utf-8', method: 'REQUEST' })
  expect(read.parts[5]).toMatchObject({ file: 'invite.ics' })
  expect(read.parts[5]!.text).toBe(read.parts[4]!.text)
  expect(read.events).toEqual([{ uid: event.uid, summary: event.title, description: event.description, location: event.location, sequence: 2, start: event.span.start / 1000, end: event.span.end / 1000 }])
  expect(Object.fromEntries(read.headers)).toMatchObject({ 'Subject': 'Confermato: Primo incontro – mercoledì', 'Message-ID': '<b-1.invitation@example.test>', 'Reply-To': 'Giulia Ferri <giulia@example.test>', 'Date': 'Fri, 20 Nov 2026 00:00:00 +0000' })

  const calendar = new ICAL.Component(ICAL.parse(read.parts[4]!.text!) as [])
  expect(calendar.getFirstPropertyValue('method')).toBe('REQUEST')
  const [vevent, ...others] = calendar.getAllSubcomponents('vevent')
  expect(others).toEqual([])
  expect(new ICAL.Event(vevent).summary).toBe(event.title)
  expect(new ICAL.Event(vevent).startDate.toJSDate().getTime()).toBe(event.span.start)
})

test('a cancellation says so in the part and in the file', async () => {
  const { parts } = byPython(await message({ calendar: { method: 'CANCEL', content: writeObject(event, 'CANCEL') } }))
  expect(parts.find(({ type }) => type === 'text/calendar')).toMatchObject({ method: 'CANCEL' })
  expect(parts.find(({ type }) => type === 'text/calendar')!.text).toContain('METHOD:CANCEL')
})

test('a letter without an invitation is two alternatives', async () => {
  expect(byPython(await message({ calendar: null })).parts.map(({ type }) => type)).toEqual(['multipart/alternative', 'text/plain', 'text/html'])
})

test('K09 every letter says that a machine wrote it and asks machines not to answer', async () => {
  const { headers } = byPython(await message())
  expect(Object.fromEntries(headers)).toMatchObject({ 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'DR, RN, NRN, OOF, AutoReply' })
})

test('a letter that nobody has to receive can be unsubscribed with one click', async () => {
  expect(Object.fromEntries(byPython(await message({ unsubscribe: 'https://meet.example.test/u/T' })).headers)).toMatchObject({ 'List-Unsubscribe': '<https://meet.example.test/u/T>', 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' })
})

describe('G05 words that would like to be headers', () => {
  const EVIL = ['Anna\r\nBcc: evil@x.example', 'Anna\nX-Evil: 1', 'Anna\rSubject: x', 'Anna\u0000', 'Anna\u2028Bcc: evil@x.example', '"a@evil.com" <b@evil.com>', 'a@evil.com, b@evil.com', 'Friends: a@evil.com;', '(comment) a@evil.com', '=?utf-8?q?evil=40x.example?=', '=?utf-8?b?ZXZpbA0KQmNjOiB4?=', 'x'.repeat(2000)]
  let calm: ReturnType<typeof byPython> | undefined
  test.each(EVIL)('G05 %j as a name or subject changes no header and no recipient', async (evil) => {
    calm ??= byPython(await message())
    const read = byPython(await message({ to: { name: evil, email: 'nina@example.test' }, from: { name: evil, email: 'meet@example.test' }, replyTo: { name: evil, email: 'giulia@example.test' }, subject: evil }))
    expect(read.headers.map(([name]) => name)).toEqual(calm.headers.map(([name]) => name))
    expect(read.to.map(([, address]) => address)).toEqual(['nina@example.test'])
    expect(read.from.map(([, address]) => address)).toEqual(['meet@example.test'])
    expect(read.defects).toEqual([])
  })

  test.each(['"a@evil.com"@good.com', 'a@evil.com,b@good.com', 'a@evil.com b@good.com', 'a@evil.com;b@good.com', 'Name <a@good.com>', 'a(comment)@good.com', 'group: a@good.com;', '=?utf-8?q?a?=@good.com.', '=?utf-8?q?a=40evil.com?=', 'a@good.com\r\nBcc: b@evil.com', 'a@good.com\u0000', 'a@[127.0.0.1]', 'a@localhost', '@good.com', 'a@', 'a..b@good.com', `${'a'.repeat(65)}@good.com`, 'ⓐ@good.com', 'a@gооd.com'])(
    'G05 %j is no address to write to',
    (address) => expect(emailAddress.safeParse(address).success).toBe(false),
  )
})

test('what we take apart for the outbox is what we put together', async () => {
  const source = await message()
  const read = readMessage(source)
  const { parts } = byPython(source)
  for (const type of ['text/html', 'text/plain', 'text/calendar', 'application/ics']) expect(findPart(read, type)?.body.toString('utf8')).toBe(parts.find((part) => part.type === type)!.text)
  expect(Object.fromEntries(read.headers)).toMatchObject({ 'Subject': 'Confermato: Primo incontro – mercoledì', 'To': 'Nina Bérg <nina@example.test>' })
})
