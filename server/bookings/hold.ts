import { chooseHost } from '#core/availability/assign.ts'
import { freeHosts } from '#core/availability/slots.ts'
import { DAY, MINUTE, type Instant } from '#core/time/model.ts'
import { claimHosts } from '#server/calendars/busy.ts'
import type { Deps } from '#server/platform/deps.ts'
import { newToken, readToken } from '#server/platform/secrets.ts'
import { loadInputs, loadInputsIn, modeOf, questionOf, type PageInputs, type Mode, type OwnRow } from './inputs.ts'
import { HOLD_MINUTES, HOLDS_PER_CLIENT, type PageRef } from './model.ts'
import { alternativesTo, mayStart } from './slots.ts'
import { insertHold, releaseHold } from './store.ts'

export type HoldOutcome =
  | { kind: 'held'; token: string; until: Instant }
  /** Nothing to keep: a request, or a slot with several places. The visitor goes on without a hold. */
  | { kind: 'not-needed' }
  | { kind: 'slot-taken'; alternatives: Instant[] }
  | { kind: 'closed' }
  | { kind: 'not-found' }

/** Keeps a slot while its visitor types. Anonymous and therefore short, few per client, and gone by itself. */
export async function hold(deps: Deps, ref: PageRef, want: { start: Instant; duration: number; client: string; previous: string | null }): Promise<HoldOutcome> {
  const seen = await loadInputs(deps.db, ref)
  if (!seen) return { kind: 'not-found' }
  const now = deps.now()
  const mode = modeOf(seen, now)
  if (mode.kind === 'closed') return { kind: 'closed' }
  if (mode.kind === 'requests' || seen.type.capacity > 1)
    return mayStart(seen, want.start, want.duration, now, mode) ? { kind: 'not-needed' } : { kind: 'slot-taken', alternatives: alternativesTo(seen, want, now) }

  const { workspaceId, pageId } = seen.type
  const previous = want.previous ? readToken(want.previous) : null
  const mine = previous?.workspaceId === workspaceId ? previous.hash.toString('hex') : null
  const except = (own: OwnRow) => mine !== null && own.holdHash === mine
  const taken = (inputs: PageInputs): HoldOutcome => ({ kind: 'slot-taken', alternatives: alternativesTo(inputs, want, now, { except }) })
  if (!mayStart(seen, want.start, want.duration, now, mode, { except })) return taken(seen)

  try {
    return await deps.db.inWorkspace(workspaceId, async (tx) => {
      const [, inputs] = await Promise.all([claimHosts(tx, workspaceId, seen.hosts.map((host) => host.hostId)), loadInputsIn(tx, workspaceId, pageId, seen)])
      if (!inputs) return { kind: 'not-found' }
      const modeNow = modeOf(inputs, now)
      if (modeNow.kind !== 'bookable' || !mayStart(inputs, want.start, want.duration, now, modeNow, { except })) return taken(inputs)
      const hosts = chooseHosts(inputs, want.start, want.duration, now, modeNow, { except })
      const { token, hash } = newToken(workspaceId)
      const until = now + HOLD_MINUTES * MINUTE
      await insertHold(tx, workspaceId, {
        hostIds: hosts,
        eventTypeId: inputs.type.eventTypeId,
        start: want.start,
        end: want.start + want.duration * MINUTE,
        before: inputs.type.before,
        after: inputs.type.after,
        hash,
        previous: mine ? Buffer.from(mine, 'hex') : null,
        client: want.client,
        perClient: HOLDS_PER_CLIENT,
        until,
        now,
      })
      return { kind: 'held', token, until }
    })
  } catch (error) {
    // 23P01: the exclusion constraint, the last guard, saw somebody first.
    if ((error as { code?: string }).code === '23P01') return taken(seen)
    throw error
  }
}

/** Gives a hold back; nothing happens when it is not there any more. */
export async function release(deps: Deps, token: string): Promise<void> {
  const known = readToken(token)
  if (known) await deps.db.inWorkspace(known.workspaceId, (tx) => releaseHold(tx, known.workspaceId, known.hash))
}

/** Who will be booked: everybody for a collective page, the fairest free host for round robin. */
export function chooseHosts(inputs: PageInputs, start: Instant, duration: number, now: Instant, mode: Mode, options: { except?: (own: OwnRow) => boolean; fresh?: Map<string, { starts: Float64Array; ends: Float64Array }> } = {}): string[] {
  if (inputs.type.assignment !== 'round-robin') return inputs.hosts.map((host) => host.hostId)
  const question = questionOf(inputs, { duration, window: { start: start - 8 * DAY, end: start + 8 * DAY }, now, mode, ...options })
  const free = freeHosts(question, start)
  const held = inputs.hosts.find((host) => free.includes(host.hostId) && options.except && host.own.some((own) => options.except!(own) && own.start === start))
  if (held) return [held.hostId]
  const chosen = chooseHost(free.map((hostId) => {
    const host = inputs.hosts.find((one) => one.hostId === hostId)!
    return { hostId, recent: host.own.filter((own) => own.sameType).length, priority: host.priority }
  }))
  return chosen ? [chosen] : []
}
