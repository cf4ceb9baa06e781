import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ServerReady } from './caldav-server.ts'
import type { Asked, SyncFigures } from './caldav-sync.ts'
import type { Line } from './line.ts'

const EVENTS = 10_000
const TIMES_FLOOR = 3
const IDLE_CONNECTIONS = 1000
const POLL_MINUTES = 2

/** performance.md §3: cost follows the number of changes. A calendar server and our program, each in a process of its own. */
export async function benchSync(): Promise<Line[]> {
  const data = mkdtempSync(join(tmpdir(), 'ritrovo-bench-sync-'))
  const server = start('caldav-server.ts', [String(EVENTS)])
  const worker = start('caldav-sync.ts', [])
  try {
    const ready = (await heard(server)) as ServerReady
    worker.on('message', (message) => {
      if (typeof message === 'object' && message !== null && 'move' in message)
        server.send(message)
    })
    server.on('message', (message) => {
      if (message === 'moved') worker.send('moved')
    })
    worker.send({ ...ready, data, events: EVENTS } satisfies Asked)
    const figures = await finished(worker)
    return linesOf(figures)
  } finally {
    server.kill('SIGTERM')
    worker.kill('SIGTERM')
    rmSync(data, { recursive: true, force: true })
  }
}

function linesOf({
  idleMegabytes,
  peakMegabytes,
  whole,
  pulling,
  saving,
  floor,
  statementsAPage,
  oneChange,
  noChange,
}: SyncFigures): Line[] {
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
    line('1 000 idle calendars polled every two minutes, of a core', core * 100, 10, '%'),
  ]
}

const line = (name: string, ours: number, limit: number, unit: string): Line => ({
  name: `sync: ${name}`,
  ours,
  limit,
  unit,
  ok: ours <= limit,
})

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
