import type { Tx } from '#server/platform/database.ts'
import type { ConnectionRow } from './model.ts'
import { findConnection, findLive, readConsent } from './store.ts'

/** The account a person has connected now, whatever state it is in; one at a time (S-014). */
export const findLiveAccount = (tx: Tx, workspaceId: string, userId: string): Promise<ConnectionRow | null> =>
  findLive(tx, workspaceId, userId)

/** A connection of this person's own that has not ended. */
export async function findConnectionOf(
  tx: Tx,
  workspaceId: string,
  userId: string,
  connectionId: string,
): Promise<ConnectionRow | null> {
  const found = await findConnection(tx, workspaceId, connectionId)
  return found && found.userId === userId && found.state !== 'disconnected' ? found : null
}

/** The disclosure that its owner accepted when they connected (S-075). */
export const findConsent = (tx: Tx, workspaceId: string, userId: string, connectionId: string) =>
  readConsent(tx, workspaceId, userId, connectionId)
