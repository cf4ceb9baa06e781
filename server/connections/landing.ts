import { speak } from '#core/locale/say.ts'
import { connectionWords } from '#core/locale/words/connections.ts'
import type { Locale } from '#core/locale/locale.ts'
import { MINUTE } from '#core/time/model.ts'
import type { Scope } from '#server/accounts/gate.ts'
import type { Tx } from '#server/platform/database.ts'
import type { Deps } from '#server/platform/deps.ts'
import { newToken, readToken } from '#server/platform/secrets.ts'
import type { Arrived } from './arrive.ts'
import { PROVIDER_NAMES, type CalCode, type OAuthProvider, type Way } from './model.ts'
import { findLandingRow, insertLanding, takeLanding } from './store.ts'

/** What a sentence about a landing names. */
export type Detail = {
  a?: string
  b?: string
  scope?: string
  effect?: string
  name?: string
  mail?: string
  approvalUrl?: string
  message?: string
}
type Kept = Detail & { ways: Way[]; email: string | null; missing: string[] | null }

export type NewLanding = {
  provider: OAuthProvider
  code: CalCode
  detail?: Detail
  ways: Way[]
  /** Who came back, for the next trip's hint. */
  email?: string
  missing?: string[]
  /** Kept, sealed, so that the person may still say: take it. */
  arrived?: Arrived
}

const LANDING_LIFE = 15 * MINUTE

const landingPlace = (workspaceId: string, hash: Buffer) => ({
  table: 'oauth_landings',
  field: 'tokens',
  row: hash.toString('hex'),
  workspaceId,
})

/** Keeps for a few minutes how a trip ended, for the one it ended for; the token leads their own app to it. */
export async function land(deps: Deps, { workspaceId, userId }: Scope, landing: NewLanding): Promise<string> {
  const { token, hash } = newToken(workspaceId)
  const kept: Kept = {
    ...landing.detail,
    ways: landing.ways,
    email: landing.email ?? null,
    missing: landing.missing ?? null,
  }
  const sealedTokens = landing.arrived
    ? deps.secrets.seal(JSON.stringify(landing.arrived), landingPlace(workspaceId, hash))
    : null
  await deps.db.inWorkspace(workspaceId, (tx) =>
    insertLanding(tx, workspaceId, userId, {
      hash,
      provider: landing.provider,
      code: landing.code,
      detail: kept,
      sealedTokens,
      now: deps.now(),
      expiresAt: deps.now() + LANDING_LIFE,
    }),
  )
  return token
}

export type Landing = { code: CalCode; provider: OAuthProvider; detail: Detail; ways: Way[]; text: string }

/** How a trip ended, in words; null when it is nobody's, another's or long ago. */
export async function findLanding(
  deps: Deps,
  scope: Scope,
  token: string,
  locale: Locale,
): Promise<Landing | null> {
  const read = readToken(token)
  if (!read || read.workspaceId !== scope.workspaceId) return null
  const row = await deps.db.inWorkspace(scope.workspaceId, (tx) =>
    findLandingRow(tx, scope.workspaceId, scope.userId, read.hash, deps.now()),
  )
  if (!row) return null
  const { ways, email: _, missing: __, ...detail } = row.detail as Kept
  const code = row.code as CalCode
  return { code, provider: row.provider, detail, ways, text: sentenceOf(locale, code, row.provider, detail) }
}

/** The sentence of an error, with everything it may name. */
export const sentenceOf = (
  locale: Locale,
  code: CalCode,
  provider: OAuthProvider,
  { a = '', b = '', scope = '', effect = '', name = '', mail = '' }: Detail = {},
): string =>
  speak(connectionWords, locale)(`cal-error.${code}`, {
    provider: PROVIDER_NAMES[provider],
    a,
    b: b || speak(connectionWords, locale)('cal-second.other'),
    scope,
    effect,
    name,
    mail,
    host: PROVIDER_NAMES[provider],
  })

/** Inside a transaction: who came back at a landing, and what they left off. */
export async function findLandingDetail(deps: Deps, tx: Tx, { workspaceId, userId }: Scope, token: string) {
  const read = readToken(token)
  if (!read || read.workspaceId !== workspaceId) return null
  const row = await findLandingRow(tx, workspaceId, userId, read.hash, deps.now())
  if (!row) return null
  const { email, missing } = row.detail as Kept
  return { provider: row.provider, email, missing }
}

/** Takes out what a landing holds, once: two clicks on “use it” use it once. */
export async function takeFromLanding(deps: Deps, scope: Scope, token: string): Promise<Arrived | null> {
  const { workspaceId, userId } = scope
  const read = readToken(token)
  if (!read || read.workspaceId !== workspaceId) return null
  const row = await deps.db.inWorkspace(workspaceId, (tx) =>
    takeLanding(tx, workspaceId, userId, read.hash, deps.now()),
  )
  if (!row?.sealedTokens) return null
  return JSON.parse(deps.secrets.unseal(row.sealedTokens, landingPlace(workspaceId, row.hash))) as Arrived
}
