import { z } from '@hono/zod-openapi'
import type { Locale } from '#core/locale/locale.ts'
import { MINUTE } from '#core/time/model.ts'
import { may, type Scope } from '#server/accounts/gate.ts'
import type { Tx } from '#server/platform/database.ts'
import type { Deps } from '#server/platform/deps.ts'
import { emailAddress, text } from '#server/platform/http.ts'
import { newToken } from '#server/platform/secrets.ts'
import { findLandingDetail } from './landing.ts'
import { findRights } from './legacy.ts'
import { OAuthProvider, Role } from './model.ts'
import { authorizeUrl, newTrip } from './oauth.ts'
import { placeFor, type Wish } from './places.ts'
import { findApp } from './provider-apps.ts'
import { disclose, SCOPES, scopesAsked, scopesMissing } from './scopes.ts'
import { isSharedInbox } from './shared-inboxes.ts'
import { findConnection, findGranted, findLive, insertTrip } from './store.ts'

export const BeginTrip = z.strictObject({
  provider: OAuthProvider,
  mail: z.boolean(),
  loginHint: emailAddress.optional(),
  textVersion: text(40, { min: 1 }),
  locale: z.enum(['en', 'it']),
  as: z.enum(['replace', 'add']).optional(),
  roles: z.array(Role).min(1).max(4).optional(),
  /** The account that is connected again, given a permission more, or replaced. */
  connectionId: z.uuid().optional(),
  purpose: z.enum(['connect', 'reconnect', 'scopes']).optional(),
  /** Where an earlier trip ended: what was missing there is asked for, and nothing else. */
  landing: z.string().max(100).optional(),
})
export type BeginTrip = z.infer<typeof BeginTrip>

/** What somebody chose before they left, kept until they are back. */
export type Choice = {
  consent: { textVersion: string; locale: Locale }
  lines: string[]
  mail: boolean
  wish: Wish
}

export type BeginOutcome =
  | { kind: 'ready'; url: string }
  | { kind: 'no-permission' }
  | { kind: 'not-configured' }
  | { kind: 'shared-inbox' }
  | { kind: 'second'; account: string; connectionId: string; mayAdd: boolean }
  | { kind: 'not-found' }

const TRIP_LIFE = 10 * MINUTE

/** Everything is decided before the person leaves; they take only a secret of one use along, bound to this browser session. */
export async function beginTrip(deps: Deps, scope: Scope, given: BeginTrip): Promise<BeginOutcome> {
  const { workspaceId, userId } = scope
  if (!may(scope, 'personal-email')) return { kind: 'no-permission' }
  const { token, hash } = newToken(workspaceId)
  const trip = newTrip(token)
  const plan = await deps.db.inWorkspace(workspaceId, async (tx) => {
    const app = await findApp(deps, tx, workspaceId, given.provider)
    if (!app) return { kind: 'not-configured' as const }
    const input = await withLanding(deps, tx, scope, given)
    if (input.loginHint && (await isSharedInbox(tx, workspaceId, input.loginHint)))
      return { kind: 'shared-inbox' as const }
    const decided = await decide(tx, scope, input)
    if (decided.kind !== 'go') return decided
    const { version, lines } = disclose(input.provider, input.locale, {
      mail: input.mail,
      testing: app.testing,
    })
    const choice: Choice = {
      consent: { textVersion: input.textVersion, locale: input.locale },
      // Only what really stood there: an older text is known by its version.
      lines: input.textVersion === version ? lines.map(({ text }) => text) : [],
      mail: input.mail,
      wish: { as: input.as ?? null, roles: input.roles ?? null, replaces: input.connectionId ?? null },
    }
    await insertTrip(tx, {
      workspaceId,
      hash,
      userId,
      sessionHash: scope.sessionHash,
      provider: input.provider,
      purpose: decided.purpose,
      connectionId: decided.connectionId,
      sealedVerifier: deps.secrets.seal(trip.verifier, tripPlace(workspaceId, hash, 'verifier')),
      sealedNonce: deps.secrets.seal(trip.nonce, tripPlace(workspaceId, hash, 'nonce')),
      loginHint: decided.loginHint,
      scopes: decided.scopes,
      choice,
      now: deps.now(),
      expiresAt: deps.now() + TRIP_LIFE,
    })
    return { ...decided, app }
  })
  if (plan.kind !== 'go') return plan
  const url = await authorizeUrl(deps, given.provider, plan.app, trip, {
    scopes: plan.scopes,
    loginHint: plan.loginHint,
    // S-025: nobody ends up in an account by accident because a browser was still signed in.
    chooseAccount: plan.loginHint === null,
    further: plan.purpose === 'scopes',
  })
  return { kind: 'ready', url }
}

export const tripPlace = (workspaceId: string, hash: Buffer, field: 'verifier' | 'nonce') => ({
  table: 'oauth_states',
  field,
  row: hash.toString('hex'),
  workspaceId,
})

type Plan = {
  kind: 'go'
  purpose: 'connect' | 'reconnect' | 'scopes'
  connectionId: string | null
  loginHint: string | null
  scopes: string[]
}

async function decide(tx: Tx, { workspaceId, userId }: Scope, input: Input): Promise<Plan | BeginOutcome> {
  const { provider, mail, purpose = 'connect' } = input
  const asked = scopesAsked(provider, mail)
  const loginHint = input.loginHint ?? null
  if (purpose === 'connect' || !input.connectionId) {
    const live = await findLive(tx, workspaceId, userId)
    const wish: Wish = {
      as: input.as ?? null,
      roles: input.roles ?? null,
      replaces: input.connectionId ?? null,
    }
    const placed = placeFor(live, await findRights(tx, workspaceId, userId), wish)
    if (placed.kind === 'second') return placed
    const scopes = input.missing ? withIdentity(provider, input.missing) : asked
    return { kind: 'go', purpose, connectionId: null, loginHint, scopes }
  }
  const found = await findConnection(tx, workspaceId, input.connectionId)
  if (!found || found.userId !== userId || found.state === 'disconnected' || found.provider !== provider)
    return { kind: 'not-found' }
  const missing =
    purpose === 'scopes'
      ? scopesMissing(provider, asked, await findGranted(tx, workspaceId, input.connectionId))
      : []
  // Google adds what it is asked for to what it has granted before; Entra grants what is asked for and nothing else.
  const fewer = provider === 'google' && missing.length > 0
  return {
    kind: 'go',
    purpose,
    connectionId: input.connectionId,
    loginHint: loginHint ?? found.account,
    scopes: fewer
      ? withIdentity(
          provider,
          missing.map(({ scope }) => scope),
        )
      : asked,
  }
}

const withIdentity = (provider: OAuthProvider, scopes: string[]): string[] =>
  SCOPES[provider]
    .filter(({ scope, purpose }) => purpose === 'identity' || scopes.includes(scope))
    .map(({ scope }) => scope)

type Input = BeginTrip & { missing: string[] | null }

/** A trip that goes on where another ended knows from there who came back and what was left off. */
async function withLanding(deps: Deps, tx: Tx, scope: Scope, given: BeginTrip): Promise<Input> {
  const detail = given.landing === undefined ? null : await findLandingDetail(deps, tx, scope, given.landing)
  if (!detail || detail.provider !== given.provider) return { ...given, missing: null }
  const hint = given.loginHint ?? detail.email
  return {
    ...given,
    ...(hint ? { loginHint: hint } : {}),
    missing: given.purpose === 'scopes' && given.provider === 'google' ? detail.missing : null,
  }
}
