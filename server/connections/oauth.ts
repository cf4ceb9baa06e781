import * as client from 'openid-client'
import type { Instant } from '#core/time/model.ts'
import { HOUR, MINUTE } from '#core/time/model.ts'
import type { Deps } from '#server/platform/deps.ts'
import { SlowDown, Unreachable } from '#server/providers/provider.ts'
import type { OAuthProvider, ReasonCode } from './model.ts'
import type { ProviderApp } from './provider-apps.ts'
import { reasonOf } from './reason.ts'

/** Where the provider sends people back to: an admin copies it to the provider letter by letter. */
export const redirectUri = (deps: Deps, provider: OAuthProvider): string =>
  `${deps.config.url ?? ''}/oauth/${provider}/callback`

type Endpoints = { issuer: string; authorize: string; token: string; jwks: string; revoke: string | null }

/** Everything about a provider's sign-in is a setting; nothing is discovered over the network. */
export function endpointsOf({ config }: Deps, provider: OAuthProvider, tenant: string | null): Endpoints {
  if (provider === 'google')
    return {
      issuer: config.googleIssuer,
      authorize: config.googleAuthorizeUrl,
      token: config.googleTokenUrl,
      jwks: config.googleJwksUrl,
      revoke: config.googleRevokeUrl,
    }
  const filled = (address: string) => address.replaceAll('{tenant}', tenant ?? config.microsoftTenant)
  return {
    issuer: filled(config.microsoftIssuer),
    authorize: filled(config.microsoftAuthorizeUrl),
    token: filled(config.microsoftTokenUrl),
    jwks: filled(config.microsoftJwksUrl),
    // Entra has no revocation endpoint (protocols.md §7.1): the grant ends in its owner's own list of apps.
    revoke: null,
  }
}

// A server whose clock is a few minutes off must still be able to sign in (D30).
const CLOCK_TOLERANCE = 300

// The library fills `{tenantid}` with the tenant a token names only for metadata that came from this address.
const ENTRA = new URL('https://login.microsoftonline.com/common/v2.0')
const TIMEOUT_SECONDS = 15

async function clientOf(
  deps: Deps,
  provider: OAuthProvider,
  app: ProviderApp,
): Promise<client.Configuration> {
  const { issuer, authorize, token, jwks, revoke } = endpointsOf(deps, provider, app.tenant)
  const metadata = {
    issuer,
    authorization_endpoint: authorize,
    token_endpoint: token,
    jwks_uri: jwks,
    ...(revoke ? { revocation_endpoint: revoke } : {}),
  }
  const secret = client.ClientSecretPost(app.clientSecret)
  const clocks = {
    [client.clockSkew]: Math.round((deps.now() - Date.now()) / 1000),
    [client.clockTolerance]: CLOCK_TOLERANCE,
  }
  const out: client.CustomFetch = (url, options) => deps.egress.fetch(url, options as unknown as RequestInit)
  const config = issuer.includes('{tenantid}')
    ? await client.discovery(ENTRA, app.clientId, clocks, secret, {
        // Answered from the settings: no call is made.
        [client.customFetch]: () => Promise.resolve(Response.json(metadata)),
      })
    : new client.Configuration(metadata, app.clientId, clocks, secret)
  config[client.customFetch] = out
  config.timeout = TIMEOUT_SECONDS
  // Which addresses may be reached without TLS is for the way out to say, by the operator's list.
  client.allowInsecureRequests(config)
  return config
}

export type Trip = { state: string; nonce: string; verifier: string }
export const newTrip = (state: string): Trip => ({
  state,
  nonce: client.randomNonce(),
  verifier: client.randomPKCECodeVerifier(),
})

/** The address at the provider where a person says yes. */
export async function authorizeUrl(
  deps: Deps,
  provider: OAuthProvider,
  app: ProviderApp,
  { state, nonce, verifier }: Trip,
  wish: { scopes: string[]; loginHint: string | null; chooseAccount: boolean; further: boolean },
): Promise<string> {
  const config = await clientOf(deps, provider, app)
  const own: Record<string, string> =
    provider === 'google'
      ? {
          access_type: 'offline',
          // Without `consent` a second yes brings no refresh token (C16).
          prompt: wish.chooseAccount ? 'consent select_account' : 'consent',
          include_granted_scopes: wish.further ? 'true' : 'false',
        }
      : {
          response_mode: 'query',
          // Never `consent`: it would ask people for what their administrator has already approved for all.
          ...(wish.loginHint && !wish.chooseAccount ? {} : { prompt: 'select_account' }),
        }
  return client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri(deps, provider),
    scope: wish.scopes.join(' '),
    state,
    nonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...(wish.loginHint ? { login_hint: wish.loginHint } : {}),
    ...own,
  }).href
}

export type Tokens = {
  access: string
  refresh: string | null
  expiresAt: Instant
  /** When the refresh token dies whatever we do; null where the provider does not say. */
  diesAt: Instant | null
  scopes: string[] | null
}

/** Who came back, by the provider's own signature. The address is for people to read; nobody is known by it (I18, F04). */
export type Identity = { issuer: string; subject: string; email: string }

export type Refused =
  /** The provider does not take this server's client id or secret. */
  | { kind: 'app-refused' }
  /** The code or the refresh token is worth nothing, for good. */
  | { kind: 'tokens-refused' }
  | { kind: 'unreachable'; reason: ReasonCode; wait: number | null }

/** The code a person brought back becomes tokens and a proven identity. */
export async function exchangeCode(
  deps: Deps,
  provider: OAuthProvider,
  app: ProviderApp,
  code: string,
  trip: Trip,
): Promise<{ kind: 'exchanged'; tokens: Tokens; identity: Identity } | Refused> {
  const config = await clientOf(deps, provider, app)
  // The signature is checked although the answer came straight from the provider: its address is only a setting.
  client.enableNonRepudiationChecks(config)
  const back = new URL(redirectUri(deps, provider))
  back.search = new URLSearchParams({ code, state: trip.state }).toString()
  try {
    const answer = await client.authorizationCodeGrant(config, back, {
      expectedState: trip.state,
      expectedNonce: trip.nonce,
      pkceCodeVerifier: trip.verifier,
      idTokenExpected: true,
    })
    const { iss, sub, email, preferred_username: name } = answer.claims()!
    const address = [email, name].find((one) => typeof one === 'string' && one.includes('@'))
    return {
      kind: 'exchanged',
      tokens: tokensOf(deps, answer),
      identity: { issuer: iss, subject: sub, email: String(address ?? sub).slice(0, 254) },
    }
  } catch (error) {
    return refusalOf(deps, provider, error)
  }
}

/** New tokens for a refresh token. `refresh` is null where the old one stays good (Google). */
export async function refreshTokens(
  deps: Deps,
  provider: OAuthProvider,
  app: ProviderApp,
  refresh: string,
): Promise<{ kind: 'refreshed'; tokens: Tokens } | Refused> {
  try {
    const config = await clientOf(deps, provider, app)
    return { kind: 'refreshed', tokens: tokensOf(deps, await client.refreshTokenGrant(config, refresh)) }
  } catch (error) {
    return refusalOf(deps, provider, error)
  }
}

/** Ends a grant at its provider, where that can be asked for. False when it could not be. */
export async function revokeTokens(
  deps: Deps,
  provider: OAuthProvider,
  app: ProviderApp,
  token: string,
): Promise<boolean> {
  if (endpointsOf(deps, provider, app.tenant).revoke === null) return false
  try {
    await client.tokenRevocation(await clientOf(deps, provider, app), token)
    return true
  } catch (error) {
    // A token that is dead already is what was wanted.
    return error instanceof client.ResponseBodyError && error.status === 400
  }
}

/** Asks the token endpoint with a code that cannot be good: what it objects to tells whether it knows us. */
export async function probeApp(deps: Deps, provider: OAuthProvider, app: ProviderApp): Promise<ProbeOutcome> {
  try {
    const config = await clientOf(deps, provider, app)
    await client.genericGrantRequest(config, 'authorization_code', {
      code: 'ritrovo-asks-whether-you-know-it',
      redirect_uri: redirectUri(deps, provider),
      code_verifier: client.randomPKCECodeVerifier(),
    })
    return 'good'
  } catch (error) {
    if (!(error instanceof client.ResponseBodyError)) return 'unreachable'
    const words = error.error_description ?? ''
    if (error.error === 'redirect_uri_mismatch') return 'redirect-unknown'
    if (error.error === 'unauthorized_client') return 'unknown-client'
    if (error.error === 'invalid_client')
      // One code for two mistakes: only the words say which, so they choose nothing but the sentence.
      return /not found|client_id|was not found in the directory/i.test(words)
        ? 'unknown-client'
        : 'wrong-secret'
    return error.error === 'invalid_grant' || error.error === 'invalid_request' ? 'good' : 'unreachable'
  }
}
export const PROBE_OUTCOMES = [
  'good',
  'unknown-client',
  'wrong-secret',
  'redirect-unknown',
  'unreachable',
] as const
export type ProbeOutcome = (typeof PROBE_OUTCOMES)[number]

const DEFAULT_LIFE = HOUR / 2

function tokensOf(deps: Deps, answer: client.TokenEndpointResponse): Tokens {
  const life = answer['refresh_token_expires_in']
  return {
    access: answer.access_token,
    refresh: answer.refresh_token ?? null,
    expiresAt: deps.now() + (answer.expires_in === undefined ? DEFAULT_LIFE : answer.expires_in * 1000),
    // Google's word for the seven days of an app in “Testing”, and for access that its owner limited in time.
    diesAt: typeof life === 'number' && life > 0 ? deps.now() + life * 1000 : null,
    scopes: answer.scope === undefined ? null : answer.scope.split(/\s+/).filter(Boolean),
  }
}

// The owner has to come by in person: as good as dead until then.
const OWNER_NEEDED = /^(?:invalid_grant|interaction_required|consent_required|login_required|access_denied)$/

function refusalOf(deps: Deps, provider: OAuthProvider, error: unknown): Refused {
  if (error instanceof client.ResponseBodyError) {
    if (/^(?:invalid_client|unauthorized_client)$/.test(error.error)) return { kind: 'app-refused' }
    if (OWNER_NEEDED.test(error.error)) return { kind: 'tokens-refused' }
    if (error.status === 429) return { kind: 'unreachable', reason: 'slow-down', wait: MINUTE }
    return unreachable(error.status >= 500 ? 'server-error' : 'bad-answer')
  }
  const cause = error instanceof client.ClientError ? error.cause : error
  if (cause instanceof SlowDown) return { kind: 'unreachable', reason: 'slow-down', wait: cause.retryAfter }
  if (cause instanceof Unreachable) return unreachable(reasonOf(cause)!)
  if (!(error instanceof client.ClientError)) throw error
  if (error.code === 'OAUTH_TIMEOUT') return unreachable('timeout')
  if (cause instanceof Response && cause.status >= 500) return unreachable('server-error')
  // An identity that does not verify is among these: said in the log by its code, never by its content.
  deps.log.warn({ provider, code: error.code }, 'an answer about a grant was not believed')
  return unreachable('bad-answer')
}

const unreachable = (reason: ReasonCode): Refused => ({ kind: 'unreachable', reason, wait: null })
