import { parentPort, workerData } from 'node:worker_threads'
import { readObject } from '#core/icalendar/read.ts'
import type { Reading } from '#core/icalendar/read.ts'
import { readMultistatus } from './multistatus.ts'

// Words of the memory we share; expand-worker.ts counts them the same way.
const PLACE = 0
const LOADED = 1

/** What the thread is asked: to read objects one by one, or one multistatus. */
export type Order =
  | { kind: 'objects'; texts: string[]; reading: Reading }
  | { kind: 'multistatus'; xml: string }

// Whoever watches us sees here that we run, and which object we are at, and so knows which one we died of.
const progress = new Int32Array(workerData as SharedArrayBuffer)
Atomics.store(progress, LOADED, 1)

parentPort!.on('message', (order: Order) => {
  Atomics.store(progress, PLACE, 0)
  if (order.kind === 'multistatus') {
    parentPort!.postMessage(readMultistatus(order.xml))
    return
  }
  const { texts, reading } = order
  parentPort!.postMessage(
    texts.map((text, index) => {
      Atomics.store(progress, PLACE, index)
      return readObject(text, reading)
    }),
  )
})
