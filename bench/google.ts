import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { packBusy } from '#core/time/busy.ts'
import { DAY, HOUR, MINUTE } from '#core/time/model.ts'
import type { Span } from '#core/time/model.ts'
import { blockingSpans } from '#server/calendars/model.ts'
import { readItem } from '#server/providers/google/read.ts'
import type { Line } from './line.ts'

const EVENTS = 10_000
const PAGE = 2500
const TURNS = 40
const START = Date.UTC(2027, 0, 1, 8)
const READING = { window: { start: START - 365 * DAY, end: START + 730 * DAY }, zone: 'Europe/Rome' }
const SETTINGS = { blocksTentative: true, blocksUnanswered: true }

/** performance.md §3: from JSON to busy spans. The measure is JSON.parse of what Google sends to whoever selects no fields. */
export async function benchGoogle(): Promise<Line[]> {
  setFlagsFromString('--expose-gc')
  const tidy = runInNewContext('gc') as (options: object) => void
  const [whole, selected] = [pages(everything), pages((event) => event)]
  const runs = { floor: () => parse(whole), least: () => parse(selected), ours: () => spans(selected) }
  const times: Record<keyof typeof runs, number[]> = { floor: [], least: [], ours: [] }
  for (let turn = 0; turn < TURNS; turn++)
    for (const name of ['floor', 'least', 'ours'] as const) {
      tidy({ type: 'minor' })
      const began = performance.now()
      runs[name]()
      times[name].push(performance.now() - began)
    }
  const [floor, least, ours] = [median(times.floor), median(times.least), median(times.ours)]
  const limit = 1.3 * floor
  const note = `${(ours / floor).toFixed(2)}× JSON.parse of whole events, ${(ours / least).toFixed(2)}× of the fields we ask for`
  return [
    {
      name: 'google: 10 000 events from JSON to busy spans',
      ours,
      limit,
      unit: 'ms',
      ok: ours <= limit,
      note,
    },
  ]
}

const median = (list: number[]): number =>
  list.slice(TURNS / 4).sort((a, b) => a - b)[Math.floor((TURNS * 3) / 8)]!

const listIn = (page: string): unknown[] => (JSON.parse(page) as { items: unknown[] }).items

const parse = (all: string[]): number => all.reduce((count, page) => count + listIn(page).length, 0)

function spans(all: string[]): number {
  const found: Span[] = []
  for (const page of all)
    for (const item of listIn(page)) {
      const change = readItem(item, READING)
      if (change.kind === 'upsert') found.push(...blockingSpans(change.event, SETTINGS))
    }
  return packBusy(found).starts.length
}

const pages = (shape: (event: object) => object): string[] =>
  Array.from({ length: EVENTS / PAGE }, (_, page) =>
    JSON.stringify({
      kind: 'calendar#events',
      timeZone: 'Europe/Rome',
      items: Array.from({ length: PAGE }, (_, i) => shape(event(page * PAGE + i))),
    }),
  )

const edge = (at: number): object => ({
  dateTime: `${new Date(at + HOUR).toISOString().slice(0, 19)}+01:00`,
  timeZone: 'Europe/Rome',
})
const date = (at: number): object => ({ date: new Date(at).toISOString().slice(0, 10) })

/** One in twenty lasts all day, two in three have guests, every other one is an instance of a series. */
function event(i: number): object {
  const at = START + (i % 400) * DAY + (i % 16) * 30 * MINUTE
  const id = `abcdefghijklmnopqrstuv${i}`
  const guest = (email: string, responseStatus: string) => ({ email, responseStatus })
  return {
    id,
    etag: `"33${i}000000"`,
    status: 'confirmed',
    created: '2026-01-01T10:00:00.000Z',
    summary: `Meeting number ${i} with somebody`,
    creator: { email: 'alice@example.com' },
    organizer: { email: 'alice@example.com', self: true },
    start: i % 20 === 0 ? date(at) : edge(at),
    end: i % 20 === 0 ? date(at + DAY) : edge(at + 30 * MINUTE),
    iCalUID: `${id}@google.com`,
    sequence: 0,
    ...(i % 3 === 0
      ? {}
      : {
          attendees: [
            guest('bob@example.com', 'accepted'),
            { ...guest('Alice@example.com', 'accepted'), self: true },
            guest('carol@example.com', 'needsAction'),
          ],
        }),
    ...(i % 2 === 0 ? {} : { recurringEventId: 'abcdefghijklmnop', originalStartTime: edge(at) }),
    eventType: 'default',
  }
}

/** What comes along unasked. */
const everything = (event: object): object => ({
  kind: 'calendar#event',
  ...event,
  htmlLink:
    'https://www.google.com/calendar/event?eid=YWJjZGVmZ2hpamtsbW5vcHFyc3R1diBhbGljZUBleGFtcGxlLmNvbQ',
  updated: '2026-02-01T10:00:00.000Z',
  description: 'What the meeting is about, in a few words.\nAnd in a second line.',
  location: 'Via Roma 1, Milano',
  hangoutLink: 'https://meet.google.com/abc-defg-hij',
  reminders: { useDefault: true },
})
