import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ServerReady } from './sync-server.ts'
import type { Asked, SyncFigures } from './sync-worker.ts'
import type { Line } from './line.ts'

const EVENTS = 10_000
const TIMES_FLOOR = 3
const IDLE_CONNECTIONS = 1000
const POLL_MINUTES = 2

/** performance.md §3: cost follows the number of changes. A provider and our program, each in a process of its own. */
export async function benchSync(): Promise<Line[]> {
  const lines: Line[] = []
  for (const provider of ['caldav', 'google', 'microsoft'] as const) lines.push(...(await benchProvider(provider)))
  return lines
}

async function benchProvider(provider: ServerReady['provider']): Promise<Line[]> {
  const data = mkdtempSync(join(tmpdir(), 'ritrovo-bench-sync-'))
  const server = start('sync-server.ts', [provider, String(EVENTS)])
  const worker = start('sync-worker.ts', [])
  try {
    const ready = (await heard(server)) as ServerReady
    const isOf = (message: unknown, ...names: string[]) => typeof message === 'object' && message !== null && names.some((name) => name in message)
    worker.on('message', (message) => isOf(message, 'move', 'calls') && server.send(message as object))
    server.on('message', (message) => (message === 'moved' || isOf(message, 'calls')) && worker.send(message as object))
    worker.send({ ...ready, data, events: EVENTS } satisfies Asked)
    return linesOf(provider, await finished(worker))
  } finally {
    server.kill('SIGTERM')
    worker.kill('SIGTERM')
    rmSync(data, { recursive: true, force: true })
  }
}

function linesOf(provider: ServerReady['provider'], {
  idleMegabytes,
  peakMegabytes,
  whole,
  firstCalls,
  pulling,
  saving,
  floor,
  statementsAPage,
  oneChange,
  noChange,
}: SyncFigures): Line[] {
  const line = (name: string, ours: number, limit: number, unit: string): Line => ({ name: `sync, ${provider}: ${name}`, ours, limit, unit, ok: ours <= limit })
  // Google gives 2 500 events a page; the others are asked for pages of a size of our choice.
  const pages = Math.ceil(EVENTS / 2500)
  const core = (noChange.cpu * IDLE_CONNECTIONS) / (POLL_MINUTES * 60_000)
  return [
    {
      ...line('10 000 events saved for the first time', saving, TIMES_FLOOR * floor, 'ms'),
      note: `${(saving / floor).toFixed(2)}× one multi-row statement`,
    },
    {
      ...line('10 000 events, whole first sync', whole, TIMES_FLOOR * (pulling + floor), 'ms'),
      note: `of which reading and expanding, warm, ${Math.round(pulling)} ms; cal.com 14.6 s`,
    },
    line('statements a page', statementsAPage, 3, ''),
    line('memory over idle', peakMegabytes - idleMegabytes, 150, 'MB'),
    {
      ...line('one event moved: rows written', oneChange.rows, 1, ''),
      note: `${Math.round(oneChange.ms)} ms`,
    },
    {
      ...line('nothing new: events written in a hundred looks', noChange.rows, 0, ''),
      note: `${noChange.ms.toFixed(1)} ms, ${noChange.statements} statements a look`,
    },
    ...(provider === 'google' ? [line('calls for the first sync', firstCalls, pages, ''), line('calls for one change', oneChange.calls, 1, '')] : []),
    ...(provider === 'caldav' ? [] : [line('calls when nothing is new', noChange.calls, 1, '')]),
    line('1 000 idle calendars polled every two minutes, of a core', core * 100, 10, '%'),
  ]
}

const start = (file: string, args: string[]): ChildProcess =>
  fork(join(import.meta.dirname, file), args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })

async function heard(child: ChildProcess): Promise<unknown> {
  const [message] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error('a process of the measurement ended early'))),
  ])) as unknown[]
  return message
}

function finished(worker: ChildProcess): Promise<SyncFigures> {
  return new Promise((done, fail) => {
    worker.on('message', (message) => {
      if (typeof message === 'object' && message !== null && 'whole' in message) done(message as SyncFigures)
    })
    worker.once('exit', (code) => fail(new Error(`the measured process ended with ${code}`)))
  })
}
