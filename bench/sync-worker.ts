import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { savePage } from '#server/calendars/save-page.ts'
import { claimCalendar, rewind, type Claim } from '#server/calendars/store.ts'
import { syncCalendar } from '#server/calendars/sync.ts'
import { LEASE, windowFrom } from '#server/calendars/model.ts'
import { toRows } from '#server/calendars/copy.ts'
import { saveConnection } from '#server/connections/save.ts'
import { openConnection } from '#server/connections/session.ts'
import { enterCalendars } from '#server/calendars/enter.ts'
import { open } from '#server/open.ts'
import { readConfig } from '#server/platform/config.ts'
import type { Deps } from '#server/platform/deps.ts'
import type { Page } from '#server/providers/provider.ts'
import { aConnection, ask, remoteCalendar } from '#tests/connected.ts'
import type { ServerReady } from './sync-server.ts'

export type SyncFigures = {
  idleMegabytes: number
  peakMegabytes: number
  whole: number
  /** Requests to the provider. */
  firstCalls: number
  pulling: number
  saving: number
  floor: number
  statementsAPage: number
  oneChange: { ms: number; rows: number; calls: number }
  noChange: { ms: number; cpu: number; rows: number; statements: number; calls: number }
}
export type Asked = ServerReady & { data: string; events: number }

const HOUR = 3_600_000
const LOOKS = 100

// The program as it runs, with its own database, and nothing else in its process.
process.once(
  'message',
  (asked: Asked) => void measure(asked).then((figures) => process.send!(figures, () => process.exit(0))),
)

let moved: () => void = () => undefined
let counted: (calls: number) => void = () => undefined
process.on('message', (message: unknown) => {
  if (message === 'moved') moved()
  else if (typeof message === 'object' && message !== null && 'calls' in message) counted(message.calls as number)
})

/** How often the provider was asked since the last time. */
const calls = (): Promise<number> =>
  new Promise((done) => {
    counted = done
    process.send!({ calls: true })
  })

async function connected(deps: Deps, who: { workspaceId: string; userId: string }, { provider, address, calendar, user, password, tokens }: Asked) {
  const calendars = [remoteCalendar(calendar)]
  if (provider === 'caldav' || !tokens) return aConnection(deps, who, { address, user, password, calendars })
  const { workspaceId, userId } = who
  return deps.db.inWorkspace(workspaceId, async (tx) => {
    const saved = await saveConnection(deps, tx, {
      workspaceId,
      userId,
      provider,
      account: user,
      tokens: { ...tokens, expiresAt: deps.now() + HOUR, diesAt: null, scopes: [] },
      identity: { issuer: address, subject: user, email: user },
      mail: false,
      consent: { textVersion: 'bench', locale: 'en' },
      scopes: [],
      capabilities: { read: true, write: true, cancel: true, reschedule: true, push: false, freshBusy: true },
    })
    if (saved.kind !== 'saved') throw new Error(`the account was not connected: ${saved.kind}`)
    await enterCalendars(deps, tx, workspaceId, userId, saved.connectionId, calendars)
    const [row] = await tx.prepared<{ calendar_id: string }>('', 'select calendar_id from calendars where connection_id = $1', [saved.connectionId])
    return { connectionId: saved.connectionId, calendarId: row!.calendar_id }
  })
}

async function measure(asked: Asked): Promise<SyncFigures> {
  const { data, events, calendar } = asked
  const opened = await open(readConfig({ RITROVO_DATA: data, RITROVO_LOG_LEVEL: 'silent', RITROVO_URL: 'http://localhost:3000', ...asked.settings }))
  const { deps } = opened
  const who = await someone(deps)
  const { connectionId, calendarId } = await connected(deps, who, asked)
  const sync = () => syncCalendar.run(deps, { workspaceId: who.workspaceId, calendarId })
  await sleep(500)
  const idleMegabytes = rss()
  const memory = watchMemory()

  await calls()
  const whole = await timed(sync)
  const firstCalls = await calls()
  const rows = async () =>
    new Map(
      (
        await ask<{ uid: string; x: string }>(
          deps,
          who.workspaceId,
          'select uid, xmin::text as x from calendar_events',
        )
      ).map(({ uid, x }) => [uid, x]),
    )
  const written = (before: Map<string, string>, after: Map<string, string>) =>
    [...after].filter(([uid, x]) => before.get(uid) !== x).length
  const first = await rows()
  if (first.size !== events) throw new Error(`${first.size} of ${events} events arrived`)
  const peakMegabytes = memory.stop()

  const changed = new Promise<void>((done) => (moved = done))
  process.send!({ move: 77 })
  await changed
  await calls()
  const oneChange = { ms: await timed(sync), rows: written(first, await rows()), calls: await calls() }
  const second = await rows()
  const looks = await quiet(deps, sync)
  const noChange = { ...looks, rows: written(second, await rows()), calls: (await calls()) / (LOOKS + 1) }

  const pages: Page[] = []
  const pulling = await timed(async () => {
    const { session, provider } = await openConnection(deps, who.workspaceId, connectionId)
    const window = windowFrom(deps.now())
    for (let page: Page | null = null; page === null || page.more; pages.push(page))
      page = await provider.pull(session, calendar, page?.cursor ?? null, window)
  })
  const share = await savingShare(deps, who.workspaceId, calendarId, pages)
  const figures = { idleMegabytes, peakMegabytes, whole, firstCalls, pulling, ...share, oneChange, noChange }
  await opened.close()
  return figures
}

async function someone(deps: Deps) {
  const [workspaceId, userId, roleId] = [randomUUID(), randomUUID(), randomUUID()]
  await deps.db.inWorkspace(workspaceId, async (tx) => {
    await tx.prepared(
      '',
      `insert into workspaces (workspace_id, name, locale, zone) values ($1, 'Bench', 'en', 'Europe/Rome')`,
      [workspaceId],
    )
    await tx.prepared(
      '',
      `insert into roles (workspace_id, role_id, name, permissions) values ($1, $2, 'Member', '{}')`,
      [workspaceId, roleId],
    )
    await tx.prepared(
      '',
      `insert into users (workspace_id, user_id, email, email_key, name, slug, role_id, locale, zone) values ($1, $2, 'b@example.test', 'b@example.test', 'Bench', 'bench', $3, 'en', 'Europe/Rome')`,
      [workspaceId, userId, roleId],
    )
  })
  return { workspaceId, userId }
}

/** A sync with nothing new, a hundred times: what one takes of time, processor and statements. */
async function quiet(deps: Deps, sync: () => Promise<void>) {
  const times = LOOKS
  await sync()
  const { statements } = deps.db.counts()
  const cpu = process.cpuUsage()
  const ms = await timed(async () => {
    for (let i = 0; i < times; i++) await sync()
  })
  const used = process.cpuUsage(cpu)
  return {
    ms: ms / times,
    cpu: (used.user + used.system) / 1000 / times,
    statements: (deps.db.counts().statements - statements) / times,
  }
}

/** Our part alone, the pages already in hand, beside one statement that inserts the same rows into the same table. */
async function savingShare(deps: Deps, workspaceId: string, calendarId: string, pages: Page[]) {
  const fresh = async (): Promise<Claim> => {
    const now = deps.now()
    await ask(deps, workspaceId, 'delete from calendar_events')
    await ask(
      deps,
      workspaceId,
      `update calendars set synced_at = null, lease_until = null, wait_until = null, packed_busy = '', quarantined_at = null`,
    )
    const claim = (await deps.db.inWorkspace(workspaceId, (tx) =>
      claimCalendar(tx, workspaceId, calendarId, now, now + LEASE),
    ))!
    const window = windowFrom(now)
    const generation = (await deps.db.inWorkspace(workspaceId, (tx) =>
      rewind(tx, claim, { window, expired: false, doubt: null, now }),
    ))!
    return {
      ...claim,
      cursor: null,
      generation,
      refilling: true,
      windowStart: window.start,
      windowEnd: window.end,
    }
  }
  const saving: number[] = []
  const floor: number[] = []
  let statements = 0
  for (let round = 0; round < 7; round++) {
    await ask(deps, workspaceId, 'delete from calendar_events')
    floor.push(await timed(() => insertAtOnce(deps, workspaceId, calendarId, pages)))
    const claim = await fresh()
    const counted = deps.db.counts().statements
    saving.push(
      await timed(async () => {
        for (const page of pages) await savePage(deps, claim, page, { removed: 0 })
      }),
    )
    statements = (deps.db.counts().statements - counted) / pages.length
  }
  return { saving: median(saving), floor: median(floor), statementsAPage: statements }
}

function insertAtOnce(deps: Deps, workspaceId: string, calendarId: string, pages: Page[]): Promise<unknown> {
  const { put } = toRows(
    pages.flatMap(({ changes }) => changes),
    { blocksTentative: true, blocksUnanswered: true },
  )
  return ask(
    deps,
    workspaceId,
    `insert into calendar_events (workspace_id, calendar_id, event_key, remote_id, etag, uid, generation, busy, first_start, last_end, title, private, attendees, trouble)
     select $1, $2, sha256(convert_to(r.remote_id, 'UTF8')), r.remote_id, r.etag, r.uid, 1, r.busy, to_timestamp(r.first_start / 1000), to_timestamp(r.last_end / 1000), r.title, false, string_to_array(r.attendees, E'\\n'), null
     from unnest($3::text[], $4::text[], $5::text[], $6::bytea[], $7::float8[], $8::float8[], $9::text[], $10::text[]) as r(remote_id, etag, uid, busy, first_start, last_end, title, attendees)`,
    [
      workspaceId,
      calendarId,
      put.map((row) => row.remoteId),
      put.map((row) => row.etag),
      put.map((row) => row.uid),
      put.map((row) => Buffer.from(row.busy)),
      put.map((row) => row.firstStart),
      put.map((row) => row.lastEnd),
      put.map((row) => row.title),
      put.map((row) => row.attendees),
    ],
  )
}

const median = (list: number[]): number => list.toSorted((a, b) => a - b)[list.length >> 1]!
const rss = (): number => process.memoryUsage.rss() / 2 ** 20

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}

function watchMemory() {
  let most = rss()
  const timer = setInterval(() => (most = Math.max(most, rss())), 5)
  return {
    stop() {
      clearInterval(timer)
      return Math.max(most, rss())
    },
  }
}
