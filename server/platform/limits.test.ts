import { describe, expect, test } from 'vitest'
import { readNet } from './addresses.ts'
import { clientAddress, clientBucket, createCounter, createLimiter, type HitStore } from './limits.ts'

const RULE = { name: 'holds', limit: 3, seconds: 60 }

/** A store as the table is one: shared, aligned to windows. */
function table(clock: { now: number }): HitStore & { hits: Map<string, number> } {
  const hits = new Map<string, number>()
  return {
    hits,
    async hit(bucket, seconds) {
      const key = `${bucket}@${Math.floor(clock.now / 1000 / seconds)}`
      hits.set(key, (hits.get(key) ?? 0) + 1)
      return hits.get(key)!
    },
  }
}
const times = async (count: number, take: () => Promise<{ kind: string }>) => {
  let within = 0
  for (let turn = 0; turn < count; turn++) if ((await take()).kind === 'within') within++
  return within
}

describe('the limiter', () => {
  test('lets the limit through, then says when to come back, then lets through again', async () => {
    const clock = { now: 15_000 }
    const limiter = createLimiter(table(clock), { now: () => clock.now })
    expect(await times(3, () => limiter.take(RULE, 'a'))).toBe(3)
    expect(await limiter.take(RULE, 'a')).toEqual({ kind: 'over', retryAfter: 45 })
    expect(await limiter.take(RULE, 'b')).toEqual({ kind: 'within' })
    expect(await limiter.take({ ...RULE, name: 'letters' }, 'a')).toEqual({ kind: 'within' })
    clock.now = 60_000
    expect(await limiter.take(RULE, 'a')).toEqual({ kind: 'within' })
  })

  test('two processes share one limit', async () => {
    const clock = { now: 0 }
    const store = table(clock)
    const [one, two] = [
      createLimiter(store, { now: () => clock.now }),
      createLimiter(store, { now: () => clock.now }),
    ]
    expect((await times(2, () => one.take(RULE, 'a'))) + (await times(9, () => two.take(RULE, 'a')))).toBe(3)
  })

  test('a flood is turned away without a question to the store', async () => {
    let asked = 0
    const limiter = createLimiter({ hit: async () => ++asked }, { now: () => 0 })
    expect(await times(1000, () => limiter.take(RULE, 'a'))).toBe(3)
    expect(asked).toBe(3)
  })

  test.each<[string, HitStore['hit']]>([
    ['is down', () => Promise.reject(new Error('connection refused'))],
    [
      'throws at once',
      () => {
        throw new Error('not even a promise')
      },
    ],
    ['never answers', () => new Promise(() => undefined)],
    ['answers nothing', async () => undefined as unknown as number],
    ['answers NaN', async () => Number.NaN],
    ['always answers zero', async () => 0],
  ])('K05 a store that %s leaves the limit of this process, never none', async (_, hit) => {
    const limiter = createLimiter({ hit }, { now: () => 0 })
    expect(await times(10_000, () => limiter.take(RULE, 'a'))).toBe(3)
  })

  test('K05 a store that is down is told of, rests, and counts again when it is back', async () => {
    const clock = { now: 0 }
    let [up, asked] = [false, 0]
    const troubles: unknown[] = []
    const limiter = createLimiter(
      {
        async hit() {
          asked++
          if (!up) throw new Error('down')
          return 99
        },
      },
      { now: () => clock.now, onTrouble: (error) => troubles.push(error) },
    )
    expect(await times(2, () => limiter.take(RULE, 'a'))).toBe(2)
    expect([asked, troubles.length]).toEqual([1, 1])
    up = true
    clock.now = 6_000
    expect((await limiter.take(RULE, 'a')).kind).toBe('over')
  })

  test('the store learns no address and no name', async () => {
    const clock = { now: 0 }
    const store = table(clock)
    await createLimiter(store, { now: () => 0 }).take(RULE, 'giulia@example.com')
    await createLimiter(store, { now: () => 0 }).take(RULE, '198.51.100.7')
    expect([...store.hits.keys()].every((key) => /^holds:[\w-]{22}@0$/.test(key))).toBe(true)
  })

  test('K01 one subscriber has one limit, whichever of their 2^64 addresses they use', async () => {
    const limiter = createLimiter({ hit: async () => 0 }, { now: () => 0 })
    let turn = 0
    expect(await times(500, () => limiter.take(RULE, `2001:db8:1:2:${(turn++).toString(16)}::1`))).toBe(3)
    expect((await limiter.take(RULE, '2001:db8:1:3::1')).kind).toBe('within')
  })

  test('K07 a million keys keep no more than the counter may hold', () => {
    const count = createCounter(20_000)
    globalThis.gc?.()
    const before = process.memoryUsage().heapUsed
    for (let key = 0; key < 1_000_000; key++) {
      count(`holds:${key}`, 60, 0)
      // Whoever keeps knocking stays counted.
      if (key % 1000 === 0) count('stubborn', 60, 0)
    }
    expect(count('stubborn', 60, 0)).toBe(1001)
    expect(count('holds:0', 60, 0)).toBe(1)
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(64e6)
  })
})

test('an address stands for itself or its /64', () => {
  expect(
    [
      '198.51.100.7',
      '2001:db8:1:2:3:4:5:6',
      '2001:db8:1:2::',
      '::ffff:198.51.100.7',
      '::1',
      'giulia@example.com',
      '',
    ].map(clientBucket),
  ).toEqual([
    '198.51.100.7',
    '20010db800010002::/64',
    '20010db800010002::/64',
    '198.51.100.7',
    '0::/64',
    'giulia@example.com',
    '',
  ])
})

describe('K06 who really asks', () => {
  const proxies = ['127.0.0.1', '10.0.0.0/8', 'fd00::/8'].map((text) => readNet(text)!)

  test.each([
    ['nobody is trusted by default', '198.51.100.7', '1.1.1.1', [], '198.51.100.7'],
    ['not even the loopback', '127.0.0.1', '1.1.1.1', [], '127.0.0.1'],
    ['a stranger may write what they like', '198.51.100.7', '1.1.1.1', proxies, '198.51.100.7'],
    ['our proxy says who', '127.0.0.1', '198.51.100.7', proxies, '198.51.100.7'],
    ['our proxy in IPv6 clothes says who', '::ffff:127.0.0.1', '198.51.100.7', proxies, '198.51.100.7'],
    [
      'what the client wrote before our proxy is air',
      '127.0.0.1',
      '1.1.1.1, 2.2.2.2, 198.51.100.7',
      proxies,
      '198.51.100.7',
    ],
    [
      'a chain of our proxies is walked',
      '127.0.0.1',
      '1.1.1.1, 198.51.100.7, 10.0.0.9',
      proxies,
      '198.51.100.7',
    ],
    [
      'a client who says to be our proxy is asked no further than the header',
      '127.0.0.1',
      '10.0.0.1',
      proxies,
      '10.0.0.1',
    ],
    ['rubbish ends the walk', '127.0.0.1', '1.1.1.1, <script>', proxies, '127.0.0.1'],
    ['an empty header', '127.0.0.1', '', proxies, '127.0.0.1'],
    ['no header', '127.0.0.1', undefined, proxies, '127.0.0.1'],
    [
      'a header without end',
      '127.0.0.1',
      `${'1.1.1.1,'.repeat(100_000)} 198.51.100.7`,
      proxies,
      '198.51.100.7',
    ],
  ])('%s', (_, peer, header, trusted, client) => expect(clientAddress(peer, header, trusted)).toBe(client))

  test('K06 a random header per request does not buy a second limit', async () => {
    const limiter = createLimiter({ hit: async () => 0 }, { now: () => 0 })
    let turn = 0
    expect(
      await times(200, () => limiter.take(RULE, clientAddress('198.51.100.7', `9.9.9.${turn++}`, proxies))),
    ).toBe(3)
  })
})
