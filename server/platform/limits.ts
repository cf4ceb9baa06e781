import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { contains, readAddress, type Net } from './addresses.ts'

/** At most `limit` in any window of `seconds`, per key. */
export type Rule = { name: string; limit: number; seconds: number }

export type Verdict = { kind: 'within' } | { kind: 'over'; retryAfter: number }

export type Limiter = {
  /** Counts one more for this key and says whether it was too many; `retryAfter` is in seconds. */
  take(rule: Rule, key: string): Promise<Verdict>
}

export type HitStore = {
  /** Counts one hit in the current window, for all processes together, and returns how many it holds now. */
  hit(bucket: string, windowSeconds: number): Promise<number>
}

const STORE_ANSWERS_WITHIN = 500
const STORE_RESTS = 5_000
const KEYS_KEPT = 20_000

/**
 * Counts in the store and in this process. A store that is down, slow or answers nonsense is not asked again for a while, and the
 * process's own count decides alone: a limit may become one limit per process, never none (K05).
 */
export function createLimiter(
  store: HitStore,
  options: { now?: () => number; onTrouble?: (error: unknown) => void } = {},
): Limiter {
  const now = options.now ?? Date.now
  const own = createCounter(KEYS_KEPT)
  let restsUntil = 0

  async function hitStore(bucket: string, seconds: number): Promise<number> {
    if (now() < restsUntil) return 0
    const patience = new AbortController()
    try {
      const late = sleep(STORE_ANSWERS_WITHIN, undefined, { signal: patience.signal, ref: false }).then(() =>
        Promise.reject(new Error('the limiter store is slow')),
      )
      const hits = await Promise.race([Promise.try(() => store.hit(bucket, seconds)), late])
      return Number.isFinite(hits) ? hits : 0
    } catch (error) {
      restsUntil = now() + STORE_RESTS
      options.onTrouble?.(error)
      return 0
    } finally {
      patience.abort()
    }
  }

  return {
    async take(rule, key) {
      // Keys are addresses of people and machines: the table of buckets need not know them.
      const bucket = `${rule.name}:${createHash('sha256').update(clientBucket(key)).digest('base64url').slice(0, 22)}`
      const ownHits = own(bucket, rule.seconds, now())
      // A flood is turned away without asking the database about each drop.
      const hits = ownHits > rule.limit ? ownHits : await hitStore(bucket, rule.seconds)
      if (hits <= rule.limit) return { kind: 'within' }
      return { kind: 'over', retryAfter: rule.seconds - (Math.floor(now() / 1000) % rule.seconds) }
    },
  }
}

/** Hits of the current window per bucket. Two generations: when the young one is full the old one is forgotten, so no more than `most` are kept and whoever knocks stays known (K07). */
export function createCounter(most: number): (bucket: string, seconds: number, now: number) => number {
  let young = new Map<string, { window: number; hits: number }>()
  let old = young
  return (bucket, seconds, now) => {
    const window = Math.floor(now / 1000 / seconds)
    const known = young.get(bucket) ?? old.get(bucket)
    const hits = known?.window === window ? known.hits + 1 : 1
    // One Map in order of use would be the obvious way; V8 takes 20 µs to find its oldest entry among the deleted ones.
    if (young.size >= most / 2 && !young.has(bucket)) {
      old = young
      young = new Map()
    }
    young.set(bucket, { window, hits })
    return hits
  }
}

/** Whom an address stands for: itself, or its /64, since one subscriber owns 2^64 of those. Other keys stay what they are. */
export function clientBucket(key: string): string {
  const address = readAddress(key)
  if (!address || address.family === 4) return key
  if (address.value >> 32n === 0xffffn)
    return [24n, 16n, 8n, 0n].map((shift) => (address.value >> shift) & 255n).join('.')
  return `${(address.value >> 64n).toString(16)}::/64`
}

/** Who really asks: the peer, or what a configured proxy says about it; what anyone else writes into the header is air (K06). */
export function clientAddress(
  peer: string,
  forwardedFor: string | undefined,
  proxies: readonly Net[],
): string {
  const trusted = (text: string) => {
    const address = readAddress(text.replace(/^::ffff:(?=\d+\.)/i, ''))
    return address !== null && proxies.some((net) => contains(net, address))
  }
  const hops = (forwardedFor ?? '')
    .slice(-1000)
    .split(',')
    .map((hop) => hop.trim())
  let client = peer
  while (trusted(client)) {
    const next = hops.pop()
    if (!next || !readAddress(next)) break
    client = next
  }
  return client
}
