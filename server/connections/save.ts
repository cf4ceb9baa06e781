import { randomUUID } from 'node:crypto'
import type { Deps } from '#server/platform/deps.ts'
import type { Tx } from '#server/platform/database.ts'
import { endConnection, type Farewell } from './disconnect.ts'
import { sealTokens } from './sealed-tokens.ts'
import { findRights } from './legacy.ts'
import {
  after,
  statesBefore,
  type Capabilities,
  type ConnectionRow,
  type Consent,
  type Credentials,
  type OAuthProvider,
  type Role,
} from './model.ts'
import type { Identity, Tokens } from './oauth.ts'
import { HALVES, placeFor, type Placed, type Wish } from './places.ts'
import { seal } from './session.ts'
import {
  deleteGrant,
  findByIdentity,
  findConnection,
  findEarlier,
  findEarlierIdentity,
  findLive,
  findSealed,
  insertConsent,
  insertGrant,
  lockConnectionsOf,
  lockIdentity,
  saveNewTokens,
  saveProof,
  saveRoles,
  upsertConnection,
} from './store.ts'

type Common = {
  workspaceId: string
  userId: string
  account: string
  consent: Consent
  /** The sentences of the disclosure as they were read. */
  lines?: string[]
  /** What was allowed, and what was asked for and refused. */
  scopes: string[]
  refused?: string[]
  capabilities: Capabilities
  wish?: Wish
}
export type Brought = { tokens: Tokens & { refresh: string }; identity: Identity; mail: boolean }
export type NewAccount = Common &
  ({ provider: 'caldav' | 'exchange'; credentials: Credentials } | ({ provider: OAuthProvider } & Brought))

export type SaveOutcome =
  | { kind: 'saved'; connectionId: string; roles: Role[]; ended: Farewell[] }
  /** Another account stands, and nobody has said what is to become of it. */
  | Extract<Placed, { kind: 'second' }>
  | { kind: 'already-used'; account: string; name: string }

const NO_WISH: Wish = { as: null, roles: null, replaces: null }

/** Consent, sealed credential and grants of an account that has just proved itself, in the place the rules give it (S-014). */
export async function saveConnection(deps: Deps, tx: Tx, account: NewAccount): Promise<SaveOutcome> {
  const { workspaceId, userId } = account
  await lockConnectionsOf(tx, userId)
  const holder = await holderOf(tx, account)
  if (holder && holder.userId !== userId)
    return { kind: 'already-used', account: holder.account, name: holder.userName }
  const live = await findLive(tx, workspaceId, userId)
  const mine = live.find(({ connectionId }) => connectionId === holder?.connectionId)
  // The same account once more is no second one.
  if (mine && !mine.calendarEnded) return enterAgain(deps, tx, account, mine, mine.roles, [])

  const placed = placeFor(
    live.filter((one) => one !== mine),
    await findRights(tx, workspaceId, userId),
    account.wish ?? NO_WISH,
  )
  if (placed.kind === 'second') return placed
  const ended: Farewell[] = []
  for (const { connectionId } of placed.ends) {
    const farewell = await endConnection(deps, tx, workspaceId, userId, connectionId)
    if (farewell) ended.push(farewell)
  }
  if (placed.partner)
    await saveRoles(
      tx,
      workspaceId,
      placed.partner.connectionId,
      HALVES[placed.partner.legacy],
      placed.partner.legacy,
    )
  if (mine) return enterAgain(deps, tx, account, mine, placed.roles, ended)
  return { ...(await enter(deps, tx, account, placed)), ended }
}

async function holderOf(tx: Tx, account: NewAccount) {
  if (!('identity' in account)) return null
  await lockIdentity(tx, account.identity.issuer, account.identity.subject)
  return findByIdentity(tx, account.workspaceId, account.provider, account.identity)
}

async function enter(deps: Deps, tx: Tx, account: NewAccount, placed: Extract<Placed, { kind: 'place' }>) {
  const { workspaceId, userId, provider } = account
  const now = deps.now()
  const earlier =
    ('identity' in account &&
      (await findEarlierIdentity(tx, workspaceId, userId, account.provider, account.identity))) ||
    (await findEarlier(tx, workspaceId, userId, provider, account.account))
  const connectionId = earlier?.connectionId ?? randomUUID()
  // It has proved itself before anything is stored, so `connecting` is passed without being seen.
  const state = after(after(earlier ? 'disconnected' : 'none', 'begin')!, 'prove')!
  await upsertConnection(tx, {
    workspaceId,
    connectionId,
    userId,
    provider,
    account: account.account,
    state,
    reason: null,
    sealed: 'credentials' in account ? seal(deps, workspaceId, connectionId, account.credentials) : null,
    tokens: 'tokens' in account ? sealed(deps, account, connectionId) : null,
    consentId: await writeConsent(deps, tx, account),
    capabilities: account.capabilities,
    slot: placed.slot,
    roles: placed.roles,
    legacy: placed.legacy,
    now,
  })
  await insertGrant(tx, workspaceId, connectionId, 'calendar', now)
  await grantMail(deps, tx, account, connectionId)
  return { kind: 'saved' as const, connectionId, roles: placed.roles }
}

async function enterAgain(
  deps: Deps,
  tx: Tx,
  account: NewAccount,
  { connectionId, state }: ConnectionRow,
  roles: Role[],
  ended: Farewell[],
): Promise<SaveOutcome> {
  if (!('tokens' in account)) throw new Error('only an account with an identity can be known again')
  const { workspaceId } = account
  await saveNewTokens(tx, {
    workspaceId,
    connectionId,
    account: account.account,
    from: statesBefore('prove'),
    to: after(state, 'prove')!,
    tokens: sealed(deps, account, connectionId),
    consentId: await writeConsent(deps, tx, account),
    capabilities: account.capabilities,
    calendar: true,
    now: deps.now(),
  })
  await insertGrant(tx, workspaceId, connectionId, 'calendar', deps.now())
  await grantMail(deps, tx, account, connectionId)
  return { kind: 'saved', connectionId, roles, ended }
}

const sealed = (deps: Deps, account: Common & Brought, connectionId: string) =>
  sealTokens(deps, account.workspaceId, connectionId, account.tokens, account.identity, account.scopes)

const writeConsent = (deps: Deps, tx: Tx, account: NewAccount): Promise<string> =>
  insertConsent(tx, {
    workspaceId: account.workspaceId,
    userId: account.userId,
    provider: account.provider,
    consent: account.consent,
    lines: account.lines ?? [],
    scopes: account.scopes,
    refused: account.refused ?? [],
    mail: 'mail' in account && account.mail,
    now: deps.now(),
  })

/** S-023: the mailbox comes with the calendar, unless its owner said no; saying no later takes it away again. */
async function grantMail(deps: Deps, tx: Tx, account: NewAccount, connectionId: string): Promise<void> {
  if ('mail' in account && account.mail)
    await insertGrant(tx, account.workspaceId, connectionId, 'mail', deps.now())
  else await deleteGrant(tx, account.workspaceId, connectionId, 'mail')
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
  if (!row || row.secret === null || after(row.state, 'prove') === null) return false
  // An access token is kept by whoever renews it; a password may just have been typed.
  const secret = row.refresh === null ? seal(deps, workspaceId, connectionId, credentials).secret : row.secret
  return saveProof(tx, workspaceId, connectionId, {
    from: statesBefore('prove'),
    to: after(row.state, 'prove')!,
    secret,
    capabilities,
    now: deps.now(),
  })
}

export type RenewOutcome =
  | { kind: 'renewed'; roles: Role[]; calendarEnded: boolean }
  | { kind: 'other-account'; account: string }
  | { kind: 'not-found' }

/**
 * A new yes for a connection of this person's own: after it was lost, or for a permission more. Another account is refused: what we
 * copied belongs to the one that stood here (B28).
 */
export async function renewConnection(
  deps: Deps,
  tx: Tx,
  connectionId: string,
  account: Common & { provider: OAuthProvider; calendar: boolean } & Brought,
  known: { issuer: string | null; subject: string | null },
): Promise<RenewOutcome> {
  const { workspaceId, userId, identity } = account
  await lockConnectionsOf(tx, userId)
  const row = await findConnection(tx, workspaceId, connectionId)
  if (
    !row ||
    row.userId !== userId ||
    row.provider !== account.provider ||
    after(row.state, 'prove') === null
  )
    return { kind: 'not-found' }
  const same =
    known.subject === null
      ? // Brought in from elsewhere, by its address alone: the first yes says who it is.
        row.account.toLowerCase() === identity.email.toLowerCase()
      : known.subject === identity.subject && known.issuer === identity.issuer
  if (!same) return { kind: 'other-account', account: row.account }
  const holder = await holderOf(tx, account)
  if (holder && holder.connectionId !== connectionId) return { kind: 'other-account', account: row.account }
  const saved = await saveNewTokens(tx, {
    workspaceId,
    connectionId,
    account: account.account,
    from: statesBefore('prove'),
    to: after(row.state, 'prove')!,
    tokens: sealed(deps, account, connectionId),
    consentId: await writeConsent(deps, tx, account),
    capabilities: account.capabilities,
    calendar: account.calendar,
    now: deps.now(),
  })
  if (!saved) return { kind: 'not-found' }
  if (account.calendar) await insertGrant(tx, workspaceId, connectionId, 'calendar', deps.now())
  await grantMail(deps, tx, account, connectionId)
  return { kind: 'renewed', roles: row.roles, calendarEnded: row.calendarEnded && !account.calendar }
}

/** What one of several accounts is used for from now on; each use once. */
export const giveRoles = (tx: Tx, workspaceId: string, connectionId: string, roles: Role[]): Promise<void> =>
  saveRoles(tx, workspaceId, connectionId, [...new Set(roles)], null)
