import { DAY, MINUTE } from '#core/time/model.ts'
import type { Tx } from '#server/platform/database.ts'
import type { Deps } from '#server/platform/deps.ts'
import { newToken } from '#server/platform/secrets.ts'
import { deleteExpiredSessions, insertSession } from './store.ts'

/** A session lives this long after it was last used. */
export const SESSION_LIFE = 30 * DAY
/** How often its use is written down: a row per click would make every page a write. */
export const TOUCH_EVERY = 5 * MINUTE

/** A fresh token for this user; the database keeps only its hash. */
export async function openSession(
  deps: Pick<Deps, 'now'>,
  tx: Tx,
  who: { workspaceId: string; userId: string; agent?: string | undefined },
): Promise<string> {
  const { token, hash } = newToken(who.workspaceId)
  const now = deps.now()
  await Promise.all([
    deleteExpiredSessions(tx, who.workspaceId, now),
    insertSession(tx, {
      ...who,
      hash,
      now,
      expiresAt: now + SESSION_LIFE,
      agent: who.agent?.slice(0, 200) ?? null,
    }),
  ])
  return token
}
