import { AsyncLocalStorage } from 'node:async_hooks'
import { createHash } from 'node:crypto'
import { Kysely, PostgresDialect, type PostgresPool } from 'kysely'
import pg from 'pg'
import type { Instant } from '#core/time/model.ts'

/** A transaction. `withTables<Mine>()` gives a slice its own tables; queries started together travel together. */
export type Tx = Kysely<unknown> & {
  /** A statement that the server keeps prepared on each connection: for the few hot ones. */
  prepared<Row>(name: string, text: string, values: unknown[]): Promise<Row[]>
}

export type Db = {
  /** One transaction that sees one workspace and nothing else; a deadlock or serialization failure is tried once more. */
  inWorkspace<T>(workspaceId: string, work: (tx: Tx) => Promise<T>): Promise<T>
  /** One transaction that sees no workspace: the directory, the instance, rate limits. */
  outside<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** One statement on its own, for functions that choose their workspace themselves. */
  prepared<Row>(name: string, text: string, values: unknown[]): Promise<Row[]>
  /** Whether the current call stands inside a transaction: no outgoing call may start there (E10). */
  insideTransaction(): boolean
  /** Totals since the start, for the budgets of performance.md. BEGIN and COMMIT are not counted. */
  counts(): { statements: number; roundTrips: number }
  pool: pg.Pool
  end(): Promise<void>
}

export type DatabaseAddress = { connectionString: string } | { host: string; user: string; database: string }

/**
 * The line to the database broke, or there is none. Whatever was begun is undone, unless COMMIT had been sent: then nobody here
 * can know. The code is the SQL standard's for a lost connection.
 */
export class DatabaseAway extends Error {
  override name = 'DatabaseAway'
  readonly code = '08006'
}

// 08: the line; 57P0x: the server goes down, crashed, or comes up; 53300: it has no connection left.
const AWAY = /^(?:08|57P0[1-4]|53300|ECONNREFUSED|ECONNRESET|EPIPE|ENOENT|ENOTFOUND|ETIMEDOUT)/
// What pg says in words alone.
const AWAY_WORDS = /^(?:Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed)/

function named(error: unknown): unknown {
  const { code, message } = error as { code?: string; message?: string }
  return AWAY.test(code ?? '') || AWAY_WORDS.test(message ?? '') ? new DatabaseAway('the database is away', { cause: error }) : error
}

/** A point in time as a statement's parameter. */
export const at = (instant: Instant): string => new Date(instant).toISOString()

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
// 40001 serialization failure, 40P01 deadlock: PostgreSQL has undone all of it and asks for another try.
const TRY_AGAIN = new Set(['40001', '40P01'])
const TIMESTAMPTZ = 1184
const BIGINT = 20

// Instants are numbers everywhere; only for our own pool, since the job queue brings code that expects Date.
const readDate = pg.types.getTypeParser(TIMESTAMPTZ) as (text: string) => Date
const types = {
  getTypeParser: ((oid: number, format: 'text' | 'binary' = 'text') => {
    if (format === 'text' && oid === TIMESTAMPTZ) return (text: string) => readDate(text).getTime()
    if (format === 'text' && oid === BIGINT) return Number
    return pg.types.getTypeParser(oid, format)
  }) as typeof pg.types.getTypeParser,
}

/** Opens the pool of the application's role, which owns nothing and cannot see past a row-level policy. */
export function openDatabase(address: DatabaseAddress, options: { max?: number } = {}): Db {
  const pool = new pg.Pool({
    ...address,
    types,
    pipeline: true,
    max: options.max ?? 12,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 20_000,
    application_name: 'ritrovo',
    // The role is taken on before the connection is lent for the first time.
    onConnect: async (client: pg.ClientBase) => {
      await client.query(`select set_config('role', rolname, false) from pg_roles where rolname = 'ritrovo_app' and pg_has_role(oid, 'member'); set timezone = 'UTC'`)
    },
  })
  // A connection that the server closed, idle or lent, is replaced at its next use; without a listener it would end the process.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))

  const inside = new AsyncLocalStorage<true>()
  const totals = { statements: 0, roundTrips: 0 }
  const transactions = new WeakMap<pg.PoolClient, Tx>()

  function transactionOn(client: pg.PoolClient): Tx {
    const known = transactions.get(client)
    if (known) return known
    const ask = counted(client, totals)
    // Kysely asks its pool for a connection before each query: it is always given this one.
    const only = { connect: async () => ({ query: ask, release: () => undefined }), end: async () => undefined }
    const tx = Object.assign(new Kysely<unknown>({ dialect: new PostgresDialect({ pool: only as unknown as PostgresPool }) }), {
      prepared: async <Row>(name: string, text: string, values: unknown[]) => (await ask({ name, text, values })).rows as Row[],
    })
    transactions.set(client, tx)
    return tx
  }

  async function once<T>(begin: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    const client = await pool.connect().catch((error: unknown) => Promise.reject(named(error)))
    let broken = false
    try {
      const [, result] = await Promise.all([client.query(begin), inside.run(true, () => work(transactionOn(client)))])
      await client.query('commit')
      return result
    } catch (error) {
      await client.query('rollback').catch(() => {
        broken = true
      })
      throw named(error)
    } finally {
      client.release(broken)
    }
  }

  async function transact<T>(begin: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    try {
      return await once(begin, work)
    } catch (error) {
      if (!TRY_AGAIN.has((error as { code?: string }).code ?? '')) throw error
      return await once(begin, work)
    }
  }

  return {
    inWorkspace(workspaceId, work) {
      if (!UUID.test(workspaceId)) throw new Error('inWorkspace was given something that is not a workspace id')
      // `true` ends the setting with the transaction: the next borrower of this connection starts blind.
      return transact(`begin; select set_config('app.workspace_id', '${workspaceId}', true)`, work)
    },
    outside: (work) => transact('begin', work),
    async prepared<Row>(name: string, text: string, values: unknown[]) {
      totals.statements++
      totals.roundTrips++
      const { rows } = await pool.query({ name, text, values }).catch((error: unknown) => Promise.reject(named(error)))
      return rows as Row[]
    },
    insideTransaction: () => inside.getStore() === true,
    counts: () => ({ ...totals }),
    pool,
    end: () => pool.end(),
  }
}

// Parsing and planning a statement costs more than running it: one that comes again and again, whoever wrote it, is kept prepared.
const OFTEN = 16
const KEPT = 400
const seen = new Map<string, number>()
const names = new Map<string, string>()

function prepare(args: [string | pg.QueryConfig, unknown[]?]): [string | pg.QueryConfig, unknown[]?] {
  const [text, values] = args
  if (typeof text !== 'string' || !values?.length) return args
  const known = names.get(text)
  if (known) return [{ name: known, text, values }]
  // Texts that are put together as one goes along must not fill the memory.
  if (seen.size > 10 * KEPT) seen.clear()
  const times = (seen.get(text) ?? 0) + 1
  seen.set(text, times)
  if (times >= OFTEN && names.size < KEPT) names.set(text, `often_${createHash('sha256').update(text).digest('hex').slice(0, 20)}`)
  return args
}

/** Counts statements, and as one round trip all that leave before the first answer is back. */
function counted(client: pg.PoolClient, totals: { statements: number; roundTrips: number }) {
  let waiting = 0
  return async (...args: [string | pg.QueryConfig, unknown[]?]) => {
    totals.statements++
    if (waiting++ === 0) totals.roundTrips++
    try {
      return await (client.query as (...q: unknown[]) => Promise<pg.QueryResult>)(...prepare(args))
    } finally {
      waiting--
    }
  }
}
