import type { Tx } from '#server/platform/database.ts'
import type { Deps } from '#server/platform/deps.ts'
import { DAY } from '#core/time/model.ts'
import { findUser } from '#server/accounts/find.ts'
import { after, isOAuth, statesBefore, type ReasonCode } from './model.ts'
import { moveState } from './store.ts'
import { tellAdminsOfDying } from './tell-admins.ts'
import { tellOwner } from './tell-owner.ts'

export type Refusal = { workspaceId: string; connectionId: string; triedSecret: string; reason: ReasonCode }

/**
 * The provider no longer lets us in. Said once, to its owner, and only if the secret that was refused is still the one we hold:
 * a slow worker with yesterday's password must not break what its owner has just repaired (C15).
 */
export async function markBroken(
  deps: Deps,
  tx: Tx,
  { workspaceId, connectionId, triedSecret, reason }: Refusal,
): Promise<{ userId: string } | null> {
  const now = deps.now()
  const moved = await moveState(tx, workspaceId, connectionId, {
    from: statesBefore('revoke'),
    to: after('connected', 'revoke')!,
    reason,
    triedSecret,
    now,
  })
  if (!moved) return null
  const { userId, account, provider, diesAt } = moved
  await tellOwner(deps, tx, {
    kind: 'broken',
    workspaceId,
    connectionId,
    userId,
    account,
    provider,
    reason: moved.reason,
    since: now,
  })
  // It ran out as foreseen, and will again until the app is set up otherwise.
  const owner = diesAt !== null && isOAuth(provider) ? await findUser(tx, userId) : null
  if (owner && isOAuth(provider) && diesAt! <= now + DAY)
    await tellAdminsOfDying(
      deps,
      tx,
      { workspaceId, connectionId, provider, account, owner, diesAt: diesAt! },
      'died-admin',
      'over',
    )
  return moved
}
