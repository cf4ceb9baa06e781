import { z } from '@hono/zod-openapi'
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

export type Consent = { textVersion: string; locale: 'en' | 'it' }

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
}

/** How an account is called: who, and where unless the address already says so. */
export function accountName(user: string, host: string): string {
  const domain = user.split('@')[1]
  if (!domain) return `${user}@${host}`
  return host === domain || host.endsWith(`.${domain}`) ? user : `${user} (${host})`
}
/** The server's name in sentences about an account. */
export const hostOf = (account: string): string =>
  /\(([^()]+)\)$/.exec(account)?.[1] ?? account.slice(account.lastIndexOf('@') + 1)
