import { createAdaptorServer } from '@hono/node-server'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { issueSetupKey } from './accounts/set-up.ts'
import { createApp } from './app.ts'
import { effectsAtRest, sweepEffectsTask } from './bookings/effects.ts'
import { recheckTask } from './bookings/recheck.ts'
import { sweepLettersTask } from './mail/sweep.ts'
import { makeDataFolder, open } from './open.ts'
import { tasks } from './worker.ts'
import { BadConfig, type Config } from '#server/platform/config.ts'
import type { Deps } from '#server/platform/deps.ts'
import { takeLock } from '#server/platform/lock.ts'

export type Started = { url: string; stop(): Promise<void> }

const DRAIN_MS = 15_000

/** One process: web, worker or (by default) both, on the database that the config names. */
export async function start(config: Config, options: { only?: 'web' | 'worker'; fill?: (deps: Deps) => Promise<void>; notice?: string[]; say?: (line: string) => void } = {}): Promise<Started> {
  const ending: (() => Promise<void> | void)[] = []
  // The steps of an orderly end, the latest first; a start that fails half way goes back the same way.
  const end = async () => {
    for (let step = ending.pop(); step; step = ending.pop()) await step()
  }
  try {
    if (!config.databaseUrl) ending.push(holdFolder(config.data))
    const { deps, close } = await open(config, { keep: true, works: options.only !== 'web' })
    ending.push(close)
    const server = options.only === 'worker' ? null : await listen(deps, config)
    const address = server?.address()
    const url = config.url ?? `http://localhost:${typeof address === 'object' && address ? address.port : config.port}`
    deps.config.url ??= url
    ending.push(effectsAtRest)
    if (server) ending.push(() => drain(server))
    if (options.only !== 'web') {
      await deps.jobs.work(deps, tasks)
      // What an earlier process left undone is taken up at once, not at the next full minute.
      for (const task of [sweepEffectsTask, sweepLettersTask, recheckTask]) await deps.jobs.enqueue(null, task, {})
    }
    if (server) await options.fill?.(deps)
    if (server) await greet(deps, url, options)
    deps.log.info({ url }, 'ready')
    let stopping: Promise<void> | null = null
    return { url, stop: () => (stopping ??= end()) }
  } catch (error) {
    await end()
    throw error
  }
}

/** Two servers on one folder would share its database without knowing of each other: the second is told so. */
function holdFolder(data: string): () => void {
  makeDataFolder(data)
  const lock = takeLock(join(data, 'server.lock'))
  if (lock.kind === 'held') throw new BadConfig(`Ritrovo already runs in ${data} (process ${lock.pid}): stop it first, or set RITROVO_DATA to another folder.`)
  return lock.release
}

async function greet(deps: Deps, url: string, options: { notice?: string[]; say?: (line: string) => void }): Promise<void> {
  const key = await issueSetupKey(deps)
  const say = options.say ?? deps.log.notice
  if (key) say(`Open ${url}/setup?k=${key} to begin (valid for one hour, once).`)
  else say(`Ritrovo is at ${url}`)
  for (const sentence of options.notice ?? []) deps.log.notice(sentence)
  if (!deps.config.smtp) say(`No mail server is set: letters wait in the practice mailbox, ${url}/app/outbox`)
}

function listen(deps: Deps, config: Config): Promise<Server> {
  const app = createApp(deps)
  const server = createAdaptorServer({ fetch: app.fetch }) as Server
  // Slow clients are not kept for Node's default of five minutes (K12).
  server.headersTimeout = 10_000
  server.requestTimeout = 30_000
  server.maxConnections = 2_000
  return new Promise((done, fail) => {
    server.once('error', fail)
    server.listen(config.port, config.host, () => done(server))
  })
}

/** Takes no new requests and lets those under way finish (E05). */
async function drain(server: Server): Promise<void> {
  const closed = new Promise<void>((done) => server.close(() => done()))
  // A browser keeps its connection after the last answer; only an idle one may be closed.
  const idle = setInterval(() => server.closeIdleConnections(), 100)
  const late = setTimeout(() => server.closeAllConnections(), DRAIN_MS)
  await closed
  clearInterval(idle)
  clearTimeout(late)
}
