import { timingSafeEqual } from 'node:crypto'
import { MINUTE, type Instant } from '#core/time/model.ts'
import type { Deps } from '#server/platform/deps.ts'
import type { ProviderName } from '#server/providers/provider.ts'
import { deleteWatch, endWatches, findWatch, saveKnock } from './store.ts'
import { syncCalendar } from './sync.ts'
import { readKnockToken, secretHash, watchCalendar } from './watch.ts'

export type Knock = {
  provider: ProviderName
  token: string
  secret: string
  /** What became of the promise itself, where the provider tells (B15). */
  lifecycle: 'reauthorizationRequired' | 'subscriptionRemoved' | 'missed' | null
}

type Known = { workspaceId: string; watchId: string; calendarId: string; secretHash: Buffer; until: Instant }

// Who a watch is hardly changes: a storm of ten thousand knocks must not become as many questions (B12).
const KNOWN_FOR = MINUTE
const MOST_KNOWN = 5_000
const known = new Map<string, Known>()

// One knock at once, the last of a flurry a moment later: a change between the two is not missed, and a hundred make two pulls (B09).
const FLURRY = 1_000
const flurries = new Map<string, { again: boolean }>()

// As much work as the right secret costs, for a watch that does not exist (B13).
const NOBODY = Buffer.alloc(32)

/** A provider says that something changed; nothing it says beyond that is believed. False when it could not prove who it is. */
export async function knock(deps: Deps, { provider, token, secret, lifecycle }: Knock): Promise<boolean> {
  const watch = await whichWatch(deps, provider, token)
  const proven = timingSafeEqual(secretHash(secret), watch?.secretHash ?? NOBODY)
  if (!watch || !proven) return false
  if (lifecycle !== null) await afterLifecycle(deps, watch, lifecycle)
  else await changed(deps, watch)
  return true
}

async function whichWatch(deps: Deps, provider: ProviderName, token: string): Promise<Known | null> {
  const now = deps.now()
  const remembered = known.get(token)
  if (remembered && remembered.until > now) return remembered
  const read = readKnockToken(token)
  if (!read) return null
  const { workspaceId, watchId } = read
  const row = await deps.db.inWorkspace(workspaceId, (tx) => findWatch(tx, workspaceId, watchId))
  // A knock may come before the answer that made the promise; a promise that was taken back is heard no more.
  if (!row || row.provider !== provider || (row.state !== 'asked' && row.state !== 'live')) return null
  if (known.size >= MOST_KNOWN) known.clear()
  const found = {
    workspaceId,
    watchId,
    calendarId: row.calendarId,
    secretHash: row.secretHash,
    until: now + KNOWN_FOR,
  }
  known.set(token, found)
  return found
}

async function changed(deps: Deps, watch: Known): Promise<void> {
  const flurry = flurries.get(watch.watchId)
  if (flurry) {
    flurry.again = true
    return
  }
  flurries.set(watch.watchId, { again: false })
  setTimeout(() => {
    const over = flurries.get(watch.watchId)
    flurries.delete(watch.watchId)
    if (over?.again)
      pass(deps, watch).catch((error: unknown) =>
        deps.log.warn({ err: error }, 'a knock was lost; the poll makes up for it'),
      )
  }, FLURRY).unref()
  await pass(deps, watch)
}

async function pass(deps: Deps, { workspaceId, watchId, calendarId }: Known): Promise<void> {
  await deps.db.inWorkspace(workspaceId, async (tx) => {
    await saveKnock(tx, workspaceId, watchId, calendarId, deps.now())
    await deps.jobs.enqueue(tx, syncCalendar, { workspaceId, calendarId })
  })
}

async function afterLifecycle(
  deps: Deps,
  watch: Known,
  event: NonNullable<Knock['lifecycle']>,
): Promise<void> {
  const { workspaceId, watchId, calendarId } = watch
  await deps.db.inWorkspace(workspaceId, async (tx) => {
    if (event === 'subscriptionRemoved') {
      // It is gone there: a new one, and a look at what happened in between.
      await endWatches(tx, workspaceId, { watchId })
      await deleteWatch(tx, workspaceId, watchId)
    }
    if (event !== 'missed')
      await deps.jobs.enqueue(tx, watchCalendar, { workspaceId, calendarId, anew: true })
    if (event !== 'reauthorizationRequired')
      await deps.jobs.enqueue(tx, syncCalendar, { workspaceId, calendarId })
  })
  if (event === 'subscriptionRemoved')
    for (const [token, one] of known) if (one.watchId === watchId) known.delete(token)
}
