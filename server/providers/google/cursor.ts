import { z } from 'zod'
import { CursorExpired } from '../provider.ts'
import type { SyncCursor } from '../provider.ts'

/**
 * Where we are in a calendar. A read in progress repeats the parameters it began with on each of its pages: the window of a
 * read from the start, or the sync token of one that goes on; null where Google gave none to go on with. `size` too stays: all
 * parameters must be the same from read to read.
 */
const Cursor = z.strictObject({
  v: z.literal(1),
  from: z.union([
    z.strictObject({ start: z.number(), end: z.number() }),
    z.strictObject({ token: z.string().min(1) }),
    z.null(),
  ]),
  page: z.string().min(1).nullable(),
  size: z.int().min(1).max(2500),
})
type Cursor = z.infer<typeof Cursor>
export type Place = Cursor & { from: NonNullable<Cursor['from']> }

export const writeCursor = (cursor: Cursor): SyncCursor => JSON.stringify(cursor)

export function readCursor(text: SyncCursor): Place {
  const { from, ...cursor } = parse(text)
  if (from === null) throw new CursorExpired('there was no token to go on with')
  return { ...cursor, from }
}

function parse(text: SyncCursor): Cursor {
  try {
    return Cursor.parse(JSON.parse(text))
  } catch {
    throw new CursorExpired('the cursor is of another time')
  }
}
