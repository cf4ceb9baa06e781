import { randomUUID } from 'node:crypto'
import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { Pool } from 'undici'
import { MINUTE } from '#core/time/model.ts'
import { freePort } from '../counterparts/started.ts'
import { aBookableHost, soon } from '../host.ts'

// Two whole servers on one database, as behind a load balancer: what one process could settle by itself, two must settle in PostgreSQL.
const MAIN = join(import.meta.dirname, '..', '..', 'dist', 'server', 'main.js')
const servers: { child: ChildProcess; pool: Pool }[] = []
let world: Awaited<ReturnType<typeof aBookableHost>>

beforeAll(async () => {
  world = await aBookableHost({ days: 700, whenUnreadable: { kind: 'close' } })
  const { host } = inject('cluster')
  const { database } = world.address as { database: string }
  for (let index = 0; index < 2; index++) {
    const port = await freePort()
    const child = spawn(process.execPath, [MAIN, 'start', '--only', 'web'], {
      env: { ...process.env, NODE_ENV: 'production', RITROVO_LOG_LEVEL: 'silent', PORT: String(port), RITROVO_DATA: world.folder, RITROVO_TRUST_PROXY: '127.0.0.1', RITROVO_EGRESS_ALLOW: `localhost:${world.server.port}`, DATABASE_URL: `postgres://postgres@localhost/${database}?host=${encodeURIComponent(host)}` },
      stdio: 'ignore',
    })
    const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 20 })
    servers.push({ child, pool })
    for (const until = Date.now() + 30_000; ; await sleep(50)) {
      if (child.exitCode !== null || Date.now() > until) throw new Error('a second server did not start')
      const answer = await pool.request({ method: 'GET', path: '/readyz' }).catch(() => null)
      await answer?.body.dump()
      if (answer?.statusCode === 200) break
    }
  }
}, 90_000)

afterAll(async () => {
  for (const { child, pool } of servers) {
    await pool.destroy()
    child.kill('SIGTERM')
    await new Promise((gone) => (child.exitCode === null ? child.once('exit', gone) : gone(null)))
  }
  await world?.stop()
})

let visitors = 0
async function post(server: number, start: number): Promise<number> {
  const n = visitors++
  const answer = await servers[server]!.pool.request({
    method: 'POST',
    path: `/api/public/${world.page.host}/${world.page.page}/bookings`,
    headers: { 'content-type': 'application/json', 'x-ritrovo': '1', 'x-forwarded-for': `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`, 'idempotency-key': randomUUID() },
    body: JSON.stringify({ start, zone: 'Europe/Rome', name: `Visitor ${n}`, email: `visitor${n}@example.test` }),
  })
  await answer.body.dump()
  return answer.statusCode
}

const overlaps = async (): Promise<number> => {
  const rows = await world.deps.db.inWorkspace(world.owner.workspaceId, (tx) => tx.prepared<{ n: number }>('', `select count(*)::int as n from occupancy a join occupancy b on a.host_id = b.host_id and a.occupancy_id < b.occupancy_id and a.during && b.during`, []))
  return rows[0]!.n
}

test('A02 ten thousand bookers over a hundred slots, forty connections, two processes: a hundred booked, everyone else refused, no fault, in the time two cores may take', { timeout: 180_000 }, async () => {
  const begin = soon(48)
  const counts: Record<number, number> = {}
  const begun = performance.now()
  let next = 0
  await Promise.all(
    Array.from({ length: 40 }, async (_, lane) => {
      while (next < 10_000) {
        const n = next++
        const status = await post(lane % 2, begin + ((n * 37) % 100) * 30 * MINUTE)
        counts[status] = (counts[status] ?? 0) + 1
      }
    }),
  )
  expect(counts).toEqual({ 201: 100, 409: 9900 })
  // A minute on a machine of their own; other tests run beside this one.
  expect(performance.now() - begun).toBeLessThan(120_000)
  expect(await overlaps()).toBe(0)
})

test('A01 two processes, a thousand rounds of one slot: one 201 and one 409 each time, never two', { timeout: 180_000 }, async () => {
  const begin = soon(48) + 200 * 30 * MINUTE
  const odd: string[] = []
  let next = 0
  // Three rounds side by side: the two of a round still meet, and neither server waits idle for the other.
  await Promise.all(
    Array.from({ length: 3 }, async () => {
      for (let round = next++; round < 1000; round = next++) {
        const answers = await Promise.all([post(0, begin + round * 30 * MINUTE), post(1, begin + round * 30 * MINUTE)])
        if (answers.toSorted((a, b) => a - b).join() !== '201,409') odd.push(`${round}: ${answers.join()}`)
      }
    }),
  )
  expect(odd).toEqual([])
  expect(await overlaps()).toBe(0)
})
