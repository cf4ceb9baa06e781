import type { Scope } from '#server/accounts/gate.ts'
import {
  accountsAt,
  changeSharedInbox,
  enterSharedInbox,
  findSharedInboxes,
  removeSharedInbox,
  type SharedInbox,
  type SharedInboxChange,
  type SharedInboxDraft,
} from '#server/connections/shared-inboxes.ts'
import { tellOwner } from '#server/connections/tell-owner.ts'
import type { Deps } from '#server/platform/deps.ts'
import { findConnectionOf } from '#server/connections/find.ts'
import { disconnectIn } from './disconnect.ts'

export type RegisterOutcome =
  | { kind: 'registered'; inbox: SharedInbox }
  | { kind: 'known' }
  /** Somebody lends its calendar just now: the admin is asked before that ends (S-026). */
  | { kind: 'has-calendars'; calendars: { connectionId: string; account: string; name: string }[] }

export const listSharedInboxes = (deps: Deps, { workspaceId }: Scope): Promise<SharedInbox[]> =>
  deps.db.inWorkspace(workspaceId, (tx) => findSharedInboxes(tx, workspaceId))

/** A team's mailbox. Calendars that were lent from it end with the same yes, and each owner is told by letter. */
export async function registerSharedInbox(
  deps: Deps,
  { workspaceId, userId, user }: Scope,
  draft: SharedInboxDraft,
): Promise<RegisterOutcome> {
  return deps.db.inWorkspace(workspaceId, async (tx): Promise<RegisterOutcome> => {
    const id = await enterSharedInbox(tx, workspaceId, userId, draft)
    if (!id) return { kind: 'known' }
    const hit = await accountsAt(tx, workspaceId, draft.address)
    if (hit.length > 0 && draft.confirm !== true) {
      await removeSharedInbox(tx, workspaceId, id)
      return {
        kind: 'has-calendars',
        calendars: hit.map(({ connectionId, account, userName }) => ({
          connectionId,
          account,
          name: userName,
        })),
      }
    }
    for (const { connectionId, userId: owner, account } of hit) {
      const connection = await findConnectionOf(tx, workspaceId, owner, connectionId)
      if (!connection) continue
      await disconnectIn(deps, tx, { workspaceId, userId: owner }, connectionId)
      await tellOwner(deps, tx, {
        kind: 'shared-inbox',
        workspaceId,
        connectionId,
        userId: owner,
        account,
        provider: connection.provider,
        since: deps.now(),
        by: user.name,
      })
    }
    const inbox = (await findSharedInboxes(tx, workspaceId)).find((one) => one.id === id)
    return { kind: 'registered', inbox: inbox! }
  })
}

export const editSharedInbox = (
  deps: Deps,
  { workspaceId }: Scope,
  id: string,
  change: SharedInboxChange,
): Promise<SharedInbox | null> =>
  deps.db.inWorkspace(workspaceId, async (tx) => {
    if (!(await changeSharedInbox(tx, workspaceId, id, change))) return null
    return (await findSharedInboxes(tx, workspaceId)).find((one) => one.id === id) ?? null
  })

export const withdrawSharedInbox = (deps: Deps, { workspaceId }: Scope, id: string): Promise<boolean> =>
  deps.db.inWorkspace(workspaceId, (tx) => removeSharedInbox(tx, workspaceId, id))
