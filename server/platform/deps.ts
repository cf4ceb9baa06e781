import type { Instant } from '#core/time/model.ts'
import type { CalendarProvider, ProviderName } from '#server/providers/provider.ts'
import type { Config } from './config.ts'
import type { Db } from './database.ts'
import type { Egress } from './egress.ts'
import type { Jobs } from './jobs.ts'
import type { Log } from './log.ts'
import type { Limiter } from './limits.ts'
import type { Secrets } from './secrets.ts'

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
  log: Log
}
