import { sql } from 'kysely'
import type { Tx } from './database.ts'

type Statement<Answer> = (text: TemplateStringsArray, ...values: unknown[]) => Promise<Answer>

/** One statement and all its rows: all<Row>(tx)`select …`. Values become parameters; kysely's own fragments may stand among them. */
export const all =
  <Row>(tx: Tx): Statement<Row[]> =>
  async (text, ...values) =>
    (await sql<Row>(text, ...values).execute(tx)).rows

/** The first row, or null. */
export const one =
  <Row = object>(tx: Tx): Statement<Row | null> =>
  async (text, ...values) =>
    (await all<Row>(tx)(text, ...values))[0] ?? null

export const run =
  (tx: Tx): Statement<void> =>
  async (text, ...values) =>
    void (await all(tx)(text, ...values))
