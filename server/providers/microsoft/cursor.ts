import { z } from 'zod'
import { CursorExpired } from '../provider.ts'
import type { SyncCursor } from '../provider.ts'

const window = z.strictObject({ start: z.number(), end: z.number() })

/**
 * A round of `calendarView/delta`, whose links carry the window it began with. `first` while the first round is
 * under way. `series` keeps, by series, which of its instances our copy has: a delta is silent about an instance
 * that was deleted.
 */
const ByDelta = z.strictObject({
  v: z.literal(1),
  by: z.literal('delta'),
  link: z.string().min(1),
  first: z.boolean(),
  window,
  series: z.record(z.string(), z.string()),
})

/**
 * For calendars without a delta: the view is listed and compared, entry by entry, with what it was (`seen`) the
 * last time.
 */
const ByList = z.strictObject({
  v: z.literal(1),
  by: z.literal('list'),
  link: z.string().min(1).nullable(),
  window,
  seen: z.record(z.string(), z.string()),
  now: z.record(z.string(), z.string()),
})

const Cursor = z.discriminatedUnion('by', [ByDelta, ByList])
export type ByDelta = z.infer<typeof ByDelta>
export type ByList = z.infer<typeof ByList>
export type Cursor = z.infer<typeof Cursor>

export const writeCursor = (cursor: Cursor): SyncCursor => JSON.stringify(cursor)

export function readCursor(text: SyncCursor): Cursor {
  try {
    return Cursor.parse(JSON.parse(text))
  } catch {
    throw new CursorExpired('the cursor is of another time')
  }
}
