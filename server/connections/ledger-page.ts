import type { Scope } from '#server/accounts/gate.ts'
import type { Deps } from '#server/platform/deps.ts'
import { flushLedger } from './ledger.ts'
import { readLedger, type LedgerEntry } from './store.ts'

const PER_PAGE = 50
const MOST_IN_FILE = 20_000

type Place = { at: number; id: string }

/** A page of what was done in a person's own accounts; null for a cursor that is not ours. */
export async function readAccessLedger(
  deps: Deps,
  { workspaceId, userId }: Scope,
  connectionId: string | null,
  cursor: string | null,
): Promise<{ entries: LedgerEntry[]; next: string | null } | null> {
  const before = cursor === null ? null : readCursor(cursor)
  if (cursor !== null && before === null) return null
  await flushLedger(deps)
  const rows = await deps.db.inWorkspace(workspaceId, (tx) =>
    readLedger(tx, workspaceId, userId, { connectionId, before, limit: PER_PAGE + 1 }),
  )
  const entries = rows.slice(0, PER_PAGE)
  const last = entries.at(-1)
  return { entries, next: rows.length > PER_PAGE && last ? `${last.lastAt}.${last.id}` : null }
}

function readCursor(cursor: string): Place | null {
  const [, at, id] = /^(\d{1,15})\.([\da-f-]{36})$/.exec(cursor) ?? []
  return at && id ? { at: Number(at), id } : null
}

const COLUMNS = [
  'account',
  'provider',
  'feature',
  'act',
  'calendar',
  'subject',
  'times',
  'firstAt',
  'lastAt',
] as const

/** All of it for a spreadsheet (RFC 4180). */
export async function writeCsv(deps: Deps, { workspaceId, userId }: Scope): Promise<string> {
  await flushLedger(deps)
  const rows = await deps.db.inWorkspace(workspaceId, (tx) =>
    readLedger(tx, workspaceId, userId, { connectionId: null, before: null, limit: MOST_IN_FILE }),
  )
  const lines = rows.map((row) =>
    COLUMNS.map((name) => {
      const value = row[name]
      return field(
        name === 'firstAt' || name === 'lastAt' ? new Date(Number(value)).toISOString() : String(value ?? ''),
      )
    }).join(','),
  )
  return `${[COLUMNS.join(','), ...lines].join('\r\n')}\r\n`
}

// What begins like a formula is text here: a spreadsheet would compute it (I20).
const field = (value: string): string =>
  `"${(/^[=+\-@\t\r]/.test(value) ? `'${value}` : value).replaceAll('"', '""')}"`
