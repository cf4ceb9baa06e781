import { Worker } from 'node:worker_threads'
import { unreadable } from '#core/icalendar/read.ts'
import type { ObjectReading, Reading } from '#core/icalendar/read.ts'
import type { Order } from './expand-worker-thread.ts'
import type { Multistatus } from './multistatus.ts'

/** What one object may cost before its reader is ended (I15). */
export type Bounds = { memoryMb: number; patience: number }

export type Reader = {
  /** One reading for each text, in their order; null where it holds no event. A text that breaks the reader costs only itself (B24). */
  objects: (texts: readonly string[], reading: Reading) => Promise<(ObjectReading | null)[]>
  multistatus: (xml: string) => Promise<Multistatus | null>
  close: () => Promise<void>
}

const MOST_DEATHS = 5
const PLACE = 0
const LOADED = 1
const NOT_BEGUN = -1
// Its heap must hold an order's texts and what is made of them.
const ORDER = 10_000_000
const START = 30_000
// The bundle has the thread's file beside it as JavaScript.
const THREAD = import.meta.url.endsWith('.ts') ? './expand-worker-thread.ts' : './expand-worker-thread.js'

/** Reads what strangers wrote, off the main loop, in a thread that is ended and started anew when something in it never ends. */
export function createReader({ memoryMb, patience }: Bounds): Reader {
  const shared = new SharedArrayBuffer(8)
  const progress = new Int32Array(shared)
  let worker: Worker | null = null
  let turn: Promise<unknown> = Promise.resolve()
  let settle: (answer: { value: unknown } | null) => void = () => undefined

  const start = (): Worker => {
    Atomics.store(progress, LOADED, 0)
    const made = new Worker(new URL(THREAD, import.meta.url), {
      workerData: shared,
      resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 },
      // Whatever it might print of what it reads belongs in no log.
      stdout: true,
      stderr: true,
    })
    const died = () => made === worker && settle(null)
    made.on('message', (value: unknown) => made === worker && settle({ value }))
    made.on('error', died)
    made.on('exit', died)
    return made
  }

  /** The thread's answer, or null when it died or stood still for too long. */
  const order = (given: Order): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const busy = (worker ??= start())
      Atomics.store(progress, PLACE, NOT_BEGUN)
      let [seen, since] = [NOT_BEGUN, performance.now()]
      const watch = setInterval(() => {
        const at = Atomics.load(progress, PLACE) + Atomics.load(progress, LOADED)
        if (at !== seen) [seen, since] = [at, performance.now()]
        // A thread that has yet to start on a busy machine is not to blame.
        else if (performance.now() - since > (at === NOT_BEGUN ? START : patience)) settle(null)
      }, patience / 4)
      settle = (answer) => {
        settle = () => undefined
        clearInterval(watch)
        // A thread that waits for work keeps no program alive.
        if (answer) busy.unref()
        else {
          worker = null
          void busy.terminate()
        }
        if (!answer && Atomics.load(progress, LOADED) === 0)
          reject(new Error(`the reader's thread does not start: ${THREAD}`))
        else resolve(answer)
      }
      busy.ref()
      busy.postMessage(given)
    })

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work)
    turn = mine.catch(() => undefined)
    return mine
  }

  const readAll = async (texts: readonly string[], reading: Reading): Promise<(ObjectReading | null)[]> => {
    const readings = new Map<number, ObjectReading | null>()
    let left = texts.map((_, index) => index)
    let together = Infinity
    for (let deaths = 0; left.length > 0;) {
      const given = left.slice(0, Math.min(together, fitting(left, texts)))
      const answer = (await order({
        kind: 'objects',
        texts: given.map((index) => texts[index]!),
        reading,
      })) as { value: (ObjectReading | null)[] } | null
      if (answer) {
        given.forEach((index, place) => readings.set(index, answer.value[place]!))
        left = left.slice(given.length)
        continue
      }
      const place = Atomics.load(progress, PLACE)
      // It died of all of them together: then one by one.
      if (place === NOT_BEGUN && given.length > 1) together = 1
      else if (++deaths < MOST_DEATHS) {
        const culprit = given[Math.max(place, 0)]!
        readings.set(culprit, unreadable(texts[culprit]!, reading, 'unreadable'))
        left = left.filter((index) => index !== culprit)
      } else {
        // Somebody is trying to tire us out: the rest is kept busy unread.
        for (const index of left) readings.set(index, unreadable(texts[index]!, reading, 'unreadable'))
        left = []
      }
    }
    return texts.map((_, index) => readings.get(index)!)
  }

  return {
    objects: (texts, reading) =>
      texts.length === 0 ? Promise.resolve([]) : inTurn(() => readAll(texts, reading)),
    multistatus: (xml) =>
      inTurn(
        async () =>
          ((await order({ kind: 'multistatus', xml })) as { value: Multistatus | null } | null)?.value ??
          null,
      ),
    async close() {
      const last = worker
      worker = null
      await last?.terminate()
    },
  }
}

/** How many of the next texts make one order. */
function fitting(left: readonly number[], texts: readonly string[]): number {
  let size = 0
  const over = left.findIndex((index) => (size += texts[index]!.length) > ORDER)
  return over < 0 ? left.length : Math.max(1, over)
}

const reader = createReader({ memoryMb: 128, patience: 2000 })
export const readObjects = reader.objects
export const readLarge = reader.multistatus
