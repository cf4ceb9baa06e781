import type { Instant } from '#core/time/model.ts'
import type { CalendarProvider, ProviderName } from '#server/providers/provider.ts'
import type { Config } from './config.ts'
import type { Db, Tx } from './database.ts'
import type { Egress } from './egress.ts'
import type { Jobs } from './jobs.ts'
import type { Log } from './log.ts'
import type { Limiter } from './limits.ts'
import type { Secrets } from './secrets.ts'

export type Sender = { name: string; email: string }

/** What became of a letter that was handed to somebody's own mailbox. */
export type PostedBy =
  | { kind: 'sent' }
  /** Its provider said no to this letter for good. */
  | { kind: 'refused' }
  /** Certainly not taken; may be tried again after so many milliseconds. */
  | { kind: 'later'; wait: number | null }
  /** Given, and no answer came back. */
  | { kind: 'unknown' }
  /** It is no longer linked: nothing was given to it. */
  | { kind: 'closed' }

export type Mailboxes = {
  /** As whom letters of this person go out, if their own mailbox is linked and well. */
  linked(tx: Tx, workspaceId: string, userId: string): Promise<Sender | null>
  of(workspaceId: string, userId: string): Promise<(Sender & { send(letter: Posted): Promise<PostedBy> }) | null>
}
export type Posted = { source: Buffer; subject: string; contactEmail: string | null }

/** All that a verb may need from outside: one plain record, built in main.ts and by hand in tests. */
export type Deps = {
  config: Config
  db: Db
  now: () => Instant
  egress: Egress
  providers: Partial<Record<ProviderName, CalendarProvider>>
  secrets: Secrets
  jobs: Jobs
  /** Whether this process begins at once what a request causes; a process that only serves the web leaves it to the workers. */
  works: boolean
  limiter: Limiter
  /** People's own mailboxes, as letters know them: kept on a floor above the mail's. */
  mailboxes?: Mailboxes
  log: Log
}
