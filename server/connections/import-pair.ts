import { randomUUID } from 'node:crypto'
import type { Tx } from '#server/platform/database.ts'
import type { Deps } from '#server/platform/deps.ts'
import type { ProviderName } from '#server/providers/provider.ts'
import type { Capabilities, Credentials, Role } from './model.ts'
import { HALVES } from './places.ts'
import { seal } from './session.ts'
import { findLive, insertGrant, lockConnectionsOf, upsertConnection } from './store.ts'

/** One account of a pair that somebody had elsewhere. Without credentials it waits for its owner to connect it again. */
export type Half = {
  legacy: 'calendar' | 'meetings'
  provider: ProviderName
  account: string
  /** What opened it just now, and what it can do. */
  proven: { credentials: Credentials; capabilities: Capabilities } | null
}
export type EnteredHalf = { connectionId: string; legacy: Half['legacy']; roles: Role[] }

const NOTHING_YET: Capabilities = {
  read: true,
  write: true,
  cancel: true,
  reschedule: true,
  push: false,
  freshBusy: false,
}

/** S-016, S-017: both accounts of a person from before 13 March 2023, kept as they were. Null when something is connected already. */
export async function enterPair(
  deps: Deps,
  tx: Tx,
  { workspaceId, userId }: { workspaceId: string; userId: string },
  halves: Half[],
): Promise<EnteredHalf[] | null> {
  await lockConnectionsOf(tx, userId)
  if ((await findLive(tx, workspaceId, userId)).length > 0) return null
  const now = deps.now()
  const entered: EnteredHalf[] = []
  for (const [slot, { legacy, provider, account, proven }] of halves.entries()) {
    const connectionId = randomUUID()
    await upsertConnection(tx, {
      workspaceId,
      connectionId,
      userId,
      provider,
      account,
      state: proven ? 'connected' : 'broken',
      reason: proven ? null : 'signed-out',
      sealed: proven ? seal(deps, workspaceId, connectionId, proven.credentials) : null,
      tokens: null,
      consentId: null,
      capabilities: proven?.capabilities ?? NOTHING_YET,
      slot,
      roles: HALVES[legacy],
      legacy,
      now,
    })
    await insertGrant(tx, workspaceId, connectionId, 'calendar', now)
    entered.push({ connectionId, legacy, roles: HALVES[legacy] })
  }
  return entered
}
