import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  randomUUID,
  sign,
} from 'node:crypto'
import { DAY, type Instant } from '#core/time/model.ts'
import type { Person } from './model.ts'
import type { PracticeStore } from './store.ts'

export type RefreshToken = {
  person: string
  client: string
  scopes: string[]
  /** All those that came out of one sign-in. */
  family: string
  /** Why it opens nothing any more; 'used' where a refresh kills the old one. */
  state: 'alive' | 'used' | 'revoked' | 'inactive' | 'password' | 'unconsented' | 'mfa'
  usedAt: Instant | null
  madeAt: Instant
}
export type TokenAnswer = {
  token_type: 'Bearer'
  scope: string
  expires_in: number
  ext_expires_in: number
  access_token: string
  refresh_token?: string
  id_token?: string
}

const OIDC = ['openid', 'profile', 'email', 'offline_access']
const KEY_ID = 'practice-key'
const GRAPH = 'https://graph.microsoft.com/'
/** learn.microsoft.com/entra/identity-platform/refresh-tokens */
const REFRESH_LIFETIME = 90 * DAY

/** `https://graph.microsoft.com/Calendars.Read` and `Calendars.Read` are one permission. */
export const plain = (scope: string): string =>
  scope.toLowerCase().startsWith(GRAPH) ? scope.slice(GRAPH.length) : scope
export const words = (scope: string): string[] => scope.split(/\s+/).filter(Boolean)
export const covers = (granted: string[], wanted: string[]): boolean =>
  wanted.every((scope) => granted.some((one) => plain(one).toLowerCase() === plain(scope).toLowerCase()))

// Real ones are opaque too, and as long: an app must not look into them, and must have room for them.
const opaque = (start: string, bytes: number): string => start + randomBytes(bytes).toString('base64url')

function signingKey(store: PracticeStore) {
  if (!store.key) {
    store.key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    }) as string
    store.save()
  }
  return createPrivateKey(store.key)
}

export function jwks(store: PracticeStore, issuer: string): object {
  const { n, e } = createPublicKey(signingKey(store)).export({ format: 'jwk' })
  return { keys: [{ kty: 'RSA', use: 'sig', kid: KEY_ID, alg: 'RS256', n, e, issuer }] }
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** learn.microsoft.com/entra/identity-platform/id-token-claims-reference */
function idToken(
  store: PracticeStore,
  url: string,
  person: Person,
  client: string,
  scopes: string[],
  nonce: string | null,
): string {
  const at = Math.floor(store.now() / 1000)
  const claims = {
    ver: '2.0',
    iss: `${url}/${person.tenant}/v2.0`,
    aud: client,
    iat: at,
    nbf: at,
    exp: at + 3600,
    tid: person.tenant,
    uti: randomBytes(16).toString('base64url'),
    // Pairwise: another for each app.
    sub: createHash('sha256').update(`${person.id} ${client}`).digest('base64url'),
    ...(scopes.includes('profile')
      ? { oid: person.id, name: person.name, preferred_username: person.email }
      : {}),
    ...(scopes.includes('email') ? { email: person.email } : {}),
    ...(nonce === null ? {} : { nonce }),
  }
  const text = `${part({ typ: 'JWT', alg: 'RS256', kid: KEY_ID })}.${part(claims)}`
  return `${text}.${sign('sha256', Buffer.from(text), signingKey(store)).toString('base64url')}`
}

export function issue(
  store: PracticeStore,
  url: string,
  person: Person,
  client: string,
  scopes: string[],
  options: { nonce?: string | null; family?: string } = {},
): TokenAnswer {
  const access = opaque('EwCYA8l6BAAU', 1100)
  store.access.set(access, { person: person.id, client, scopes, until: store.now() + store.accessLifetime })
  const answer: TokenAnswer = {
    token_type: 'Bearer',
    scope: scopes.filter((scope) => scope !== 'offline_access').join(' '),
    expires_in: Math.round(store.accessLifetime / 1000),
    ext_expires_in: Math.round(store.accessLifetime / 1000),
    access_token: access,
  }
  if (scopes.includes('offline_access')) {
    answer.refresh_token = opaque('1.AXoA', 700)
    store.refresh.set(answer.refresh_token, {
      person: person.id,
      client,
      scopes,
      family: options.family ?? randomUUID(),
      state: 'alive',
      usedAt: null,
      madeAt: store.now(),
    })
  }
  if (scopes.includes('openid'))
    answer.id_token = idToken(store, url, person, client, scopes, options.nonce ?? null)
  store.save()
  return answer
}

/** learn.microsoft.com/entra/identity-platform/reference-error-codes */
const DEAD: Record<
  Exclude<RefreshToken['state'], 'alive'>,
  { error: string; code: number; text: string; suberror?: string }
> = {
  used: {
    error: 'invalid_grant',
    code: 70000,
    text: 'The provided value for the refresh token is not valid: it has been used already.',
    suberror: 'bad_token',
  },
  revoked: {
    error: 'invalid_grant',
    code: 50173,
    text: 'The provided grant has expired due to it being revoked, a fresh auth token is needed.',
    suberror: 'bad_token',
  },
  inactive: {
    error: 'invalid_grant',
    code: 700082,
    text: 'The refresh token has expired due to inactivity. It was inactive for 90.00:00:00.',
    suberror: 'bad_token',
  },
  password: {
    error: 'invalid_grant',
    code: 50173,
    text: 'The provided grant has expired because the user changed or reset the password.',
    suberror: 'bad_token',
  },
  unconsented: {
    error: 'invalid_grant',
    code: 65001,
    text: 'The user or administrator has not consented to use the application. Send an interactive authorization request for this user and resource.',
    suberror: 'consent_required',
  },
  mfa: {
    error: 'interaction_required',
    code: 50076,
    text: 'Due to a configuration change made by your administrator you must use multi-factor authentication to access the resource.',
    suberror: 'basic_action',
  },
}

/** What a refresh token opens. Each use brings a new one; what becomes of the old one is the store's `rotation`. */
export function redeem(
  store: PracticeStore,
  url: string,
  token: string,
  client: string,
  scope: string | null,
):
  | { kind: 'fresh'; answer: TokenAnswer }
  | { kind: 'dead'; error: string; code: number; text: string; suberror?: string } {
  const held = store.refresh.get(token)
  if (!held || held.client !== client)
    return {
      kind: 'dead',
      error: 'invalid_grant',
      code: 9002313,
      text: 'Invalid request. Request is malformed or invalid.',
      suberror: 'bad_token',
    }
  const person = store.people.get(held.person)!
  if (held.state === 'alive' && store.now() - held.madeAt > REFRESH_LIFETIME) held.state = 'inactive'
  const inGrace =
    held.state === 'used' && held.usedAt !== null && store.now() - held.usedAt < store.rotationGrace
  if (held.state === 'used' && !inGrace)
    for (const one of store.refresh.values())
      if (one.family === held.family) one.state = one.state === 'used' ? 'used' : 'revoked'
  if (held.state !== 'alive' && !inGrace) {
    store.save()
    return { kind: 'dead', ...DEAD[held.state] }
  }
  const scopes =
    scope === null
      ? held.scopes
      : [...new Set([...words(scope), ...held.scopes.filter((one) => OIDC.includes(one))])]
  if (!covers(person.consents[client] ?? [], scopes)) return { kind: 'dead', ...DEAD.unconsented }
  if (store.rotation === 'killed' && !inGrace) {
    held.state = 'used'
    held.usedAt = store.now()
  }
  return { kind: 'fresh', answer: issue(store, url, person, client, scopes, { family: held.family }) }
}
