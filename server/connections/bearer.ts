import { MINUTE } from '#core/time/model.ts'
import type { Config } from '#server/platform/config.ts'
import type { Deps } from '#server/platform/deps.ts'
import type { Limits } from '#server/platform/egress.ts'
import { Unreachable } from '#server/providers/provider.ts'
import { SignedOut } from './faults.ts'
import type { OAuthProvider } from './model.ts'
import { renewAccess, type Access, type Account } from './renew.ts'

/** The programs a token of this provider may be shown to; the first is a session's address. */
export const apisOf = (config: Config, provider: OAuthProvider): [string, ...string[]] =>
  provider === 'google' ? [config.googleCalendarApi, config.googleGmailApi] : [config.microsoftGraphApi]

// Clocks differ, and a call takes its time: a token is not sent on its last minute.
const MARGIN = MINUTE

/** The way out with the account's own token on every call: renewed before it runs out, and once more when it is refused (C32). */
export function bearer(
  deps: Deps,
  account: Account,
  held: { access: Access },
  within?: Limits,
): typeof fetch {
  const out = within ? deps.egress.within(within) : deps.egress.fetch
  return async (input, init) => {
    const address = input instanceof Request ? input.url : String(input)
    expectOwn(deps.config, account.provider, address)
    if (held.access.expiresAt - MARGIN <= deps.now())
      held.access = await renewAccess(deps, account, held.access.sealed)
    const used = held.access
    const answer = await out(address, carrying(used.token, init))
    if (answer.status !== 401) return answer
    // Of several calls under way at once the first has renewed it already.
    if (held.access === used) held.access = await renewAccess(deps, account, used.sealed)
    const again = await out(address, carrying(held.access.token, init))
    if (again.status === 401)
      throw new SignedOut(`${account.provider} refuses the fresh token of connection ${account.connectionId}`)
    return again
  }
}

/** The same before there is a row: a token that a person has just brought back. */
export function bearerOf(deps: Deps, provider: OAuthProvider, token: string, within: Limits): typeof fetch {
  const out = deps.egress.within(within)
  return (input, init) => {
    const address = input instanceof Request ? input.url : String(input)
    expectOwn(deps.config, provider, address)
    return out(address, carrying(token, init))
  }
}

/** Links in answers are followed as they come (Graph's next and delta links): none may lead the token to a stranger. */
function expectOwn(config: Config, provider: OAuthProvider, address: string): void {
  const origin = URL.parse(address)?.origin
  if (!apisOf(config, provider).some((api) => new URL(api).origin === origin))
    throw new Unreachable(`an answer of ${provider} led elsewhere`, 'refused-address')
}

function carrying(token: string, init: RequestInit | undefined): RequestInit {
  const headers = new Headers(init?.headers)
  headers.set('authorization', `Bearer ${token}`)
  return { ...init, headers }
}
