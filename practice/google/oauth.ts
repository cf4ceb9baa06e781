import { createHash, createPublicKey, generateKeyPair, sign, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { ACCESS_SECONDS, SIGN_IN, type Redeemed } from './grants.ts'
import { revokeForm, tokenForm } from './oauth-schema.ts'
import type { Reply } from './reply.ts'
import { refuse } from './refusal.ts'
import type { GoogleUser } from './model.ts'
import type { GoogleStore } from './store.ts'

export type App = {
  url: string
  name: string
  clientId: string
  clientSecret: string
  redirectUris: string[] | null
  store: GoogleStore
  key: KeyObject
}

let made: Promise<KeyObject> | null = null
/** One for the process: making it costs more than all else at the start. */
export const signingKey = (): Promise<KeyObject> =>
  (made ??= promisify(generateKeyPair)('rsa', { modulusLength: 2048 }).then(({ privateKey }) => privateKey))

const kidOf = (key: KeyObject): string =>
  createHash('sha256')
    .update(createPublicKey(key).export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 40)

export const jwks = ({ key }: App): Reply => ({
  status: 200,
  headers: { 'cache-control': 'public, max-age=3600' },
  body: {
    keys: [{ ...createPublicKey(key).export({ format: 'jwk' }), alg: 'RS256', use: 'sig', kid: kidOf(key) }],
  },
})

/** developers.google.com/identity/openid-connect/reference#discovery-document */
export const discovery = ({ url }: App): Reply => ({
  status: 200,
  body: {
    issuer: url,
    authorization_endpoint: `${url}/o/oauth2/v2/auth`,
    token_endpoint: `${url}/token`,
    userinfo_endpoint: `${url}/v1/userinfo`,
    revocation_endpoint: `${url}/revoke`,
    jwks_uri: `${url}/oauth2/v3/certs`,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    authorization_response_iss_parameter_supported: true,
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: ['openid', 'email', 'profile'],
    token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
    claims_supported: [
      'aud',
      'email',
      'email_verified',
      'exp',
      'family_name',
      'given_name',
      'iat',
      'iss',
      'name',
      'picture',
      'sub',
    ],
    code_challenge_methods_supported: ['plain', 'S256'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
  },
})

const NO_STORE = { 'cache-control': 'no-cache, no-store, max-age=0, must-revalidate', pragma: 'no-cache' }
const failure = (error: string, description: string, status = 400): Reply => ({
  status,
  headers: NO_STORE,
  body: { error, error_description: description },
})

/** developers.google.com/identity/protocols/oauth2/web-server#exchange-authorization-code and #offline */
export function token(app: App, form: Record<string, unknown>, authorization: string | undefined): Reply {
  const parsed = tokenForm.safeParse(form)
  if (!parsed.success)
    return ['authorization_code', 'refresh_token'].includes(String(form['grant_type']))
      ? failure('invalid_request', 'Bad Request')
      : failure('unsupported_grant_type', `Invalid grant_type: ${String(form['grant_type'] ?? '')}`)
  const unknown = stranger(app, parsed.data, authorization)
  if (unknown) return unknown
  const given = parsed.data
  const { grants } = app.store
  const outcome =
    given.grant_type === 'refresh_token'
      ? grants.renew(given.refresh_token)
      : grants.redeem(given, app.clientId, (email) => app.store.users.get(email)?.testing ?? false)
  return outcome.kind === 'refused' ? failure(outcome.error, outcome.description) : granted(app, outcome)
}

/** RFC 6749 §2.3.1: by HTTP Basic or in the form, not both. */
function stranger(
  app: App,
  form: { client_id?: string | undefined; client_secret?: string | undefined },
  authorization: string | undefined,
): Reply | null {
  let { client_id: id, client_secret: secret } = form
  if (authorization !== undefined) {
    if (secret !== undefined || !/^Basic /i.test(authorization))
      return failure('invalid_request', 'Bad Request')
    const pair = new URLSearchParams(
      Buffer.from(authorization.slice(6), 'base64').toString('utf8').replace(':', '='),
    )
      .entries()
      .next().value
    ;[id, secret] = pair ?? ['', '']
  }
  if (id === undefined) return failure('invalid_request', 'Could not determine client ID from request.')
  if (id !== app.clientId) return failure('invalid_client', 'The OAuth client was not found.', 401)
  if (secret === undefined) return failure('invalid_request', 'client_secret is missing.')
  return secret === app.clientSecret ? null : failure('invalid_client', 'Unauthorized', 401)
}

function granted(app: App, { email, scopes, access, refresh, nonce }: Redeemed & { kind: 'granted' }): Reply {
  const user = app.store.users.get(email)!
  return {
    status: 200,
    headers: NO_STORE,
    body: {
      access_token: access,
      expires_in: ACCESS_SECONDS,
      scope: scopes.join(' '),
      token_type: 'Bearer',
      ...(refresh ? { refresh_token: refresh.token } : {}),
      ...(refresh?.until
        ? { refresh_token_expires_in: Math.floor((refresh.until - refresh.born) / 1000) }
        : {}),
      ...(scopes.includes('openid') ? { id_token: idToken(app, user, scopes, access, nonce) } : {}),
    },
  }
}

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** developers.google.com/identity/openid-connect/reference#id-tokens */
export function idToken(
  app: App,
  user: GoogleUser,
  scopes: string[],
  access: string,
  nonce: string | undefined,
): string {
  const now = Math.floor(app.store.now() / 1000)
  const claims = {
    iss: app.url,
    azp: app.clientId,
    aud: app.clientId,
    sub: user.id,
    ...(scopes.includes(SIGN_IN[1]!) ? { email: user.email, email_verified: true } : {}),
    at_hash: createHash('sha256').update(access).digest().subarray(0, 16).toString('base64url'),
    ...(nonce === undefined ? {} : { nonce }),
    ...(scopes.includes(SIGN_IN[2]!) ? named(user) : {}),
    iat: now,
    exp: now + 3600,
  }
  const body = `${part({ alg: 'RS256', kid: kidOf(app.key), typ: 'JWT' })}.${part(claims)}`
  return `${body}.${sign('sha256', Buffer.from(body), app.key).toString('base64url')}`
}

const named = ({ name }: GoogleUser) => {
  const [given = '', ...family] = name.split(' ')
  return { name, given_name: given, ...(family.length > 0 ? { family_name: family.join(' ') } : {}) }
}

/** developers.google.com/identity/protocols/oauth2/web-server#tokenrevoke: either token, in the query or in the form. */
export function revoke(app: App, form: Record<string, unknown>): Reply {
  const parsed = revokeForm.safeParse(form)
  if (!parsed.success) return failure('invalid_request', 'Bad Request')
  return app.store.grants.revoke(parsed.data.token)
    ? { status: 200, body: {} }
    : failure('invalid_token', 'Token expired or revoked')
}

export function userinfo(app: App, authorization: string | undefined, version: 'oidc' | 'v2'): Reply {
  const holder = app.store.grants.holder((authorization ?? '').replace(/^Bearer /i, ''))
  if (!holder) throw refuse('authError')
  const user = app.store.users.get(holder.email)!
  const mail = holder.scopes.includes(SIGN_IN[1]!)
  const who = holder.scopes.includes(SIGN_IN[2]!) ? named(user) : {}
  if (!holder.scopes.some((scope) => SIGN_IN.includes(scope))) throw refuse('insufficientPermissions')
  return {
    status: 200,
    body:
      version === 'oidc'
        ? { sub: user.id, ...who, ...(mail ? { email: user.email, email_verified: true } : {}) }
        : { id: user.id, ...who, ...(mail ? { email: user.email, verified_email: true } : {}) },
  }
}
