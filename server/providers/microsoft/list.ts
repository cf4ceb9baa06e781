import type { Change, Session } from '../provider.ts'
import type { Raw } from './ask.ts'
import type { ByList } from './cursor.ts'
import { digestOf, toRemote } from './event.ts'

/**
 * What one page of a listed view changes, against how each entry read the last time. What the last page has not
 * named is gone.
 */
export function compared(
  session: Session,
  { window, seen, now }: ByList,
  items: readonly Raw[],
  last: boolean,
): { changes: Change[]; seen: Record<string, string>; now: Record<string, string> } {
  const changes: Change[] = []
  const met = { ...now }
  for (const item of items) {
    const event = toRemote(item, { window, zone: session.zone })
    const print = digestOf(JSON.stringify(event))
    if (seen[event.remoteId] !== print) changes.push({ kind: 'upsert', event })
    met[event.remoteId] = print
  }
  if (!last) return { changes, seen, now: met }
  for (const remoteId of Object.keys(seen)) if (!(remoteId in met)) changes.push({ kind: 'remove', remoteId })
  return { changes, seen: met, now: {} }
}
