import { z } from '@hono/zod-openapi'
import type { Locale } from '#core/locale/locale.ts'
import type { CalendarProvider, ProviderName } from '#server/providers/provider.ts'

/** Why something did not work, as a code: chooses the sentence in core/locale/words/connections.ts that the owner reads. */
export const REASONS = [
  'wrong-password',
  'forbidden',
  'not-found',
  'not-caldav',
  'tls',
  'dns',
  'connect',
  'timeout',
  'server-error',
  'too-large',
  'refused-address',
  'bad-answer',
  'no-calendars',
  'other-host',
  'plain-http',
  'slow-down',
  'write-refused',
  // The provider no longer honours what its owner once allowed.
  'signed-out',
  // It no longer knows this server: a matter for whoever set it up.
  'app-refused',
] as const
export const ReasonCode = z.enum(REASONS).openapi('ReasonCode')
export type ReasonCode = z.infer<typeof ReasonCode>

export type ConnectionState = 'connecting' | 'connected' | 'broken' | 'disconnected'

/** What happens to a connection: the person begins, the provider says yes or refuses what it once allowed, the person ends it. */
export type Step = 'begin' | 'prove' | 'revoke' | 'disconnect'

// S-110. Every state but `connected` shows itself as offline mode. A disconnected account may begin again: it keeps its choices.
const STORED: ConnectionState[] = ['connecting', 'connected', 'broken', 'disconnected']
const NEXT: Record<'none' | ConnectionState, Partial<Record<Step, ConnectionState>>> = {
  none: { begin: 'connecting' },
  connecting: { prove: 'connected', disconnect: 'disconnected' },
  connected: { prove: 'connected', revoke: 'broken', disconnect: 'disconnected' },
  broken: { prove: 'connected', disconnect: 'disconnected' },
  disconnected: { begin: 'connecting' },
}

/** Where a step leads, or null where it cannot be taken. */
export const after = (state: 'none' | ConnectionState, step: Step): ConnectionState | null =>
  NEXT[state][step] ?? null

/** The stored states from which a step may be taken, for the `where` of its statement. */
export const statesBefore = (step: Step): ConnectionState[] =>
  STORED.filter((state) => after(state, step) !== null)

/** What this account can do here: data that is shown to people and enforced by the server (S-112). */
export type Capabilities = {
  read: boolean
  write: boolean
  cancel: boolean
  reschedule: boolean
  push: boolean
  freshBusy: boolean
}

export const capabilitiesOf = (provider: CalendarProvider, writable: boolean): Capabilities => ({
  read: true,
  write: writable,
  cancel: writable,
  reschedule: writable,
  push: provider.watch !== null,
  freshBusy: provider.freshBusy !== null,
})

export type Consent = { textVersion: string; locale: Locale }

/** What an account is used for: its events make busy, bookings are written there, its events become meetings, letters go out from it. */
export const ROLES = ['busy', 'bookings', 'crm', 'mail'] as const
export const Role = z.enum(ROLES).openapi('AccountRole')
export type Role = z.infer<typeof Role>

/** The providers one says yes at, instead of typing a password here. */
export const OAUTH_PROVIDERS = ['google', 'microsoft'] as const
export const OAuthProvider = z.enum(OAUTH_PROVIDERS)
export type OAuthProvider = z.infer<typeof OAuthProvider>
export const isOAuth = (provider: ProviderName): provider is OAuthProvider =>
  provider === 'google' || provider === 'microsoft'

/** How a provider is called in a sentence. */
export const PROVIDER_NAMES: Record<ProviderName, string> = {
  google: 'Google',
  microsoft: 'Microsoft',
  exchange: 'Exchange',
  caldav: 'CalDAV',
}

/** What may stand in the way of connecting (ux.md §2b); each has its sentence and its way out in core/locale/words/connections.ts. */
export const CAL_CODES = [
  'CAL-SHARED-INBOX',
  'CAL-WRONG-ACCOUNT',
  'CAL-CANCELLED',
  'CAL-PARTIAL-SCOPE',
  'CAL-ADMIN-CONSENT',
  'CAL-NO-MAILBOX',
  'CAL-UNVERIFIED-APP',
  'CAL-NOT-CONFIGURED',
  'CAL-APP-PASSWORD',
  'CAL-EWS-CLOUD',
  'CAL-EWS-VERSION',
  'CAL-EWS-URL',
  'CAL-TLS',
  'CAL-ALREADY-USED',
  'CAL-NO-PERMISSION',
  'CAL-EXPIRED',
  'CAL-SECOND',
  // Not in that table: the provider did not answer, or not sensibly.
  'CAL-UNREACHABLE',
] as const
export type CalCode = (typeof CAL_CODES)[number]

/** What a person may do about a trip that did not end with a calendar. */
export const WAYS = ['use', 'again', 'scope-only', 'replace', 'add', 'other'] as const
export type Way = (typeof WAYS)[number]

/** What the person types in; it is sealed before it is stored and never leaves `session.ts` again. */
export type Credentials = { address: string; user: string; secret: string }

/** A connection as everyone above may know it: no secret, no address. */
export type ConnectionRow = {
  connectionId: string
  userId: string
  provider: ProviderName
  account: string
  state: ConnectionState
  reason: ReasonCode | null
  since: number
  verifiedAt: number | null
  capabilities: Capabilities
  slot: number
  roles: Role[]
  legacy: 'calendar' | 'meetings' | null
  /** Only its mailbox is left. */
  calendarEnded: boolean
}

/** How an account is called: who, and where unless the address already says so. */
export function accountName(user: string, host: string): string {
  const domain = user.split('@')[1]
  if (!domain) return `${user}@${host}`
  return host === domain || host.endsWith(`.${domain}`) ? user : `${user} (${host})`
}
/** The server's name in sentences about an account. */
export const hostOf = (account: string, provider: ProviderName = 'caldav'): string =>
  isOAuth(provider)
    ? PROVIDER_NAMES[provider]
    : (/\(([^()]+)\)$/.exec(account)?.[1] ?? account.slice(account.lastIndexOf('@') + 1))

/** The address by which an account is compared with a team's inbox, or null where it is called otherwise. */
export function addressOf(account: string): string | null {
  const address = account.replace(/ \([^()]+\)$/, '').toLowerCase()
  return address.includes('@') ? address : null
}
