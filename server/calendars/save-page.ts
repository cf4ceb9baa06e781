import type { Instant } from '#core/time/model.ts'
import type { Tx } from '#server/platform/database.ts'
import type { Deps } from '#server/platform/deps.ts'
import { failpoint } from '#server/platform/failpoint.ts'
import type { Page } from '#server/providers/provider.ts'
import { pack, toRows } from './copy.ts'
import { LEASE, QUARANTINE, vanishes, windowFrom } from './model.ts'
import {
  readStanding,
  rewind,
  saveEvents,
  saveProgress,
  type Claim,
  type Progress,
  type Standing,
} from './store.ts'

export type Saved =
  | { kind: 'saved'; changed: boolean }
  /** Somebody else has the calendar now: nothing of this page was written. */
  | { kind: 'lost' }
  /** Too much went at once: nothing of this page was written, a full read decides later (B08). */
  | { kind: 'quarantined' }

class Undo extends Error {
  readonly outcome: 'lost' | 'vanished'
  constructor(outcome: 'lost' | 'vanished') {
    super(outcome)
    this.outcome = outcome
  }
}

/**
 * One page, in one transaction of at most three statements: rows, busy time, cursor and host version travel together, so a
 * crash repeats a page and never skips one. `read` counts what went over all pages of one run.
 */
export async function savePage(
  deps: Deps,
  claim: Claim,
  page: Page,
  read: { removed: number },
): Promise<Saved> {
  try {
    const { removed, changed } = await deps.db.inWorkspace(claim.workspaceId, (tx) =>
      write(tx, claim, page, read.removed, deps.now()),
    )
    read.removed += removed
    return { kind: 'saved', changed }
  } catch (error) {
    if (!(error instanceof Undo)) throw error
    if (error.outcome === 'lost') return { kind: 'lost' }
    const now = deps.now()
    await deps.db.inWorkspace(claim.workspaceId, (tx) =>
      rewind(tx, claim, {
        window: windowFrom(now),
        expired: false,
        doubt: { waitUntil: now + QUARANTINE },
        now,
      }),
    )
    return { kind: 'quarantined' }
  }
}

type Written = { removed: number; changed: boolean }

async function write(
  tx: Tx,
  claim: Claim,
  page: Page,
  removedBefore: number,
  now: Instant,
): Promise<Written> {
  const { put, removed } = toRows(page.changes, claim)
  const touched = put.length + removed.length > 0
  const saved = touched
    ? await saveEvents(tx, claim, put, removed, now)
    : { held: true, gone: 0, changed: false, stamp: now }
  if (!saved.held) throw new Undo('lost')
  await failpoint('sync_before_cursor')

  // A calendar that was never read to its end is used by nobody yet: its busy time is put together once, at the end.
  const unused = claim.syncedAt === null && page.more
  const standing =
    !unused && (touched || claim.refilling)
      ? await readStanding(tx, claim.workspaceId, claim.calendarId, claim.generation, now)
      : null
  const gone = removedBefore + saved.gone
  if (standing && !claim.refilling && vanishes(gone, standing.all + gone)) throw new Undo('vanished')

  const progress = progressOf(claim, page, standing, now)
  // What a full read has not met again goes with it, so its end is a change whatever else it found: the day's second look.
  const changedAt = saved.changed || progress.dropOlder ? saved.stamp : null
  if (!(await saveProgress(tx, claim, { ...progress, changedAt }))) throw new Undo('lost')
  await failpoint('sync_after_cursor')
  return { removed: saved.gone, changed: changedAt !== null }
}

function progressOf(
  claim: Claim,
  page: Page,
  standing: Standing | null,
  now: Instant,
): Omit<Progress, 'changedAt'> {
  const done = !page.more
  const fullyRead = done && claim.refilling
  const shrunk = fullyRead && standing !== null && vanishes(standing.missing, standing.all)
  const since = claim.quarantinedAt ?? now
  const doubted = shrunk && now - since < QUARANTINE
  const packed = standing && packedAnew(standing, fullyRead && !doubted, claim.windowEnd!)
  return {
    cursor: page.cursor,
    done: done && !doubted,
    refilling: claim.refilling && !done,
    packed,
    dropOlder: fullyRead && !doubted,
    quarantinedAt: doubted ? since : fullyRead ? null : claim.quarantinedAt,
    trouble: doubted ? 'bad-answer' : null,
    waitUntil: doubted ? since + QUARANTINE : null,
    leaseUntil: done ? null : now + LEASE,
    now,
  }
}

/** Null when it is as it was: then no cached answer has to go. */
function packedAnew({ before, current, older }: Standing, dropOlder: boolean, windowEnd: Instant) {
  const packed = pack(dropOlder ? [current] : [current, older], windowEnd)
  return Buffer.compare(packed, before) === 0 ? null : packed
}
