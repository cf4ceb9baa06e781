import type { Scope } from '#server/accounts/gate.ts'
import { endConnection, endUse } from '#server/connections/disconnect.ts'
import { findConnectionOf, findUses } from '#server/connections/find.ts'
import type { Tx } from '#server/platform/database.ts'
import type { Deps } from '#server/platform/deps.ts'
import { forgetCopies, leave, moveDestination } from './leave.ts'
import { countWhatRemains, endWatches, findDestination, raiseVersions } from './store.ts'
import { findWatchesOf, unwatchTask } from './watch.ts'

export type DisconnectOutcome =
  | { kind: 'disconnected'; offlinePages: number; keptMeetings: number }
  | { kind: 'not-found' }

type Whose = Pick<Scope, 'workspaceId' | 'userId'>

/**
 * Destroys the secret and our copy of the calendars (J08). What people have booked stays, here and in the calendar; the choice of
 * calendars stays too, for the day the same account comes back.
 */
export const disconnect = (deps: Deps, whose: Whose, connectionId: string): Promise<DisconnectOutcome> =>
  deps.db.inWorkspace(whose.workspaceId, (tx) => disconnectIn(deps, tx, whose, connectionId))

/** The same inside a caller's transaction. */
export async function disconnectIn(
  deps: Deps,
  tx: Tx,
  { workspaceId, userId }: Whose,
  connectionId: string,
): Promise<DisconnectOutcome> {
  const remains = await countWhatRemains(tx, workspaceId, userId, connectionId, deps.now())
  const farewell = await endConnection(deps, tx, workspaceId, userId, connectionId)
  if (!farewell) return { kind: 'not-found' }
  await leave(deps, tx, workspaceId, userId, [farewell])
  return counted(tx, workspaceId, userId, remains)
}

/** Pages go offline only when no other account takes over. */
async function counted(
  tx: Tx,
  workspaceId: string,
  userId: string,
  remains: { pages: number; meetings: number },
): Promise<DisconnectOutcome> {
  const standing = await findDestination(tx, workspaceId, userId)
  return { kind: 'disconnected', offlinePages: standing ? 0 : remains.pages, keptMeetings: remains.meetings }
}

/** S-024, S-111: the calendar alone; its mailbox stays linked. Without one there is nothing left to keep. */
export async function disconnectCalendar(
  deps: Deps,
  scope: Whose,
  connectionId: string,
): Promise<DisconnectOutcome> {
  const { workspaceId, userId } = scope
  return deps.db.inWorkspace(workspaceId, async (tx): Promise<DisconnectOutcome> => {
    const found = await findConnectionOf(tx, workspaceId, userId, connectionId)
    const uses = found ? await findUses(tx, workspaceId, connectionId) : []
    if (!found || !uses.includes('calendar')) return { kind: 'not-found' }
    if (!uses.includes('mail')) return disconnectIn(deps, tx, scope, connectionId)
    const remains = await countWhatRemains(tx, workspaceId, userId, connectionId, deps.now())
    await endUse(deps, tx, workspaceId, userId, connectionId, 'calendar')
    await forgetCopies(tx, workspaceId, connectionId)
    const watches = findWatchesOf(await endWatches(tx, workspaceId, { connectionId }))
    if (watches.length > 0) await deps.jobs.enqueue(tx, unwatchTask, { workspaceId, connectionId, watches })
    await moveDestination(tx, workspaceId, userId)
    await raiseVersions(tx, workspaceId, [userId])
    return counted(tx, workspaceId, userId, remains)
  })
}

/** S-024: the mailbox alone; the calendar survives. */
export async function unlinkMailbox(
  deps: Deps,
  scope: Whose,
  connectionId: string,
): Promise<{ kind: 'unlinked' } | { kind: 'not-found' }> {
  const { workspaceId, userId } = scope
  return deps.db.inWorkspace(workspaceId, async (tx) => {
    const found = await findConnectionOf(tx, workspaceId, userId, connectionId)
    const uses = found ? await findUses(tx, workspaceId, connectionId) : []
    if (!uses.includes('mail')) return { kind: 'not-found' }
    if (uses.includes('calendar')) await endUse(deps, tx, workspaceId, userId, connectionId, 'mail')
    else await disconnectIn(deps, tx, scope, connectionId)
    return { kind: 'unlinked' }
  })
}
