import type { Assignment, Offer, Question, Schedule } from '#core/availability/model.ts'
import { busyWindow } from '#core/availability/window.ts'
import { fromBytes, packBusy, toBytes } from '#core/time/busy.ts'
import { DAY, HOUR, MINUTE, overlaps } from '#core/time/model.ts'
import type { Instant, Span } from '#core/time/model.ts'

/** One request as it reaches us: schedules, and every host's events as unsorted rows. */
export type Case = {
  question: Omit<Question, 'hosts'>
  hosts: { schedule: Schedule; rows: Span[] }[]
  viewer: string
}

const OFFER: Offer = {
  durations: [30],
  increment: 15,
  before: 10,
  after: 10,
  limits: { notice: 4 * HOUR, horizon: { kind: 'rolling', days: 365 }, perDay: null, perWeek: null },
  capacity: 1,
}

const NINE_TO_FIVE = [{ from: 540, to: 1020 }]
const WEEK = [NINE_TO_FIVE, NINE_TO_FIVE, NINE_TO_FIVE, NINE_TO_FIVE, NINE_TO_FIVE, [], []]

// Near enough to share some working hours, so that "all free" has an answer worth checking.
const ZONES = [
  'Europe/Rome',
  'Europe/London',
  'Europe/Lisbon',
  'Europe/Athens',
  'Europe/Dublin',
  'Europe/Kyiv',
  'Africa/Cairo',
  'Africa/Lagos',
  'Africa/Johannesburg',
  'Asia/Jerusalem',
  'Asia/Beirut',
  'Atlantic/Reykjavik',
]

/** The same numbers on every machine, so that two runs measure the same work. */
function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** One in a hundred is empty, one in two hundred lasts a whole day. */
function events(
  count: number,
  around: Instant,
  reach: number,
  roll: () => number,
  keep: (span: Span) => boolean,
): Span[] {
  const rows: Span[] = []
  while (rows.length < count) {
    const start = around + Math.floor(((roll() * 2 - 1) * reach) / MINUTE) * MINUTE
    const kind = roll()
    const length = kind < 0.01 ? 0 : kind < 0.015 ? DAY : (1 + Math.floor(roll() * 6)) * 10 * MINUTE
    const span = { start, end: start + length }
    if (keep(span)) rows.push(span)
  }
  return rows
}

/** One host in Rome, sixty days across both changes of the clocks, a viewer in New York. */
export function caseA(busy: number): Case {
  const start = Date.UTC(2026, 9, 1)
  const window = { start, end: start + 60 * DAY }
  const schedule: Schedule = {
    zone: 'Europe/Rome',
    weekly: WEEK,
    overrides: [
      { date: '2026-10-14', spans: [] },
      { date: '2026-11-07', spans: [{ from: 600, to: 780 }] },
    ],
  }
  // Two years of a calendar, ten when it holds so many events that two would have no gap left.
  const reach = (busy > 10_000 ? 5 : 1) * 365 * DAY
  const rows = events(busy, start + 30 * DAY, reach, dice(busy + 1), () => true)
  return {
    question: { offer: OFFER, duration: 30, assignment: 'solo', window, now: start },
    hosts: [{ schedule, rows }],
    viewer: 'America/New_York',
  }
}

/** Many hosts in twelve zones, two weeks. */
export function caseB(hosts: number, assignment: Assignment): Case {
  return {
    question: questionB(assignment),
    hosts: Array.from({ length: hosts }, (_, i) => hostB(i)),
    viewer: 'America/New_York',
  }
}

export function questionB(assignment: Assignment): Case['question'] {
  return {
    offer: OFFER,
    duration: 30,
    assignment,
    window: { start: START_B, end: START_B + 14 * DAY },
    now: START_B,
  }
}

const START_B = Date.UTC(2026, 9, 18)

/** 500 events; both Wednesday noons are free for everyone, or no time would suit all of them. */
export function hostB(index: number): Case['hosts'][number] {
  const noons = [3, 10].map((day) => ({
    start: START_B + day * DAY + 11 * HOUR,
    end: START_B + day * DAY + 14 * HOUR,
  }))
  const keep = (span: Span) => !noons.some((noon) => overlaps(noon, span))
  return {
    schedule: { zone: ZONES[index % ZONES.length]!, weekly: WEEK, overrides: [] },
    rows: events(500, START_B + 7 * DAY, 90 * DAY, dice(index), keep),
  }
}

/** The case as a question to core/availability, packed on the way from its unsorted rows. */
export function fromRows({ question, hosts }: Case): Question {
  const window = busyWindow(question.offer, question.duration, question.window)
  return {
    ...question,
    hosts: hosts.map(({ schedule, rows }, i) => ({
      hostId: String(i),
      schedule,
      busy: packBusy(rows, window),
      own: [],
    })),
  }
}

/** As the product keeps it: one packed row a calendar, of which a request reads the window. */
export type PackedCase = {
  question: Case['question']
  hosts: { schedule: Schedule; bytes: Uint8Array }[]
  viewer: string
}

export const packedHost = ({ schedule, rows }: Case['hosts'][number]): PackedCase['hosts'][number] => ({
  schedule,
  bytes: toBytes(packBusy(rows)),
})

export const packedCase = (asked: Case): PackedCase => ({ ...asked, hosts: asked.hosts.map(packedHost) })

export function fromPacked({ question, hosts }: PackedCase): Question {
  const window = busyWindow(question.offer, question.duration, question.window)
  return {
    ...question,
    hosts: hosts.map(({ schedule, bytes }, i) => ({
      hostId: String(i),
      schedule,
      busy: fromBytes(bytes, window),
      own: [],
    })),
  }
}
