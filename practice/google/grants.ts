import { createHash, randomBytes } from 'node:crypto'
import { DAY, MINUTE } from '#core/time/model.ts'
import type { AuthorizeQuery } from './oauth-schema.ts'

export type Refresh = {
  token: string
  email: string
  scopes: string[]
  born: number
  used: number
  until: number | null
}
export type Access = { token: string; email: string; scopes: string[]; until: number }
type Code = { email: string; scopes: string[]; query: AuthorizeQuery; offline: boolean; until: number }
export type Redeemed =
  | {
      kind: 'granted'
      email: string
      scopes: string[]
      access: string
      refresh: Refresh | null
      nonce: string | undefined
    }
  | { kind: 'refused'; error: string; description: string }

export const ACCESS_SECONDS = 3599
const CODE_LIFE = MINUTE
// developers.google.com/identity/protocols/oauth2#expiration: unused for six months; a hundred per account and client, the oldest dies
// without a word; seven days while the app is in testing, unless it asked for no more than who the person is.
const UNUSED = 182 * DAY
const TESTING = 7 * DAY
const MOST = 100

const AUTH = 'https://www.googleapis.com/auth/'
export const SIGN_IN = ['openid', `${AUTH}userinfo.email`, `${AUTH}userinfo.profile`]
const ALIASES: Record<string, string> = { email: SIGN_IN[1]!, profile: SIGN_IN[2]! }

/** The scopes of a request under the names the token answer gives them (developers.google.com/identity/protocols/oauth2/scopes). */
export const scopesOf = (text: string): string[] => [
  ...new Set(
    text
      .split(' ')
      .filter((scope) => scope !== '')
      .map((scope) => ALIASES[scope] ?? scope),
  ),
]

const refused = (error: string, description: string): Redeemed => ({ kind: 'refused', error, description })
const random = (): string => randomBytes(24).toString('base64url')

/** Who allowed the app what, and every token that came of it. */
export class Grants {
  readonly consents = new Map<string, string[]>()
  readonly refresh = new Map<string, Refresh>()
  readonly access = new Map<string, Access>()
  readonly #codes = new Map<string, Code>()
  readonly #now: () => number
  readonly #changed: () => void

  constructor(now: () => number, changed: () => void) {
    this.#now = now
    this.#changed = changed
  }

  /** The person pressed Allow. A refresh token comes only offline, and only the first time or when consent was asked for anew. */
  allow(email: string, scopes: string[], query: AuthorizeQuery): string {
    const earlier = this.consents.get(email)
    const all =
      query.include_granted_scopes === 'true' ? [...new Set([...(earlier ?? []), ...scopes])] : scopes
    this.consents.set(email, [...new Set([...(earlier ?? []), ...scopes])])
    const offline =
      query.access_type === 'offline' &&
      (earlier === undefined || (query.prompt ?? '').split(' ').includes('consent'))
    const code = `4/${random()}`
    this.#codes.set(code, { email, scopes: all, query, offline, until: this.#now() + CODE_LIFE })
    this.#changed()
    return code
  }

  redeem(
    given: { code: string; redirect_uri: string; code_verifier?: string | undefined },
    client: string,
    testing: (email: string) => boolean,
  ): Redeemed {
    const code = this.#codes.get(given.code)
    this.#codes.delete(given.code)
    if (!code) return refused('invalid_grant', 'Malformed auth code.')
    if (code.until <= this.#now() || code.query.client_id !== client)
      return refused('invalid_grant', 'Bad Request')
    if (code.query.redirect_uri !== given.redirect_uri) return refused('redirect_uri_mismatch', 'Bad Request')
    const challenge = code.query.code_challenge
    if (challenge === undefined && given.code_verifier !== undefined)
      return refused('invalid_grant', 'code_verifier or verifier is not needed.')
    if (challenge !== undefined && given.code_verifier === undefined)
      return refused('invalid_grant', 'Missing code verifier.')
    if (
      challenge !== undefined &&
      hashed(given.code_verifier!, code.query.code_challenge_method) !== challenge
    )
      return refused('invalid_grant', 'Invalid code verifier.')
    const refresh = code.offline ? this.#newRefresh(code.email, code.scopes, testing(code.email)) : null
    return {
      kind: 'granted',
      email: code.email,
      scopes: code.scopes,
      access: this.newAccess(code.email, code.scopes),
      refresh,
      nonce: code.query.nonce,
    }
  }

  renew(token: string): Redeemed {
    const found = this.refresh.get(token)
    const now = this.#now()
    if (!found || found.used + UNUSED <= now || (found.until !== null && found.until <= now))
      return refused('invalid_grant', 'Token has been expired or revoked.')
    found.used = now
    this.#changed()
    return {
      kind: 'granted',
      email: found.email,
      scopes: found.scopes,
      access: this.newAccess(found.email, found.scopes),
      refresh: null,
      nonce: undefined,
    }
  }

  newAccess(email: string, scopes: string[]): string {
    const token = `ya29.${random()}`
    this.access.set(token, { token, email, scopes, until: this.#now() + (ACCESS_SECONDS + 1) * 1000 })
    return token
  }

  /** Straight to the tokens, as though the person had just allowed all of it. */
  grant(email: string, scopes: string[], testing: boolean): { access: string; refresh: Refresh } {
    this.consents.set(email, [...new Set([...(this.consents.get(email) ?? []), ...scopes])])
    return { access: this.newAccess(email, scopes), refresh: this.#newRefresh(email, scopes, testing) }
  }

  #newRefresh(email: string, scopes: string[], testing: boolean): Refresh {
    const now = this.#now()
    const until = testing && scopes.some((scope) => !SIGN_IN.includes(scope)) ? now + TESTING : null
    const refresh = { token: `1//${random()}`, email, scopes, born: now, used: now, until }
    this.refresh.set(refresh.token, refresh)
    const own = [...this.refresh.values()].filter((each) => each.email === email)
    for (const old of own.slice(0, Math.max(0, own.length - MOST))) this.refresh.delete(old.token)
    this.#changed()
    return refresh
  }

  /** Whose access token this is, while it lasts. */
  holder(token: string): Access | null {
    const found = this.access.get(token)
    return found && found.until > this.#now() ? found : null
  }

  /** Either kind of token ends everything the person allowed. */
  revoke(token: string): boolean {
    const found = this.refresh.get(token) ?? this.holder(token)
    if (!found) return false
    this.forget(found.email)
    return true
  }

  forget(email: string): void {
    this.consents.delete(email)
    for (const kept of [this.refresh, this.access])
      for (const each of kept.values()) if (each.email === email) kept.delete(each.token)
    this.#changed()
  }

  expire(email: string | undefined): void {
    for (const each of this.access.values())
      if (email === undefined || each.email === email) this.access.delete(each.token)
  }
}

const hashed = (verifier: string, method: string | undefined): string =>
  method === 'S256' ? createHash('sha256').update(verifier).digest('base64url') : verifier
