import { createAdaptorServer } from '@hono/node-server'
import type { Server } from 'node:http'
import { issueSetupKey } from './accounts/set-up.ts'
import { createApp } from './app.ts'
import { effectsAtRest } from './bookings/effects.ts'
import { recheckTask } from './bookings/recheck.ts'
import { sweepEffectsTask } from './bookings/effects.ts'
import { open } from './open.ts'
import { tasks } from './worker.ts'
import type { Config } from '#server/platform/config.ts'
import type { Deps } from '#server/platform/deps.ts'

export type Started = { url: string; stop(): Promise<void> }

const DRAIN_MS = 15_000

/** One process: web, worker or (by default) both, on the database that the config names. */
export async function start(config: Config, options: { only?: 'web' | 'worker'; fill?: (deps: Deps) => Promise<void>; notice?: string[]; say?: (line: string) => void } = {}): Promise<Started> {
  const { deps, close } = await open(config)
  if (options.only !== 'web') {
    await deps.jobs.work(deps, tasks)
    // What an earlier process left undone is taken up at once, not at the next full minute.
    for (const task of [sweepEffectsTask, recheckTask]) await deps.jobs.enqueue(null, task, {})
  }
  const server = options.only === 'worker' ? null : await listen(deps, config)
  const address = server?.address()
  const port = typeof address === 'object' && address ? address.port : config.port
  const url = config.url ?? `http://localhost:${port}`
  if (server) {
    deps.config.url ??= url
    await options.fill?.(deps)
    const key = await issueSetupKey(deps)
    deps.log.info({ url }, 'ready')
    const say = options.say ?? deps.log.notice
    if (key) say(`Open ${url}/setup?k=${key} to begin (valid for one hour, once).`)
    else say(`Ritrovo is at ${url}`)
    for (const sentence of options.notice ?? []) deps.log.notice(sentence)
    if (!config.smtp) say(`No mail server is set: letters wait in the practice mailbox, ${url}/app/outbox`)
  }
  let stopping: Promise<void> | null = null
  return {
    url,
    stop: () =>
      (stopping ??= (async () => {
        if (server) await drain(server)
        await effectsAtRest()
        await close()
      })()),
  }
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
  server.closeIdleConnections()
  const late = setTimeout(() => server.closeAllConnections(), DRAIN_MS)
  await closed
  clearTimeout(late)
}
