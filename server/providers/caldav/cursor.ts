import { createHash } from 'node:crypto'
import { z } from 'zod'
import { CursorExpired } from '../provider.ts'
import type { SyncCursor } from '../provider.ts'

const ByToken = z.strictObject({
  by: z.literal('token'),
  token: z.string(),
  /** Whether this server takes a limit. */ limited: z.boolean(),
})
const ByEtags = z.strictObject({
  by: z.literal('etags'),
  ctag: z.string().nullable(),
  seen: z.record(z.string(), z.string()),
})
/**
 * Where we are in a calendar. `pending` are the hrefs that a report named and no page has brought yet. With `token` the
 * server tells what changed (RFC 6578); without, `seen` holds what we know of each object, and ctag says whether to look.
 * `zone` and `owner` are the calendar's, read at the start of a full read, so that all of its pages are read alike.
 */
const Cursor = z.strictObject({
  v: z.literal(1),
  zone: z.string().nullable(),
  owner: z.array(z.string()),
  pending: z.array(z.string()),
  /** The server cut its list short: there is more to ask for once `pending` is empty. */
  cut: z.boolean(),
  place: z.discriminatedUnion('by', [ByToken, ByEtags]),
})
export type Cursor = z.infer<typeof Cursor>
export type ByToken = z.infer<typeof ByToken>
export type ByEtags = z.infer<typeof ByEtags>

export const writeCursor = (cursor: Cursor): SyncCursor => JSON.stringify(cursor)

export function readCursor(text: SyncCursor): Cursor {
  try {
    return Cursor.parse(JSON.parse(text))
  } catch {
    throw new CursorExpired('the cursor is of another time')
  }
}

/** Enough of an ETag to see a change. */
export const digest = (etag: string): string =>
  createHash('sha256').update(etag).digest('base64url').slice(0, 12)
