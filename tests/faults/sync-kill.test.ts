import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fromBytes } from '#core/time/busy.ts'
import { DAY, HOUR, MINUTE } from '#core/time/model.ts'
import { LEASE } from '#server/calendars/model.ts'
import { caldav } from '#server/providers/caldav/caldav.ts'
import { aConnection, anOwner, ask, remoteCalendar, vevent } from '#tests/connected.ts'
import { startRadicale, type CalendarServer } from '#tests/counterparts/radicale.ts'
import { aWorkspace, freshDatabase } from '#tests/database.ts'
import type { Order } from './sync-child.ts'

const EVENTS = 610
let radicale: CalendarServer
let starts: number[]
beforeAll(async () => {
  radicale = await startRadicale()
  const first = Math.ceil(Date.now() / HOUR) * HOUR + DAY
  starts = Array.from({ length: EVENTS }, (_, n) => first + n * HOUR)
  await anOwner(radicale, 'work').putAll(starts.map((start, n) => vevent(`e${n}`, start, start + MINUTE)))
})
afterAll(() => radicale.stop())

async function setting() {
  const allow = `localhost:${radicale.port}`
  const { deps, address, folder } = await freshDatabase(
    { RITROVO_EGRESS_ALLOW: allow },
    { providers: { caldav } },
  )
  const who = await aWorkspace(deps)
  const path = `/${radicale.user}/work/`
  const { calendarId } = await aConnection(deps, who, {
    address: `${radicale.url}${radicale.user}/`,
    user: radicale.user,
    password: radicale.password,
    calendars: [remoteCalendar(path)],
  })
  const { workspaceId } = who
  const row = async () =>
    (
      await ask<{
        cursor: string | null
        synced_at: number | null
        generation: number
        fence: number
        packed_busy: Buffer
        rows: number
      }>(deps, workspaceId, 'select c.*, (select count(*) from calendar_events) as rows from calendars c')
    )[0]!
  let later = 0
  /** A worker that ends by itself, by the failpoint, or stands still at it. */
  const worker = (failpoint?: string) => {
    const order: Order = { address, folder, allow, workspaceId, calendarId, later }
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, 'sync-child.ts'), JSON.stringify(order)],
      {
        env: { ...process.env, NODE_ENV: 'test', ...(failpoint ? { RITROVO_FAILPOINT: failpoint } : {}) },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    )
    let words = ''
    child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()))
    const ended = new Promise<{ code: number | null; signal: string | null; words: string }>((done) =>
      child.once('close', (code, signal) => done({ code, signal, words })),
    )
    return { child, ended }
  }
  const busy = async () => [...fromBytes((await row()).packed_busy).starts].slice(0, -1)
  return { deps, workspaceId, calendarId, row, worker, busy, pass: (ms: number) => (later += ms) }
}

test(
  'B06 a worker killed between pages is followed by one that goes on where the last page was saved',
  { timeout: 120_000 },
  async () => {
    const s = await setting()
    expect((await s.worker('sync_page_n=kill9@3').ended).signal).toBe('SIGKILL')
    const killed = await s.row()
    expect(killed.rows).toBeGreaterThan(0)
    expect(killed.rows).toBeLessThan(EVENTS)
    expect(killed).toMatchObject({ synced_at: null, generation: 1 })

    // The dead worker's lease has to run out first: nobody else may write before.
    expect((await s.worker().ended).code).toBe(0)
    expect((await s.row()).rows).toBe(killed.rows)
    s.pass(LEASE)
    expect((await s.worker().ended).code).toBe(0)
    expect(await s.row()).toMatchObject({ rows: EVENTS, generation: 1 })
    expect(await s.busy()).toEqual(starts)
  },
)

test(
  'B07 killed between the rows and the cursor, or between the cursor and the commit, neither is there',
  { timeout: 120_000 },
  async () => {
    for (const point of ['sync_before_cursor=kill9@2', 'sync_after_cursor=kill9@2']) {
      const s = await setting()
      expect((await s.worker('sync_page_n=kill9@2').ended).signal).toBe('SIGKILL')
      const first = await s.row()
      s.pass(LEASE)
      expect((await s.worker(point.replace('@2', '@1')).ended).signal).toBe('SIGKILL')
      expect(await s.row()).toMatchObject({ rows: first.rows, cursor: first.cursor })
      s.pass(LEASE)
      await s.worker().ended
      expect(await s.busy()).toEqual(starts)
    }
  },
)

test(
  'B26 a worker that was stopped for longer than its lease wakes up and can write nothing',
  { timeout: 120_000 },
  async () => {
    const s = await setting()
    const zombie = s.worker('sync_page_n=stop@3')
    for (let tries = 0; (await s.row()).rows < 400 && tries < 200; tries++) await sleep(50)
    const stopped = await s.row()
    s.pass(LEASE)
    expect((await s.worker().ended).code).toBe(0)
    const done = await s.row()
    expect(done).toMatchObject({ rows: EVENTS, fence: stopped.fence + 1 })

    zombie.child.kill('SIGCONT')
    expect(await zombie.ended).toMatchObject({ code: 0 })
    expect(await s.row()).toEqual(done)
  },
)
