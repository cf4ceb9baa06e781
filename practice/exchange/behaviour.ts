import { DAY, MINUTE } from '#core/time/model.ts'
import type { ExchangeVersion } from './versions.ts'

export type Scheme = 'Basic' | 'NTLM' | 'Negotiate'
export type Discovery =
  | { kind: 'settings'; ewsUrl?: string | null; protocols?: ('EXCH' | 'EXPR' | 'WEB')[] }
  | { kind: 'redirectAddr'; address: string }
  | { kind: 'redirectUrl'; url: string }
  /** 500 the address is not known, 501 bad address, 600 invalid request, 601 no provider, 602 bad password. */
  | { kind: 'error'; code: number; text?: string }
  /** 404. */
  | { kind: 'nothing' }

/** How the server behaves where the documents leave room, or the world has been seen to differ. A test sets what it needs. */
export class Behaviour {
  /** What the server is; newer RequestServerVersions are refused, newer fields are not in its schema. */
  version: ExchangeVersion = 'Exchange2010_SP2'
  schemes: Scheme[] = ['Negotiate', 'NTLM', 'Basic']
  /** Whether NTLM over TLS must be bound to the certificate: 'allowed' checks a binding that is there, 'required' wants one. */
  extendedProtection: 'off' | 'allowed' | 'required' = 'allowed'
  /** How far an NTLM answer's clock may be off. */
  ntlmClock = 30 * MINUTE
  /** EWSMaxConcurrency: more at once are refused with ErrorExceededConnectionCount. */
  connections = 10
  /** HangingConnectionLimit: streams open at once. */
  streams = 3
  /** EWSMaxSubscriptions. */
  subscriptionsAllowed = 20
  /** The longest window of GetUserAvailability. */
  longestAvailability = 42 * DAY
  /** FindItem never gives more at once. */
  findLimit = 1000
  /** GetItem and the like with more than these are refused, as by a small policy. */
  batchLimit = 1000
  /** SyncFolderItems says for ever that there is more, and gives nothing. */
  neverLast = false
  /** How much filler a SyncState carries. */
  syncStatePadding = 2048
  /** Milliseconds between two heartbeats of a stream, and those that a minute of ConnectionTimeout lasts. */
  heartbeat = 45_000
  minute = MINUTE
  /** The prefixes an answer is written with: 'odd' ones mean the same. */
  prefixes: 'usual' | 'odd' = 'usual'
  contentType = 'text/xml; charset=utf-8'
  gzip = true
  /** The answer to POX Autodiscover, and where the unauthenticated GET over http sends (null: 404). */
  autodiscover: Discovery = { kind: 'settings' }
  httpRedirect: string | null = null
  /** Declined meetings stay in the calendar. */
  keepsDeclined = false
}
