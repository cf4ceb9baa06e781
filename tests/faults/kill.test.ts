import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { HOUR, MINUTE } from '#core/time/model.ts'
import { build, endAll, lives, postmasterOf, ritrovo, until, whenReady } from '#tests/ritrovo.ts'
import { agree, aWish, aWorld, insist, LEASE_MS, settled, type Answer, type World } from './world.ts'

const KILLS = 200
const SERVERS = 3
const VISITORS = 4

beforeAll(build)
afterAll(endAll)

const between = (least: number, most: number) => least + Math.random() * (most - least)

/** Visitors who book one free half-hour after the other, now and then one that somebody has already. */
async function visitors(world: World, booked: Answer[], done: AbortSignal): Promise<void> {
  const first = Math.ceil(Date.now() / HOUR) * HOUR + HOUR
  let next = 0
  await Promise.all(
    Array.from({ length: VISITORS }, async () => {
      while (!done.aborted) {
        const taken = booked.length > 0 && Math.random() < 0.1
        const wish = aWish(taken ? booked[Math.floor(Math.random() * booked.length)]!.start : first + next++ * 30 * MINUTE)
        const answer = await insist(world, wish)
        expect(answer!.status).toBe(taken ? 409 : 201)
        if (!taken) booked.push(answer!)
        // The same submit once more, as an impatient finger makes it.
        if (!taken && Math.random() < 0.1) expect(await insist(world, wish)).toEqual(answer)
        await sleep(between(50, 150))
      }
    }),
  )
}

/** One life of the server: killed at work, or while it was still starting, or with its database, or its database first. */
async function oneLife(world: World, turn: number, enough: () => boolean): Promise<void> {
  const server = ritrovo(['start'], { env: world.env })
  if (turn % 5 < 2) await sleep(between(30, 500))
  else {
    expect(await whenReady(server), server.out() + server.err()).not.toBeNull()
    await sleep(between(150, 250))
    // A machine that is busy with something else gets nothing done in that time; kills of an idle server prove nothing.
    await until('a visitor got an answer', enough)
  }
  const postmaster = postmasterOf(world.data)
  const both = turn % 20 === 2
  const databaseFirst = turn % 10 === 7
  if ((both || databaseFirst) && postmaster && lives(postmaster)) process.kill(postmaster, 'SIGKILL')
  if (databaseFirst) await sleep(between(0, 150))
  server.kill('SIGKILL')
  expect((await server.ended).signal, server.out() + server.err()).toBe('SIGKILL')
}

async function manyLives(kills: number) {
  const world = await aWorld()
  try {
    const done = new AbortController()
    const booked: Answer[] = []
    let trouble: unknown = null
    const booking = visitors(world, booked, done.signal).catch((error: unknown) => (trouble = error))
    for (let turn = 0; turn < kills && !trouble; turn++) await oneLife(world, turn, () => booked.length > turn / 2 || trouble !== null)
    // A last life without a kill: the visitors who still wait get their answers, and all that was begun comes to its end.
    await sleep(LEASE_MS)
    const server = await world.start()
    done.abort()
    await booking
    if (trouble) throw trouble
    await settled(world)
    const result = await agree(world, booked)
    server.kill('SIGTERM')
    expect((await server.ended).code).toBe(0)
    await until('the database ended with its server', () => postmasterOf(world.data) === null)
    return result
  } finally {
    await world.stop()
  }
}

test(`E04 ${KILLS} kills under load lose no acknowledged booking and double no event and no letter`, { timeout: 300_000 }, async () => {
  // Servers with a database each, so that one works while another starts.
  const results = await Promise.allSettled(Array.from({ length: SERVERS }, (_, n) => manyLives(Math.floor((KILLS + n) / SERVERS))))
  for (const result of results) if (result.status === 'rejected') throw result.reason
})
