import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { getHeapStatistics } from 'node:v8'
import { daysOf } from '#core/availability/days.ts'
import type { Assignment, Question } from '#core/availability/model.ts'
import { findSlots } from '#core/availability/slots.ts'
import type { Line } from './line.ts'
import { caseA, caseB, fromPacked, fromRows, packedCase } from './slots-cases.ts'
import type { Case, PackedCase } from './slots-cases.ts'
import { floorRequest } from './slots-floor.ts'
import { scanSlots } from './slots-reference.ts'

const TIMES_FLOOR = 3
const GROWTH = 12
const MEBIBYTE = 2 ** 20

/**
 * performance.md §1. The same slots as a scan of every minute first; then our time beside the floor's, both
 * from unsorted rows to local times and in the same run; then the way requests go, from one packed row a
 * calendar.
 */
export async function benchSlots(): Promise<Line[]> {
  const lines: Line[] = []
  const measure = (name: string, asked: Case) => {
    check(name, asked)
    const packed = packedCase(asked)
    const [mine = 0, direct = 0, floor = 0] = race(
      () => answer(fromRows(asked), asked.viewer),
      () => answer(fromPacked(packed), asked.viewer),
      () => floorRequest(asked),
    )
    lines.push({
      ...line(name, mine, TIMES_FLOOR * floor, 'ms'),
      note: `${(mine / floor).toFixed(2)}× the floor`,
    })
    lines.push({
      ...line(`${name}, from packed rows`, direct, TIMES_FLOOR * floor, 'ms'),
      note: `${(direct / floor).toFixed(2)}× the floor`,
    })
  }
  for (const busy of [0, 1000, 10_000, 100_000]) measure(`A, ${busy} busy`, caseA(busy))
  for (const hosts of [10, 100, 1000]) {
    measure(`B any, ${hosts} hosts`, caseB(hosts, 'round-robin'))
    measure(`B all, ${hosts} hosts`, caseB(hosts, 'collective'))
  }
  const [few, many] = [packedCase(caseA(1000)), packedCase(caseA(100_000))]
  lines.push(line('growth A, 1000 → 100000 busy', fastest([many]) / fastest([few]), GROWTH, '×'))
  for (const assignment of ['round-robin', 'collective'] as const) {
    const kind = assignment === 'collective' ? 'all' : 'any'
    const call = (size: number) => fastest(teams(size, assignment)) / (1000 / size)
    const [ten, hundred, thousand] = [call(10), call(100), call(1000)]
    lines.push(line(`growth B ${kind}, 10 → 100 hosts`, hundred / ten, GROWTH, '×'))
    lines.push(line(`growth B ${kind}, 100 → 1000 hosts`, thousand / hundred, GROWTH, '×'))
  }
  lines.push(line('A, 1000 busy, allocated by a call', allocated(caseA(1000)) / MEBIBYTE, 1, 'MiB'))
  lines.push(line('B, 1000 hosts, RSS', memory() / MEBIBYTE, 150, 'MiB'))
  return lines
}

const line = (name: string, ours: number, limit: number, unit: string): Line => ({
  name: `slots: ${name}`,
  ours,
  limit,
  unit,
  ok: ours <= limit,
})

const answer = (question: Question, viewer: string) => daysOf(findSlots(question), viewer)

/** Answers that share no sweep must agree: ours from either kind of row, the scan's and the floor's. */
function check(name: string, asked: Case): void {
  const question = fromRows(asked)
  const slots = findSlots(question)
  if (slots.length === 0) throw new Error(`${name}: nothing is free, so nothing is proven`)
  const scanned = scanSlots(
    question,
    asked.hosts.map(({ rows }) => rows),
  )
  same(name, Array.from(slots), scanned)
  same(name, Array.from(findSlots(fromPacked(packedCase(asked)))), scanned)
  const days = daysOf(slots, asked.viewer).map(({ date, runs }) => [
    date,
    runs.flatMap(({ minutes }) => minutes),
  ])
  same(name, days, floorRequest(asked))
}

function same(name: string, one: unknown, other: unknown): void {
  if (JSON.stringify(one) !== JSON.stringify(other)) throw new Error(`${name}: the answers differ`)
}

/** Medians in milliseconds, run in turn, so that a busy machine slows all alike. */
const race = (...runners: (() => unknown)[]): number[] =>
  samples(runners, 1500).map((list) => list[list.length >> 1]!)

/**
 * The same thousand hosts asked in teams of this size. One small team asked again and again would be learnt
 * by heart by the processor's branch prediction, and the thousand would look slower than they are.
 */
function teams(size: number, assignment: Assignment): PackedCase[] {
  const { hosts, ...rest } = packedCase(caseB(1000, assignment))
  return Array.from({ length: 1000 / size }, (_, i) => ({
    ...rest,
    hosts: hosts.slice(i * size, (i + 1) * size),
  }))
}

/**
 * The fastest run through all of them: sizes measured one after the other meet different neighbours on the
 * machine.
 */
function fastest(list: PackedCase[]): number {
  const run = () => list.forEach((packed) => answer(fromPacked(packed), packed.viewer))
  return samples([run], 2000)[0]![0]!
}

/** Each runner's times, fastest first, without those of its first rounds. */
function samples(runners: (() => unknown)[], milliseconds: number): number[][] {
  const times = runners.map((): number[] => [])
  const until = performance.now() + milliseconds
  for (let round = 0; round < 30 || (performance.now() < until && round < 3000); round++) {
    for (const [i, run] of runners.entries()) {
      const start = performance.now()
      run()
      if (round >= 5) times[i]!.push(performance.now() - start)
    }
  }
  return times.map((list) => list.sort((a, b) => a - b))
}

/** V8's own count of what lands on its heap, and what typed arrays take beside it. */
function allocated(asked: Case): number {
  const calls = 201
  const heap = () => new Map(Object.entries(getHeapStatistics())).get('total_allocated_bytes')!
  const beside: number[] = []
  const before = heap()
  for (let i = 0; i < calls; i++) {
    const held = process.memoryUsage().arrayBuffers
    answer(fromRows(asked), asked.viewer)
    beside.push(process.memoryUsage().arrayBuffers - held)
  }
  return (heap() - before) / calls + beside.sort((a, b) => a - b)[calls >> 1]!
}

/** In a process of its own: the other lines would be counted too. */
function memory(): number {
  const script = fileURLToPath(new URL('slots-memory.ts', import.meta.url))
  return Number(execFileSync(process.execPath, [script], { encoding: 'utf8' }))
}
