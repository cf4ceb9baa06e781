import type { Scope } from '#server/accounts/gate.ts'
import type { Deps } from '#server/platform/deps.ts'
import { healthOf, type Connection } from './model.ts'
import { listOf } from './store.ts'

/** My connections with their calendars; what is disconnected is not among them. */
export async function listConnections(
  deps: Deps,
  { workspaceId, userId }: Scope,
  connectionId: string | null = null,
): Promise<Connection[]> {
  const now = deps.now()
  const rows = await deps.db.inWorkspace(workspaceId, (tx) =>
    listOf(tx, workspaceId, userId, connectionId, now),
  )
  return [...Map.groupBy(rows, (row) => row.id).values()].map((mine) => {
    const { calendar: _, watched, ...connection } = mine[0]!
    const calendars = mine.flatMap(({ calendar }) =>
      calendar ? { ...calendar, health: healthOf(now, connection.state, calendar) } : [],
    )
    // Whatever was read to its end proves the account as well as a sign-in does.
    const proofs = [connection.verifiedAt, ...calendars.map(({ syncedAt }) => syncedAt)].filter(
      (proof) => proof !== null,
    )
    return {
      ...connection,
      verifiedAt: proofs.length === 0 ? null : Math.max(...proofs),
      calendars,
      push: watched ? ('live' as const) : ('polling' as const),
    }
  })
}

export async function getConnection(
  deps: Deps,
  scope: Scope,
  connectionId: string,
): Promise<Connection | null> {
  return (await listConnections(deps, scope, connectionId))[0] ?? null
}
