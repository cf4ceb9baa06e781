import { z } from 'zod'
import { CursorExpired } from '../provider.ts'
import type { SyncCursor } from '../provider.ts'

/**
 * `state` is Exchange's own SyncState. `first` while a calendar is read from the start. `series` are those whose occurrences are still to
 * be looked up, their UIDs by their ids. `empty` counts pages that brought nothing and promised more (B05).
 */
const Cursor = z.strictObject({
  v: z.literal(1),
  state: z.string(),
  first: z.boolean(),
  window: z.strictObject({ start: z.number(), end: z.number() }),
  series: z.record(z.string(), z.string()),
  ended: z.boolean(),
  empty: z.number(),
})
export type Cursor = z.infer<typeof Cursor>

export const writeCursor = (cursor: Cursor): SyncCursor => JSON.stringify(cursor)

export function readCursor(text: SyncCursor): Cursor {
  try {
    return Cursor.parse(JSON.parse(text))
  } catch {
    throw new CursorExpired('the cursor is of another time')
  }
}
