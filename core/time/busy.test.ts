import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutBusy, fromBytes, mergeBusy, packBusy, toBytes } from './busy.ts'
import type { Busy } from './busy.ts'
import type { Span } from './model.ts'

const span = fc
  .tuple(fc.integer({ min: 0, max: 200 }), fc.nat(20))
  .map(([start, length]): Span => ({ start, end: start + length }))
const spans = fc.array(span, { maxLength: 40 })
const list = ({ starts, ends }: Busy) => Array.from(starts, (start, i) => [start, ends[i]])

/** Taken minutes, one by one. */
const taken = (all: Span[]) =>
  Array.from({ length: 230 }, (_, t) => all.some(({ start, end }) => start <= t && t < end))
const takenIn = (busy: Busy) => taken(Array.from(busy.starts, (start, i) => ({ start, end: busy.ends[i]! })))
const apart = (busy: Busy) =>
  busy.starts.every((start, i) => start < busy.ends[i]! && (i === 0 || start > busy.ends[i - 1]!))

test('packed time is the same time, sorted, apart and without empty spans', () => {
  fc.assert(
    fc.property(spans, (all) => {
      const busy = packBusy(all)
      expect(apart(busy)).toBe(true)
      expect(takenIn(busy)).toEqual(taken(all))
    }),
  )
})

test('several calendars together take what each of them takes', () => {
  fc.assert(
    fc.property(fc.array(spans, { maxLength: 6 }), (calendars) => {
      const busy = mergeBusy(calendars.map((all) => packBusy(all)))
      expect(apart(busy)).toBe(true)
      expect(takenIn(busy)).toEqual(taken(calendars.flat()))
    }),
  )
})

test('a window keeps exactly the spans that reach into it, however it is applied', () => {
  fc.assert(
    fc.property(spans, span, (all, window) => {
      fc.pre(window.start < window.end)
      const packed = packBusy(all)
      const inside = list(packed).filter(([start, end]) => start! < window.end && end! > window.start)
      expect(list(cutBusy(packed, window))).toEqual(inside)
      expect(list(fromBytes(toBytes(packed), window))).toEqual(inside)
      expect(list(mergeBusy([packed], window))).toEqual(inside)
      const within = (busy: Busy) => takenIn(busy).slice(window.start, window.end)
      expect(within(packBusy(all, window))).toEqual(within(packed))
    }),
  )
})

test('a window may hold more spans than the room first asked for', () => {
  const all = Array.from({ length: 1000 }, (_, i): Span => ({ start: i * 10, end: i * 10 + 5 })).reverse()
  const busy = packBusy(all, { start: 1000, end: 9000 })
  expect(list(busy)).toEqual(Array.from({ length: 800 }, (_, i) => [1000 + i * 10, 1005 + i * 10]))
})

test('bytes are little-endian pairs and come back the same from any place in a buffer', () => {
  const busy = packBusy([
    { start: 5, end: 9 },
    { start: 1, end: 2 },
  ])
  const bytes = toBytes(busy)
  const words = ['000000000000f03f', '0000000000000040', '0000000000001440', '0000000000002240']
  expect(Buffer.from(bytes).toString('hex')).toBe(words.join(''))
  const shifted = new Uint8Array(bytes.length + 3)
  shifted.set(bytes, 3)
  expect(fromBytes(shifted.subarray(3))).toEqual(busy)
  expect(fromBytes(new Uint8Array(0))).toEqual(packBusy([]))
  expect(() => fromBytes(bytes.subarray(0, 20))).toThrow(RangeError)
})

test('D16 an empty span takes no time, one written backwards takes all between its ends, no instant is a bug', () => {
  expect(list(packBusy([{ start: 4, end: 4 }]))).toEqual([])
  expect(list(packBusy([{ start: 9, end: 4 }]))).toEqual([[4, 9]])
  expect(() => packBusy([{ start: NaN, end: 4 }])).toThrow(TypeError)
})
