import { cutBusy, fromBytes } from '#core/time/busy.ts'
import type { Span } from '#core/time/model.ts'
import type { Tx } from '#server/platform/database.ts'
import { findEventsAt } from './store.ts'

/** What these people have in their calendars at that time, with its name: for themselves only. Our own events are left out. */
export async function titlesAt(
  tx: Tx,
  workspaceId: string,
  userIds: readonly string[],
  span: Span,
): Promise<(Span & { title: string | null })[]> {
  const rows = await findEventsAt(tx, workspaceId, userIds, span)
  return rows.flatMap(({ title, busy }) => {
    const { starts, ends } = cutBusy(fromBytes(busy), span)
    return [...starts].map((start, index) => ({ start, end: ends[index]!, title }))
  })
}
