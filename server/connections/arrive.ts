import { speak } from '#core/locale/say.ts'
import { connectionWords } from '#core/locale/words/connections.ts'
import { DAY } from '#core/time/model.ts'
import type { Scope } from '#server/accounts/gate.ts'
import type { Deps } from '#server/platform/deps.ts'
import { readToken } from '#server/platform/secrets.ts'
import { land } from './landing.ts'
import { type CalCode, type OAuthProvider, type Way } from './model.ts'
import { endpointsOf, exchangeCode, redirectUri, type Identity, type Tokens } from './oauth.ts'
import { getApp, type ProviderApp } from './provider-apps.ts'
import { coversMail, dispensable, scopesMissing, type Purpose } from './scopes.ts'
import { spendTrip, type TripRow } from './store.ts'
import { tripPlace, type Choice } from './trip.ts'

/** Somebody came back with everything that was needed. JSON all through: it may have to wait for their word. */
export type Arrived = {
  provider: OAuthProvider
  purpose: TripRow['purpose']
  connectionId: string | null
  loginHint: string | null
  choice: Choice
  tokens: Tokens & { refresh: string }
  identity: Identity
  scopes: string[]
  refused: string[]
  mail: boolean
}

export type ArriveOutcome =
  | { kind: 'arrived'; arrived: Arrived }
  | { kind: 'landed'; landing: string }
  /** Not a trip of this browser session, or one that is over already (F01, F02, F03). */
  | { kind: 'stale' }

export type Returned = { state: string; code: string | null; error: string | null; words: string }

/** The first half of the way back: whose trip it was, what the provider says, and whether that is enough to go on. */
export async function arrive(
  deps: Deps,
  scope: Scope,
  provider: OAuthProvider,
  returned: Returned,
): Promise<ArriveOutcome> {
  const { workspaceId, userId, sessionHash } = scope
  const read = readToken(returned.state)
  if (!read || read.workspaceId !== workspaceId) return { kind: 'stale' }
  // Spent before anything else happens: whatever comes of it, it opens nothing a second time.
  const trip = await deps.db.inWorkspace(workspaceId, (tx) =>
    spendTrip(tx, workspaceId, { hash: read.hash, userId, sessionHash, provider }, deps.now()),
  )
  if (!trip) return { kind: 'stale' }
  const landed = async (code: CalCode, ways: Way[], more: Partial<Parameters<typeof land>[2]> = {}) =>
    ({ kind: 'landed', landing: await land(deps, scope, { provider, code, ways, ...more }) }) as const

  if (trip.expiresAt <= deps.now()) return landed('CAL-CANCELLED', ['again'])
  const app = await getApp(deps, workspaceId, provider)
  if (!app) return landed('CAL-NOT-CONFIGURED', [])
  const { code } = returned
  if (returned.error !== null || code === null)
    return refusal(deps, scope, provider, app, trip, returned, landed)

  const open = (field: 'verifier' | 'nonce', sealed: string) =>
    deps.secrets.unseal(sealed, tripPlace(workspaceId, read.hash, field))
  const answer = await exchangeCode(deps, provider, app, code, {
    state: returned.state,
    verifier: open('verifier', trip.sealedVerifier),
    nonce: open('nonce', trip.sealedNonce),
  })
  if (answer.kind === 'app-refused') return landed('CAL-NOT-CONFIGURED', [])
  if (answer.kind !== 'exchanged') return landed('CAL-UNREACHABLE', ['again'])
  const { tokens, identity } = answer
  const choice = trip.choice as Choice
  const say = speak(connectionWords, scope.user.locale)
  const boxed = (purpose: Boxed, missing: string[]) =>
    landed('CAL-PARTIAL-SCOPE', purpose === 'offline' ? ['again'] : ['scope-only', 'again'], {
      detail: { scope: say(`box.${purpose}`), effect: say(`box.${purpose}.effect`), b: identity.email },
      email: identity.email,
      missing,
    })

  // RFC 6749 §5.1: without a list, all that was asked for was given.
  const scopes = tokens.scopes ?? trip.scopes
  const missing = scopesMissing(provider, trip.scopes, scopes)
  const inTheWay = missing.filter(({ purpose }) => !dispensable(purpose))
  if (inTheWay[0]) {
    const { purpose } = inTheWay[0]
    return boxed(
      purpose as Boxed,
      inTheWay.map(({ scope: one }) => one),
    )
  }
  // What looks connected and dies within the hour is not connected (C16).
  if (tokens.refresh === null) return boxed('offline', [])
  return {
    kind: 'arrived',
    arrived: {
      provider,
      purpose: trip.purpose,
      connectionId: trip.connectionId,
      loginHint: trip.loginHint,
      choice,
      // Where the provider does not say it, the app's own setting does.
      tokens: {
        ...tokens,
        refresh: tokens.refresh,
        diesAt: tokens.diesAt ?? (app.testing ? deps.now() + 7 * DAY : null),
      },
      identity,
      scopes,
      refused: missing.map(({ scope: one }) => one),
      mail: choice.mail && coversMail(provider, scopes),
    },
  }
}

type Boxed = Exclude<Purpose, 'identity' | 'zone'> | 'offline'
type Landed = (
  code: CalCode,
  ways: Way[],
  more?: Partial<Parameters<typeof land>[2]>,
) => Promise<{ kind: 'landed'; landing: string }>

// Entra's numbers change without notice; its words about an administrator have not, and choose nothing but a sentence.
const BY_ADMIN = /\badmin/i

/** The provider sent the person back with an error: they said no, or somebody above them has to say yes. */
function refusal(
  deps: Deps,
  scope: Scope,
  provider: OAuthProvider,
  app: ProviderApp,
  trip: TripRow,
  { error, words }: Returned,
  landed: Landed,
) {
  const adminOnly =
    error === 'admin_policy_enforced' ||
    error === 'consent_required' ||
    (error !== null && BY_ADMIN.test(words))
  if (adminOnly)
    return landed('CAL-ADMIN-CONSENT', ['again', 'other'], {
      detail: approval(deps, scope, provider, app, trip),
    })
  if (error === 'access_denied') return landed('CAL-CANCELLED', ['again'])
  if (error === 'unauthorized_client' || error === 'invalid_client') return landed('CAL-NOT-CONFIGURED', [])
  return landed('CAL-UNREACHABLE', ['again'])
}

function approval(deps: Deps, scope: Scope, provider: OAuthProvider, app: ProviderApp, trip: TripRow) {
  const say = speak(connectionWords, scope.user.locale)
  const server = deps.config.url ?? ''
  if (provider === 'google') {
    const url = 'https://admin.google.com/ac/owl/list?tab=configuredApps'
    return { approvalUrl: url, message: say('admin-message.google', { server, client: app.clientId, url }) }
  }
  const { authorize } = endpointsOf(deps, provider, tenantOf(deps, app))
  // learn.microsoft.com/entra/identity-platform/v2-admin-consent: one page for the whole organization.
  const url = new URL(authorize.replace(/\/oauth2\/v2\.0\/authorize$/, '/v2.0/adminconsent'))
  url.search = new URLSearchParams({
    client_id: app.clientId,
    scope: trip.scopes
      .map((one) => (/^[A-Z]/.test(one) ? `https://graph.microsoft.com/${one}` : one))
      .join(' '),
    redirect_uri: redirectUri(deps, provider),
  }).toString()
  return { approvalUrl: url.href, message: say('admin-message.microsoft', { server, url: url.href }) }
}

/** An administrator approves for their own organization; `common` names none. */
function tenantOf({ config }: Deps, app: ProviderApp): string {
  const tenant = app.tenant ?? config.microsoftTenant
  return tenant === 'common' ? 'organizations' : tenant
}
