import { randomUUID } from 'node:crypto'
import type { Deps } from '#server/platform/deps.ts'
import type { Tx } from '#server/platform/database.ts'
import type { ProviderName } from '#server/providers/provider.ts'
import {
  after,
  statesBefore,
  type Capabilities,
  type ConnectionRow,
  type Consent,
  type Credentials,
} from './model.ts'
import { seal } from './session.ts'
import {
  findEarlier,
  findLive,
  findSealed,
  insertConsent,
  insertGrant,
  lockConnectionsOf,
  saveProof,
  upsertConnection,
} from './store.ts'

export type NewAccount = {
  workspaceId: string
  userId: string
  provider: ProviderName
  account: string
  credentials: Credentials
  consent: Consent
  scopes: string[]
  capabilities: Capabilities
}

export type SaveOutcome =
  | { kind: 'saved'; connectionId: string }
  | { kind: 'already-connected'; live: ConnectionRow }

/** Consent, sealed credential and the calendar grant of an account that has just proved itself; one account at a time (S-014). */
export async function saveConnection(deps: Deps, tx: Tx, account: NewAccount): Promise<SaveOutcome> {
  const { workspaceId, userId, provider } = account
  await lockConnectionsOf(tx, userId)
  const live = await findLive(tx, workspaceId, userId)
  if (live) return { kind: 'already-connected', live }

  const now = deps.now()
  const earlier = await findEarlier(tx, workspaceId, userId, provider, account.account)
  const connectionId = earlier?.connectionId ?? randomUUID()
  const consentId = await insertConsent(
    tx,
    workspaceId,
    userId,
    provider,
    account.consent,
    account.scopes,
    now,
  )
  // A password proves itself before anything is stored, so `connecting` is passed without being seen.
  const state = after(after(earlier ? 'disconnected' : 'none', 'begin')!, 'prove')!
  await upsertConnection(tx, {
    workspaceId,
    connectionId,
    userId,
    provider,
    account: account.account,
    state,
    sealed: seal(deps, workspaceId, connectionId, account.credentials),
    consentId,
    capabilities: account.capabilities,
    now,
  })
  await insertGrant(tx, workspaceId, connectionId, 'calendar', now)
  return { kind: 'saved', connectionId }
}

/** The account has just answered: with the stored secret, or with a new one that takes its place. */
export async function saveAnswer(
  deps: Deps,
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  credentials: Credentials,
  capabilities: Capabilities,
): Promise<boolean> {
  const row = await findSealed(tx, workspaceId, connectionId)
  if (!row || after(row.state, 'prove') === null) return false
  const { secret } = seal(deps, workspaceId, connectionId, credentials)
  return saveProof(tx, workspaceId, connectionId, {
    from: statesBefore('prove'),
    to: after(row.state, 'prove')!,
    secret,
    capabilities,
    now: deps.now(),
  })
}
