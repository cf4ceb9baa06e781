import type { Tx } from '#server/platform/database.ts'
import { findContactId } from './store.ts'

/** The contact with this address, if we know one. */
export const knownContact = (tx: Tx, workspaceId: string, email: string): Promise<string | null> =>
  findContactId(tx, workspaceId, email)
