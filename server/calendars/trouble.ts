import { MINUTE, type Instant } from '#core/time/model.ts'
import { markBroken } from '#server/connections/mark.ts'
import { reasonOf } from '#server/connections/reason.ts'
import type { Opened } from '#server/connections/session.ts'
import { tellOwner } from '#server/connections/tell-owner.ts'
import type { Tx } from '#server/platform/database.ts'
import type { Deps } from '#server/platform/deps.ts'
import { AccessRevoked, CursorExpired, SlowDown } from '#server/providers/provider.ts'
import { STALE_AFTER } from './model.ts'
import { raiseVersions, saveTrouble, type Claim } from './store.ts'

/** Another full read is needed, but the last one has only just been. */
export class TooSoon extends CursorExpired {
  readonly wait: number
  constructor(message: string, wait: number) {
    super(message)
    this.wait = wait
  }
}

// The next look is the retry, so it must not drift away: once the fault is over, the copy is right again within this (I10).
const LONGEST_WAIT = 5 * MINUTE

/** One of the world's faults stands on the calendar where its owner sees it; the copy stays, and ages. A bug is thrown on. */
export async function saveFault(
  deps: Deps,
  claim: Claim,
  opened: Opened | null,
  error: unknown,
): Promise<void> {
  const now = deps.now()
  const reason = reasonOf(error)
  const refused = error instanceof AccessRevoked
  await deps.db.inWorkspace(claim.workspaceId, async (tx) => {
    const broken =
      refused && opened !== null && (await breakWith(deps, tx, claim.workspaceId, claim.connectionId, opened))
    // The owner has entered a new password, or ended the connection, while the old one was being tried: no fault of theirs.
    const overtaken = refused && !broken
    const held = await saveTrouble(
      tx,
      claim,
      overtaken ? null : (reason ?? 'bad-answer'),
      overtaken ? null : now + waitAfter(deps, claim, error),
    )
    if (held && !refused && reason && turnsStale(claim, now))
      await tellOwner(deps, tx, {
        kind: 'stale',
        workspaceId: claim.workspaceId,
        connectionId: claim.connectionId,
        userId: claim.userId,
        account: claim.account,
        provider: claim.provider,
        calendar: claim.name,
        since: claim.syncedAt!,
        reason,
      })
  })
  if (reason === null) throw error
  deps.log.info({ calendar: claim.calendarId, reason, failures: claim.failures + 1 }, 'calendar not read')
}

/** The same outside a sync: somebody asked the provider something else and was turned away. */
export async function saveRefusal(
  deps: Deps,
  workspaceId: string,
  connectionId: string,
  opened: Opened,
): Promise<void> {
  await deps.db.inWorkspace(workspaceId, (tx) => breakWith(deps, tx, workspaceId, connectionId, opened))
}

async function breakWith(
  deps: Deps,
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  { triedSecret }: Opened,
): Promise<boolean> {
  const broken = await markBroken(deps, tx, {
    workspaceId,
    connectionId,
    triedSecret,
    reason: 'wrong-password',
  })
  if (broken) await raiseVersions(tx, workspaceId, [broken.userId])
  return broken !== null
}

function waitAfter(deps: Deps, claim: Claim, error: unknown): number {
  if (error instanceof TooSoon) return error.wait
  // A little later for each, so that a server that comes back is not met by everybody at once (C03).
  const spread = 1 + Math.random() / 5
  if (error instanceof SlowDown) return error.retryAfter * spread
  return (
    Math.min(
      MINUTE * 2 ** Math.min(claim.failures, 10),
      Math.max(LONGEST_WAIT, deps.config.syncMinutes * MINUTE),
    ) * spread
  )
}

/** Whether this is the first look since the copy grew too old to be trusted: the owner is told once. */
function turnsStale({ syncedAt, triedBefore }: Claim, now: Instant): boolean {
  if (syncedAt === null) return false
  const staleAt = syncedAt + STALE_AFTER
  return now >= staleAt && (triedBefore === null || triedBefore < staleAt)
}
