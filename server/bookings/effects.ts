import { MINUTE, type Instant } from '#core/time/model.ts'
import type { Deps } from '#server/platform/deps.ts'
import { failpoint } from '#server/platform/failpoint.ts'
import type { Task } from '#server/platform/jobs.ts'
import { leaseSeconds } from '#server/platform/lease.ts'
import { everyWorkspace } from '#server/platform/workspaces.ts'
import { AccessRevoked, NotFound, SlowDown, Unreachable } from '#server/providers/provider.ts'
import { join } from './join.ts'
import { acknowledge, askHost, invite, proposeTimes, remind, tellHost, tellLink, uninvite, declineLetter } from './letters.ts'
import { publish, withdraw } from './publish.ts'
import { changeBooking, claimEffect, dueBookings, findBooking, finishEffect, insertEffects, type BookingRow, type EffectRow } from './store.ts'

/** How one try ended. `later` keeps the effect; its reason is a code that chooses the words people read. */
export type EffectEnd = { kind: 'done' } | { kind: 'dropped' } | { kind: 'later'; trouble: string; after?: number } | { kind: 'failed'; trouble: string } | { kind: 'lost' }

export type Perform = (deps: Deps, booking: BookingRow, effect: EffectRow) => Promise<EffectEnd>

const VERBS: Record<string, Perform> = { publish, withdraw, invite, uninvite, acknowledge, remind, 'tell-host': tellHost, 'tell-host-trouble': tellHost, propose: proposeTimes, decline: declineLetter, join, link: tellLink, ask: askHost }

// Seconds between tries; the last repeats until the meeting is over.
const BACKOFF = [5, 20, 60, 180, 600, 1800, 3600]
export const LEASE_SECONDS = leaseSeconds(30)
const GIVE_UP_AFTER = 24 * 60 * MINUTE

/** Everything a booking still has to cause, one effect after the other. Safe to run twice and to be killed anywhere. */
export const bookingEffectsTask: Task<{ workspaceId: string; bookingId: string }> = {
  name: 'bookings.effects',
  notify: true,
  width: 4,
  expires: 300,
  run: (deps, { workspaceId, bookingId }) => runEffects(deps, workspaceId, bookingId),
}

export async function runEffects(deps: Deps, workspaceId: string, bookingId: string): Promise<void> {
  for (let turns = 0; turns < 100; turns++) {
    const now = deps.now()
    const effect = await deps.db.inWorkspace(workspaceId, async (tx) => {
      const claimed = await claimEffect(tx, workspaceId, bookingId, now, now + LEASE_SECONDS * 1000)
      // Should this process be killed now, somebody looks again when the lease has run out.
      if (claimed && turns === 0) await deps.jobs.enqueue(tx, bookingEffectsTask, { workspaceId, bookingId }, { after: LEASE_SECONDS + 1 })
      return claimed
    })
    if (!effect) return
    await failpoint('outbox_claimed')
    const end = await attempt(deps, effect)
    if (end.kind === 'lost') return
    await settle(deps, effect, end, now)
  }
}

const underWay = new Map<string, Promise<void>>()
// In a burst the visitors' own answers come first: beyond this many the queue's workers take over.
const AT_ONCE = 8

/** The same, begun by the request that caused them, so that nobody waits for a worker's next look; a lost try is the sweep's. */
export function runEffectsSoon(deps: Deps, workspaceId: string, bookingId: string): void {
  if (!deps.works || (underWay.size >= AT_ONCE && !underWay.has(bookingId))) return leaveToWorkers(deps, { workspaceId, bookingId })
  // In turn: a run that met another one's lease would leave its work to the queue.
  const before = underWay.get(bookingId) ?? Promise.resolve()
  const run = before.then(() => runEffects(deps, workspaceId, bookingId)).catch((error: unknown) => deps.log.warn({ err: error, booking: bookingId }, 'effects were left to the queue'))
  underWay.set(bookingId, run)
  void run.finally(() => {
    if (underWay.get(bookingId) === run) underWay.delete(bookingId)
  })
}

type Left = { workspaceId: string; bookingId: string }

/** What a moment has left to the workers, in one job. */
export const manyEffectsTask: Task<{ left: Left[] }> = {
  name: 'bookings.effects-of-many',
  notify: true,
  width: 2,
  expires: 600,
  async run(deps, { left }) {
    const waiting = [...left]
    await Promise.all(Array.from({ length: 4 }, async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) await runEffects(deps, next.workspaceId, next.bookingId)
    }))
  },
}

// Waking a worker takes a lock that every other COMMIT waits for, so a burst knocks once and not for each booking (measured: 3 ms of
// each COMMIT at eight visitors). Killed within this moment, the sweep finds what was left, within a minute.
const MOMENT = 30
const MANY = 100
const lefts = new WeakMap<Deps['jobs'], Left[]>()
const sending = new Set<Promise<void>>()

function leaveToWorkers(deps: Deps, one: Left): void {
  const known = lefts.get(deps.jobs)
  if (known && known.length < MANY) return void known.push(one)
  const left = [one]
  const sent = new Promise((done) => setTimeout(done, MOMENT))
    .then(() => {
      if (lefts.get(deps.jobs) === left) lefts.delete(deps.jobs)
      return deps.jobs.enqueue(null, manyEffectsTask, { left })
    })
    .catch((error: unknown) => deps.log.warn({ err: error }, 'effects were left to the sweep'))
  lefts.set(deps.jobs, left)
  sending.add(sent)
  void sent.finally(() => sending.delete(sent))
}

/** Resolves when what this process began for a booking has come to rest. */
export const effectsOf = async (bookingId: string): Promise<void> => underWay.get(bookingId)

/** For an orderly stop: resolves when nothing begun by a request is still running. */
export const effectsAtRest = async (): Promise<void> => void (await Promise.allSettled([...underWay.values(), ...sending]))

async function attempt(deps: Deps, effect: EffectRow): Promise<EffectEnd> {
  const booking = await deps.db.inWorkspace(effect.workspace_id, (tx) => findBooking(tx, effect.workspace_id, effect.booking_id))
  if (!booking) return { kind: 'dropped' }
  const verb = VERBS[effect.kind] ?? VERBS[effect.kind.split('-')[0]!]
  if (!verb) throw new Error(`no verb for the effect ${effect.kind}`)
  // A later revision says what should be outside now; only what takes something back is never out of date.
  if (effect.revision < booking.revision && effect.kind !== 'withdraw' && effect.kind !== 'tell-host') return { kind: 'dropped' }
  try {
    return await verb(deps, booking, effect)
  } catch (error) {
    if (error instanceof SlowDown) return { kind: 'later', trouble: 'slow-down', after: error.retryAfter }
    if (error instanceof AccessRevoked) return { kind: 'later', trouble: 'wrong-password', after: 10 * MINUTE }
    if (error instanceof Unreachable) return { kind: 'later', trouble: error.reason }
    if (error instanceof NotFound) return { kind: 'later', trouble: 'not-found' }
    deps.log.error({ err: error, effect: effect.kind, booking: effect.booking_id }, 'an effect failed in our own code')
    return { kind: 'later', trouble: 'bug' }
  }
}

async function settle(deps: Deps, effect: EffectRow, end: Exclude<EffectEnd, { kind: 'lost' }>, now: Instant): Promise<void> {
  await deps.db.inWorkspace(effect.workspace_id, async (tx) => {
    if (end.kind === 'done' || end.kind === 'dropped') return void (await finishEffect(tx, effect, { state: end.kind }))
    const giveUp = end.kind === 'failed' || (effect.attempts > BACKOFF.length && now > effect.due_at + GIVE_UP_AFTER)
    const wait = end.kind === 'later' && end.after !== undefined ? end.after : BACKOFF[Math.min(effect.attempts, BACKOFF.length) - 1]! * 1000
    const dueAt = now + Math.round(wait * (0.9 + Math.random() * 0.2))
    const kept = await finishEffect(tx, effect, giveUp ? { state: 'failed', trouble: end.trouble } : { state: 'waiting', trouble: end.trouble, dueAt })
    if (!kept) return
    if (effect.kind === 'publish') {
      await changeBooking(tx, effect.workspace_id, effect.booking_id, { calendar_state: 'failed', calendar_reason: end.trouble }, effect.revision)
      // The host hears of it once per revision, when it is more than a hiccup (I23).
      if (giveUp || effect.attempts >= 2) await insertEffects(tx, effect.workspace_id, effect.booking_id, effect.revision, [{ kind: 'tell-host-trouble', destination: 'all', dueAt: now, detail: { news: 'calendar-failed', reason: end.trouble } }])
    }
    if (!giveUp) await deps.jobs.enqueue(tx, bookingEffectsTask, { workspaceId: effect.workspace_id, bookingId: effect.booking_id }, { after: Math.ceil((dueAt - now) / 1000) })
  })
}

/** Looks through every workspace for effects whose job was lost, and for reminders whose moment has come. */
export const sweepEffectsTask: Task = {
  name: 'bookings.sweep-effects',
  cron: '* * * * *',
  async run(deps) {
    for (const workspaceId of await everyWorkspace(deps.db)) {
      const due = await deps.db.inWorkspace(workspaceId, (tx) => dueBookings(tx, workspaceId, deps.now()))
      for (const bookingId of due) await runEffects(deps, workspaceId, bookingId)
    }
  },
}
