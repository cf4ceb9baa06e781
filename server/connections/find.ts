import type { Tx } from '#server/platform/database.ts'
import type { ConnectionRow } from './model.ts'
import { findConnection, findGrants, findIdentity, findLive, readConsent } from './store.ts'

/** The accounts a person has connected now, whatever state they are in, the first one first. */
export const findLiveAccounts = (tx: Tx, workspaceId: string, userId: string): Promise<ConnectionRow[]> =>
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

/** Who the account is at its provider, as far as a first yes has said so. */
export const findAccountIdentity = async (tx: Tx, workspaceId: string, connectionId: string) =>
  (await findIdentity(tx, workspaceId, connectionId)) ?? { issuer: null, subject: null }

/** What a connection may be used for: its calendar, its mailbox. */
export const findUses = (tx: Tx, workspaceId: string, connectionId: string) =>
  findGrants(tx, workspaceId, connectionId)

/** The disclosure that its owner accepted when they connected (S-075). */
export const findConsent = (tx: Tx, workspaceId: string, userId: string, connectionId: string) =>
  readConsent(tx, workspaceId, userId, connectionId)
