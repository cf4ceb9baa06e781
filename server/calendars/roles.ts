import type { Scope } from '#server/accounts/gate.ts'
import { findConnectionOf, findLiveAccounts } from '#server/connections/find.ts'
import { giveRoles } from '#server/connections/save.ts'
import type { Role } from '#server/connections/model.ts'
import type { Deps } from '#server/platform/deps.ts'
import { moveDestination } from './leave.ts'
import { findCalendarsOf, raiseVersions } from './store.ts'
import { syncCalendar } from './sync.ts'

export type RolesOutcome = { kind: 'changed' } | { kind: 'not-found' } | { kind: 'one-account' }

/** What one of several accounts is used for. A single account does everything, and a pair is used as it came. */
export async function changeRoles(
  deps: Deps,
  { workspaceId, userId, workspace }: Scope,
  connectionId: string,
  roles: Role[],
): Promise<RolesOutcome> {
  return deps.db.inWorkspace(workspaceId, async (tx): Promise<RolesOutcome> => {
    const found = await findConnectionOf(tx, workspaceId, userId, connectionId)
    if (!found) return { kind: 'not-found' }
    const live = await findLiveAccounts(tx, workspaceId, userId)
    if (!workspace.severalAccounts && live.length < 2) return { kind: 'one-account' }
    if (found.legacy) return { kind: 'one-account' }
    await giveRoles(tx, workspaceId, connectionId, roles)
    await moveDestination(tx, workspaceId, userId)
    for (const { calendarId, checked } of await findCalendarsOf(tx, workspaceId, connectionId))
      if (checked) await deps.jobs.enqueue(tx, syncCalendar, { workspaceId, calendarId })
    await raiseVersions(tx, workspaceId, [userId])
    return { kind: 'changed' }
  })
}
