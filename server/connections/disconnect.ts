import type { Tx } from '#server/platform/database.ts'
import type { Deps } from '#server/platform/deps.ts'
import { statesBefore } from './model.ts'
import { destroySecret } from './store.ts'

/** Ends a person's connection and destroys its secret. CalDAV knows no revocation: what we held is gone, which is all there is to do. */
export const endConnection = (
  deps: Deps,
  tx: Tx,
  workspaceId: string,
  userId: string,
  connectionId: string,
): Promise<boolean> =>
  destroySecret(tx, workspaceId, connectionId, userId, statesBefore('disconnect'), deps.now())
