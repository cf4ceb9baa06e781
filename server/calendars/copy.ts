import { packBusy, toBytes } from '#core/time/busy.ts'
import type { Span } from '#core/time/model.ts'
import type { Change, RemoteEvent } from '#server/providers/provider.ts'
import { blockingSpans, END_OF_TIME, type BlockSettings } from './model.ts'
import type { EventRow } from './store.ts'

const PEOPLE = 200
// PostgreSQL takes neither NUL nor a lone surrogate (B25); what is cut off would never be shown.
const clean = (text: string, length = 20_000) => text.slice(0, length).toWellFormed().replaceAll('\0', '')

/**
 * What changes in our copy, one entry an event, the last word standing. An event without a moment inside the window is not
 * copied: the daily full read meets it again when its time comes near.
 */
export function toRows(changes: Change[], settings: BlockSettings): { put: EventRow[]; removed: string[] } {
  const put = new Map<string, EventRow>()
  const removed = new Set<string>()
  for (const change of changes) {
    const remoteId = clean(change.kind === 'remove' ? change.remoteId : change.event.remoteId)
    put.delete(remoteId)
    removed.delete(remoteId)
    if (change.kind === 'upsert' && change.event.occurrences.length > 0)
      put.set(remoteId, toRow(remoteId, change.event, settings))
    else removed.add(remoteId)
  }
  return { put: [...put.values()], removed: [...removed] }
}

function toRow(remoteId: string, event: RemoteEvent, settings: BlockSettings): EventRow {
  let firstStart = Infinity
  let lastEnd = -Infinity
  for (const { start, end } of event.occurrences) {
    firstStart = Math.min(firstStart, start, end)
    lastEnd = Math.max(lastEnd, start, end)
  }
  return {
    remoteId,
    etag: clean(event.etag),
    uid: clean(event.uid),
    busy: toBytes(packBusy(blockingSpans(event, settings))),
    firstStart,
    lastEnd,
    title: event.private || event.title === null ? null : clean(event.title, 500),
    private: event.private,
    attendees: people(event.attendees),
    trouble: event.trouble === null ? null : clean(event.trouble, 500),
    mark: event.mark ? clean(event.mark, 1000) : null,
    declined: people(event.declined ?? []),
    accepted: people(event.accepted ?? []),
    madeAt: event.madeAt ?? null,
    byProgram: event.byProgram ?? false,
    kind: event.occurrences.every(({ kind }) => kind === event.occurrences[0]!.kind)
      ? event.occurrences[0]!.kind
      : 'mixed',
    occurrences: event.occurrences.length,
  }
}

// An array of arrays is no PostgreSQL type: the addresses of one event travel as lines.
const people = (addresses: string[]): string =>
  addresses
    .slice(0, PEOPLE)
    .map((address) => clean(address, 254).replaceAll('\n', ''))
    .join('\n')

/** All busy time of a calendar, merged. Behind the window nothing was read, and unknown is busy (I8). */
export function pack(heaps: (Uint8Array | null)[], windowEnd: number): Uint8Array {
  const spans: Span[] = [{ start: windowEnd, end: END_OF_TIME }]
  for (const heap of heaps) {
    if (!heap) continue
    const view = new DataView(heap.buffer, heap.byteOffset, heap.byteLength)
    for (let i = 0; i < heap.byteLength; i += 16)
      spans.push({ start: view.getFloat64(i, true), end: view.getFloat64(i + 8, true) })
  }
  return toBytes(packBusy(spans))
}
