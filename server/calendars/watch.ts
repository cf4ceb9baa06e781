import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { DAY, HOUR, type Instant } from '#core/time/model.ts'
import { openConnection, type Opened } from '#server/connections/session.ts'
import { reasonOf } from '#server/connections/reason.ts'
import type { Config } from '#server/platform/config.ts'
import type { Tx } from '#server/platform/database.ts'
import type { Deps } from '#server/platform/deps.ts'
import type { Task } from '#server/platform/jobs.ts'
import { everyWorkspace } from '#server/platform/workspaces.ts'
import { AccessRevoked, NotFound, type ProviderName, type Watching } from '#server/providers/provider.ts'
import {
  deleteWatch,
  findCalendar,
  findLeftWatches,
  findUnwatched,
  findWatches,
  endWatches,
  insertWatch,
  saveWatch,
  type CalendarRow,
  type WatchRow,
} from './store.ts'
import { syncCalendar } from './sync.ts'
import { saveRefusal } from './trouble.ts'

// Graph's longest is 10,080 minutes; Google trusts its own answer, and so do we.
const ASK_FOR = 6 * DAY + 20 * HOUR
/** A new promise is asked for while the old one still has this long: two overlap, and no news falls between them (B14). */
const RENEW_BEFORE = DAY
const TRY_AGAIN_AFTER = HOUR

/** A provider can knock only at an address it can reach: in public over TLS, or where the operator has opened it for a practice one. */
export function canBeKnocked({ url, egressAllow }: Pick<Config, 'url' | 'egressAllow'>): boolean {
  const ours = URL.parse(url ?? '')
  if (!ours) return false
  const port = ours.port || (ours.protocol === 'https:' ? '443' : '80')
  if (egressAllow.includes(`${ours.hostname}:${port}`)) return true
  return ours.protocol === 'https:' && ours.hostname.includes('.') && !/^[\d.]+$|\.local$/.test(ours.hostname)
}

/** Where a watch knocks: which one it is, to be found behind row-level security. What proves it is the secret, not the address. */
export const knockToken = (workspaceId: string, watchId: string): string =>
  Buffer.from(`${workspaceId}${watchId}`.replaceAll('-', ''), 'hex').toString('base64url')

export function readKnockToken(token: string): { workspaceId: string; watchId: string } | null {
  const bytes = Buffer.from(token.slice(0, 60), 'base64url')
  if (bytes.length !== 32 || bytes.toString('base64url') !== token) return null
  const uuid = (hex: string) => hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  return { workspaceId: uuid(bytes.toString('hex', 0, 16)), watchId: uuid(bytes.toString('hex', 16)) }
}

export const secretHash = (secret: string): Buffer => createHash('sha256').update(secret).digest()

/** What a provider needs to end its promises; those it never answered about have no name there. */
export const findWatchesOf = (rows: WatchRow[]): { id: string; resource: string }[] =>
  rows.filter(({ remoteId }) => remoteId !== '').map(({ remoteId, resource }) => ({ id: remoteId, resource }))

/** Sees to it that a calendar is watched for at least a day to come: asks anew, prolongs, and ends what is no longer needed. */
export const watchCalendar: Task<{ workspaceId: string; calendarId: string; anew?: boolean }> = {
  name: 'calendars.watch',
  // What must be promised anew is not the same wish as what must only stand.
  key: ({ calendarId, anew }) => `${calendarId}${anew ? ' anew' : ''}`,
  width: 2,
  async run(deps, { workspaceId, calendarId, anew = false }) {
    const found = await deps.db.inWorkspace(workspaceId, async (tx) => ({
      calendar: await findCalendar(tx, workspaceId, calendarId),
      watches: await findWatches(tx, workspaceId, calendarId),
    }))
    const { calendar } = found
    if (!calendar || calendar.state !== 'connected' || !canBeKnocked(deps.config)) return
    if (!deps.providers[calendar.provider]?.watch) return
    const now = deps.now()
    const live = found.watches.filter(({ state, expiresAt }) => state === 'live' && (expiresAt ?? 0) > now)
    const lasting = live.find(({ expiresAt }) => expiresAt! > now + RENEW_BEFORE)
    const over = found.watches.some(({ state }) => state === 'ending')
    if (lasting && !anew && !over) return
    let opened: Opened | null = null
    try {
      opened = await openConnection(deps, workspaceId, calendar.connectionId, { feature: 'watch' })
      const watching = opened.provider.watch!
      const standing = lasting && !anew ? lasting : null
      const prolonged = standing ?? live[0]
      const kept =
        prolonged && (standing || (await prolong(deps, workspaceId, opened, watching, prolonged)))
          ? prolonged.watchId
          : await start(deps, workspaceId, opened, watching, calendar)
      await endOthers(deps, workspaceId, opened, watching, found.watches, kept)
    } catch (error) {
      // The poll goes on underneath; the next round tries again.
      const reason = reasonOf(error)
      if (reason === null) throw error
      if (error instanceof AccessRevoked && opened)
        await saveRefusal(deps, workspaceId, calendar.connectionId, opened)
      deps.log.info({ calendar: calendarId, reason }, 'a calendar is not watched; it is polled')
    }
  },
}

/** True where the provider lets a promise be made longer; one that is gone there is not missed here. */
async function prolong(
  deps: Deps,
  workspaceId: string,
  { session }: Opened,
  watching: Watching,
  { watchId, remoteId, resource, expiresAt }: WatchRow,
): Promise<boolean> {
  if (!watching.renew) return false
  try {
    const watch = { id: remoteId, resource, until: expiresAt ?? 0 }
    const longer = await watching.renew(session, watch, deps.now() + ASK_FOR)
    return await deps.db.inWorkspace(workspaceId, (tx) => saveWatch(tx, workspaceId, watchId, longer))
  } catch (error) {
    if (error instanceof NotFound) return false
    throw error
  }
}

async function start(
  deps: Deps,
  workspaceId: string,
  { session }: Opened,
  watching: Watching,
  calendar: CalendarRow,
): Promise<string> {
  const watchId = randomUUID()
  const secret = randomBytes(32).toString('base64url')
  await deps.db.inWorkspace(workspaceId, (tx) =>
    insertWatch(tx, workspaceId, {
      watchId,
      calendarId: calendar.calendarId,
      connectionId: calendar.connectionId,
      secretHash: secretHash(secret),
      now: deps.now(),
    }),
  )
  const address = `${deps.config.url}/push/${calendar.provider}/${knockToken(workspaceId, watchId)}`
  const watch = await watching.start(session, calendar.remoteId, {
    id: watchId,
    address,
    lifecycle: address,
    secret,
    until: deps.now() + ASK_FOR,
  })
  const kept = await deps.db.inWorkspace(workspaceId, (tx) => saveWatch(tx, workspaceId, watchId, watch))
  // Of what changed between the last look and this promise nobody tells us: one more look follows it.
  if (kept) await deps.jobs.enqueue(null, syncCalendar, { workspaceId, calendarId: calendar.calendarId })
  // Disconnected while we asked: nobody would ever end it.
  else await watching.stop(session, watch)
  return watchId
}

/** Only once the new one stands: better two knocks than none (B14). */
async function endOthers(
  deps: Deps,
  workspaceId: string,
  { session }: Opened,
  watching: Watching,
  rows: WatchRow[],
  kept: string,
): Promise<void> {
  for (const row of rows) {
    if (row.watchId === kept) continue
    await deps.db.inWorkspace(workspaceId, (tx) => endWatches(tx, workspaceId, { watchId: row.watchId }))
    if (row.remoteId !== '')
      await watching.stop(session, { id: row.remoteId, resource: row.resource, until: row.expiresAt ?? 0 })
    await deps.db.inWorkspace(workspaceId, (tx) => deleteWatch(tx, workspaceId, row.watchId))
  }
}

/** Ends promises of an account that stays, for calendars that are no longer read. */
export const unwatchTask: Task<{
  workspaceId: string
  connectionId: string
  watches: { id: string; resource: string }[]
}> = {
  name: 'calendars.unwatch',
  async run(deps, { workspaceId, connectionId, watches }) {
    const { session, provider } = await openConnection(deps, workspaceId, connectionId, { feature: 'watch' })
    for (const { id, resource } of watches) await provider.watch?.stop(session, { id, resource, until: 0 })
  },
}

/** A calendar that is no longer read is no longer watched. */
export async function unwatch(
  deps: Deps,
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  calendarId: string,
): Promise<void> {
  const watches = findWatchesOf(await endWatches(tx, workspaceId, { calendarId }))
  if (watches.length > 0) await deps.jobs.enqueue(tx, unwatchTask, { workspaceId, connectionId, watches })
}

/** Every ten minutes: calendars that nobody watches into tomorrow, and promises whose end was missed. */
export const watchOverTask: Task = {
  name: 'calendars.watch-over',
  cron: '*/10 * * * *',
  async run(deps) {
    const now = deps.now()
    const pushing = Object.entries(deps.providers).flatMap(([name, provider]) =>
      provider.watch ? [name as ProviderName] : [],
    )
    for (const workspaceId of await everyWorkspace(deps.db)) {
      await tidy(deps, workspaceId, now)
      if (!canBeKnocked(deps.config) || pushing.length === 0) continue
      const due = await deps.db.inWorkspace(workspaceId, (tx) =>
        findUnwatched(tx, workspaceId, pushing, now + RENEW_BEFORE, now - TRY_AGAIN_AFTER),
      )
      for (const { calendarId } of due)
        await deps.jobs.enqueue(null, watchCalendar, { workspaceId, calendarId })
    }
  },
}

async function tidy(deps: Deps, workspaceId: string, now: Instant): Promise<void> {
  await deps.db.inWorkspace(workspaceId, async (tx) => {
    for (const { watchId } of await findLeftWatches(tx, workspaceId, now))
      await deleteWatch(tx, workspaceId, watchId)
  })
}
