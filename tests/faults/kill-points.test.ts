import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { HOUR, MINUTE } from '#core/time/model.ts'
import { listOutbox } from '#server/mail/outbox.ts'
import { open } from '#server/open.ts'
import { readConfig } from '#server/platform/config.ts'
import { build, endAll } from '#tests/ritrovo.ts'
import { agree, aWish, aWorld, insist, inside, LEASE_MS, settled, type Answer, type Wish, type World } from './world.ts'

let world: World
const acknowledged: Answer[] = []
let next = Math.ceil(Date.now() / HOUR) * HOUR + HOUR
vi.setConfig({ testTimeout: 120_000 })

const aFreeStart = () => (next += 30 * MINUTE)

beforeAll(async () => {
  build()
  world = await aWorld()
})
afterAll(async () => {
  await endAll()
  await world.stop()
})

/** A server that dies at this point of the first booking it is asked for; the visitor hears nothing. */
async function killedAt(point: string, wish = aWish(aFreeStart())) {
  const server = world.run(`${point}=kill9@1`)
  let over = false
  const answering = insist(world, wish, () => over)
  // What an earlier victim left undone may reach the point first.
  expect((await server.ended).signal, server.out() + server.err()).toBe('SIGKILL')
  over = true
  return { wish, answer: await answering }
}

/** The next life: everything that was begun is brought to its end, and the visitor who tries again gets an answer. */
async function aliveAgain<T>(work: () => Promise<T>): Promise<T> {
  const server = await world.start()
  try {
    return await work()
  } finally {
    server.kill('SIGTERM')
    expect((await server.ended).code).toBe(0)
  }
}

async function bookedAgain(wish: Wish): Promise<void> {
  const answer = await insist(world, wish)
  expect(answer!.status).toBe(201)
  acknowledged.push(answer!)
}

test('E01 killed after the commit and before the calendar was asked: the event appears once within a minute', async () => {
  const { wish } = await killedAt('after_commit')
  await aliveAgain(async () => {
    // Nobody asks again: the booking stands, and its event comes by itself.
    await settled(world)
    expect(world.calendar.store.calendars.values().next().value!.objects.size).toBe(acknowledged.length + 1)
    await bookedAgain(wish)
    await agree(world, acknowledged)
  })
})

test('E02 killed 20 times after the calendar was written and before it is noted: one event for each booking', async () => {
  const wishes: Wish[] = []
  for (let round = 0; round < 20; round++) {
    const { wish, answer } = await killedAt('after_provider')
    wishes.push(wish)
    if (answer) expect(answer.status).toBe(201)
  }
  await sleep(LEASE_MS)
  await aliveAgain(async () => {
    for (const wish of wishes) await bookedAgain(wish)
    await settled(world)
    await agree(world, acknowledged)
  })
})

test.each(['before_lock', 'after_lock', 'after_insert', 'before_commit'])('E03 killed %s: nothing is to be seen of it, and the same submit books', async (point) => {
  const { wish, answer } = await killedAt(point)
  expect(answer).toBeNull()
  await aliveAgain(async () => {
    await inside(world, async (ask) => {
      expect(await ask(`select 1 from bookings where name = '${wish.name}'`)).toEqual([])
      expect(await ask(`select 1 from occupancy where during @> to_timestamp(${wish.start / 1000})`)).toEqual([])
    })
    await bookedAgain(wish)
    await settled(world)
    await agree(world, acknowledged)
  })
})

test.each(['outbox_claimed', 'before_provider', 'before_mark_done', 'mail_before_mark'])('I2 killed %s: what it had begun is finished once by the next', async (point) => {
  const { wish } = await killedAt(point)
  await sleep(LEASE_MS)
  await aliveAgain(async () => {
    await bookedAgain(wish)
    await settled(world)
    await agree(world, acknowledged)
  })
})

test.each(['mail_before_data', 'mail_after_data'])('I4 killed %s: the letter is not sent again, and is shown as unknown', async (point) => {
  const { wish } = await killedAt(point)
  await sleep(LEASE_MS)
  await aliveAgain(async () => {
    await bookedAgain(wish)
    await settled(world)
    await agree(world, acknowledged)
    // The dead sender's lease has to run out first, and a busy machine counts its seconds slowly.
    const find = () => inside(world, (ask) => ask<{ letter_id: string; message_id: string }>(`select letter_id, message_id from letters l join effects e using (effect_id) join bookings b using (booking_id) where b.name = '${wish.name}' and l.state = 'unknown'`))
    let unknown = await find()
    for (const until = Date.now() + 15_000; unknown.length === 0 && Date.now() < until; unknown = await find()) await sleep(200)
    // Several letters may have been on their way at that moment; none comes twice, and the one killed behind its DATA came once.
    const arrived = unknown.map(({ message_id }) => world.mail.letters().filter(({ source }) => source.toString().includes(message_id)).length)
    expect(Math.max(...arrived)).toBe(point === 'mail_after_data' ? 1 : Math.min(1, Math.max(...arrived)))
    const [letter] = unknown
    // In the outbox it stands with its fate, and with the button that sends it again.
    const { deps, close } = await open(readConfig(world.env))
    const { workspaceId, email } = world.owner
    const outbox = await deps.db.inWorkspace(workspaceId, (tx) => listOutbox(tx, { workspaceId, email, all: true }))
    await close()
    expect(outbox.find(({ id }) => id === letter!.letter_id)).toMatchObject({ state: 'unknown', trouble: 'no-answer' })
  })
})
