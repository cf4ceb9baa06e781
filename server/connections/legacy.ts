import { startOfDay } from '#core/time/wall.ts'
import type { Instant, Zone } from '#core/time/model.ts'
import { findAccountAge } from '#server/accounts/find.ts'
import type { Tx } from '#server/platform/database.ts'
import type { Rights } from './places.ts'
import { severalAccounts } from './store.ts'

// S-016. The source page is silent about the day itself: an account made on it is not from before it.
const PAIRS_UNTIL = '2023-03-13'

/** Whether somebody had an account before the day began, by the clock of their workspace. */
export const isFromBefore = (createdAt: Instant, zone: Zone): boolean =>
  createdAt < startOfDay(zone, PAIRS_UNTIL)

export type Legacy = { eligible: boolean; burned: boolean }

/** What a person may have at once: their workspace's rule, and what is left of the right to a pair. */
export async function findRights(
  tx: Tx,
  workspaceId: string,
  userId: string,
): Promise<Rights & { legacy: Legacy }> {
  const [age, several] = await Promise.all([
    findAccountAge(tx, workspaceId, userId),
    severalAccounts(tx, workspaceId),
  ])
  const legacy = {
    eligible: age !== null && isFromBefore(age.createdAt, age.zone),
    burned: age !== null && age.burnedAt !== null,
  }
  return { several, pair: legacy.eligible && !legacy.burned, legacy }
}
