import type { Instant, Span } from './model.ts'

/**
 * Taken time, packed: `starts[i]` to `ends[i]`, sorted, no two touching, none empty. Two flat arrays, because
 * a request sweeps them.
 */
export type Busy = { starts: Float64Array; ends: Float64Array }

export const FREE: Busy = { starts: new Float64Array(0), ends: new Float64Array(0) }

const BYTES = 16 // start and end

/**
 * Sorts and merges. With a window, only the spans that overlap it. An empty span takes no time and is
 * dropped; one written backwards is read from its end to its start, since unknown is busy (D16).
 */
export function packBusy(spans: readonly Span[], window: Span = ALWAYS): Busy {
  // One pass and room as it is needed: of many rows few lie in a window, and reading them is what costs.
  let { starts, ends } = room(window === ALWAYS ? spans.length : Math.min(spans.length, 128))
  let count = 0
  for (let i = 0; i < spans.length; i++) {
    const span = spans[i]!
    if (!takes(span, window)) continue
    if (count === starts.length) ({ starts, ends } = doubled(starts, ends))
    starts[count] = Math.min(span.start, span.end)
    ends[count++] = Math.max(span.start, span.end)
  }
  return merged(starts.subarray(0, count), ends.subarray(0, count))
}

const ALWAYS: Span = { start: -Infinity, end: Infinity }

/** Does it take time in the window? */
function takes({ start, end }: Span, window: Span): boolean {
  if (start < end) return end > window.start && start < window.end
  if (start > end) return start > window.start && end < window.end
  if (start === end) return false
  throw new TypeError('a busy span needs two instants')
}

// Asking for memory costs more than filling it, and a question with a thousand hosts asks a thousand times:
// small lists are cut from a common piece, each from its own part of it.
const PIECE = 2048
let piece = new Float64Array(PIECE)
let used = 0

function room(count: number): Busy {
  if (count > PIECE / 8) return { starts: new Float64Array(count), ends: new Float64Array(count) }
  if (used + 2 * count > PIECE) {
    piece = new Float64Array(PIECE)
    used = 0
  }
  const from = used
  used += 2 * count
  return { starts: piece.subarray(from, from + count), ends: piece.subarray(from + count, used) }
}

function doubled(starts: Float64Array, ends: Float64Array): Busy {
  const wider = room(2 * starts.length)
  wider.starts.set(starts)
  wider.ends.set(ends)
  return wider
}

/**
 * Merging needs no pairs: when the k-th end lies before the (k+1)-th start, nothing is open between them. So
 * both lists are sorted on their own, natively, which is many times faster than sorting spans by a function.
 */
function merged(starts: Float64Array, ends: Float64Array): Busy {
  starts.sort()
  ends.sort()
  let count = 0
  for (let i = 1; i <= starts.length; i++) {
    if (i < starts.length && starts[i]! <= ends[i - 1]!) continue
    ends[count++] = ends[i - 1]!
    if (i < starts.length) starts[count] = starts[i]!
  }
  return { starts: starts.subarray(0, count), ends: ends.subarray(0, count) }
}

/** The union of several calendars. With a window, only what overlaps it. */
export function mergeBusy(list: readonly Busy[], window?: Span): Busy {
  const cut = window ? list.map((busy) => cutBusy(busy, window)) : [...list]
  // In pairs, as in a tournament: every span is moved log₂(calendars) times and nothing is sorted again.
  while (cut.length > 1) cut.push(union(cut.shift()!, cut.shift()!))
  return cut[0] ?? FREE
}

function union(a: Busy, b: Busy): Busy {
  if (a.starts.length === 0) return b
  if (b.starts.length === 0) return a
  const { starts, ends } = room(a.starts.length + b.starts.length)
  let [i, j, count] = [0, 0, 0]
  while (i < a.starts.length || j < b.starts.length) {
    const fromA = j === b.starts.length || (i < a.starts.length && a.starts[i]! <= b.starts[j]!)
    const start = fromA ? a.starts[i]! : b.starts[j]!
    const end = fromA ? a.ends[i++]! : b.ends[j++]!
    if (count > 0 && start <= ends[count - 1]!) {
      if (end > ends[count - 1]!) ends[count - 1] = end
    } else {
      starts[count] = start
      ends[count++] = end
    }
  }
  return { starts: starts.subarray(0, count), ends: ends.subarray(0, count) }
}

/** The spans that overlap the window, whole; a view, not a copy. */
export function cutBusy({ starts, ends }: Busy, window: Span): Busy {
  const from = firstAbove(ends, window.start)
  const to = Math.max(from, firstAtLeast(starts, window.end))
  return { starts: starts.subarray(from, to), ends: ends.subarray(from, to) }
}

/** The first place in a sorted list whose value is greater. */
export function firstAbove(sorted: Float64Array, value: Instant): number {
  return search(sorted.length, (i) => sorted[i]! > value)
}

const firstAtLeast = (sorted: Float64Array, value: Instant): number =>
  search(sorted.length, (i) => sorted[i]! >= value)

function search(length: number, reached: (index: number) => boolean): number {
  let low = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (reached(middle)) high = middle
    else low = middle + 1
  }
  return low
}

/** As kept in `calendars.packed_busy`: start, end, start, end … as little-endian doubles. */
export function toBytes({ starts, ends }: Busy): Uint8Array {
  const view = new DataView(new ArrayBuffer(starts.length * BYTES))
  for (let i = 0; i < starts.length; i++) {
    view.setFloat64(i * BYTES, starts[i]!, true)
    view.setFloat64(i * BYTES + 8, ends[i]!, true)
  }
  return new Uint8Array(view.buffer)
}

/**
 * Reads what `toBytes` wrote; with a window only the spans that overlap it, the first of them found by
 * halving.
 */
export function fromBytes(bytes: Uint8Array, window: Span = ALWAYS): Busy {
  if (bytes.byteLength % BYTES !== 0) throw new RangeError(`packed busy time of ${bytes.byteLength} bytes`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const all = bytes.byteLength / BYTES
  const from = window === ALWAYS ? 0 : search(all, (i) => view.getFloat64(i * BYTES + 8, true) > window.start)
  let to = window === ALWAYS ? all : from
  while (to < all && view.getFloat64(to * BYTES, true) < window.end) to++
  const { starts, ends } = room(to - from)
  for (let i = from; i < to; i++) {
    starts[i - from] = view.getFloat64(i * BYTES, true)
    ends[i - from] = view.getFloat64(i * BYTES + 8, true)
  }
  return { starts, ends }
}
