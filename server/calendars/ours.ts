import type { Instant, Span } from '#core/time/model.ts'
import { passes, reasonOf } from '#server/connections/reason.ts'
import { openConnection, type Opened } from '#server/connections/session.ts'
import type { Tx } from '#server/platform/database.ts'
import type { Deps } from '#server/platform/deps.ts'
import { AccessRevoked, NotFound, type WrittenEvent } from '#server/providers/provider.ts'
import { findCalendar, findDifferences, findSiblings, rewrite, saveMissing, type CalendarRow } from './store.ts'
import { saveRefusal } from './trouble.ts'

/** An event that we wrote and that the copy of its calendar shows otherwise than we left it. */
export type Difference = {
  uid: string
  remoteId: string
  written: Span
  /** Since when it has been missing, if a look before this one has missed it already. */
  missingSince: Instant | null
  shown: null | {
    remoteId: string
    start: Instant
    end: Instant
    kind: string
    declined: string[]
    accepted: string[]
  }
}

export type Differences = {
  /** Whose calendar it is, and by which addresses its provider knows them. */
  userId: string
  own: string[]
  differences: Difference[]
  /** How many events of ours should stand in it. */
  ours: number
}

/**
 * Of the events we wrote into this calendar and that are still to come, those it shows otherwise; null while the copy proves
 * nothing, because it was never read to its end, is in doubt, or could not be read just now (I8, B08).
 */
export async function differencesIn(
  deps: Deps,
  workspaceId: string,
  calendarId: string,
): Promise<Differences | null> {
  return deps.db.inWorkspace(workspaceId, (tx) => findDifferences(tx, workspaceId, calendarId, deps.now()))
}

export type Look =
  /** What stands there at this moment, and in which calendar of the same account: people drag events from one to another. */
  | { kind: 'seen'; calendarId: string; event: WrittenEvent }
  | { kind: 'gone' }
  /** Nobody could say: that is never an absence. */
  | { kind: 'unknown' }

/** Asks the provider itself what stands under our UID. What may pass is thrown: the caller's queue comes again. */
export async function lookAt(
  deps: Deps,
  workspaceId: string,
  calendarId: string,
  uid: string,
): Promise<Look> {
  const found = await deps.db.inWorkspace(workspaceId, async (tx) => {
    const calendar = await findCalendar(tx, workspaceId, calendarId)
    return calendar && { calendar, siblings: await findSiblings(tx, workspaceId, calendar.connectionId, calendarId) }
  })
  if (!found || found.calendar.state !== 'connected') return { kind: 'unknown' }
  let opened: Opened | null = null
  try {
    opened = await openConnection(deps, workspaceId, found.calendar.connectionId, { feature: 'sync' })
    for (const calendar of [found.calendar, ...found.siblings]) {
      const event = await read(opened, calendar, uid).catch((error: unknown) => {
        // A neighbour that is no longer there does not hold it.
        if (error instanceof NotFound && calendar !== found.calendar) return null
        throw error
      })
      if (event && !event.cancelled) return { kind: 'seen', calendarId: calendar.calendarId, event }
    }
    return { kind: 'gone' }
  } catch (error) {
    const reason = reasonOf(error)
    if (reason === null || passes(reason)) throw error
    if (error instanceof AccessRevoked && opened)
      await saveRefusal(deps, workspaceId, found.calendar.connectionId, opened)
    return { kind: 'unknown' }
  }
}

const read = ({ session, provider }: Opened, calendar: CalendarRow, uid: string) =>
  provider.readEvent({ ...session, zone: calendar.zone ?? session.zone }, calendar.remoteId, uid)

/** These were not there at a look at `since`; null: they are back. */
export const noteMissing = (
  deps: Deps,
  workspaceId: string,
  calendarId: string,
  uids: readonly string[],
  since: Instant | null,
): Promise<void> =>
  deps.db.inWorkspace(workspaceId, (tx) => saveMissing(tx, workspaceId, calendarId, uids, since))

/** Our event has another id now, or stands in another calendar of the account. */
export const noteMoved = (
  tx: Tx,
  workspaceId: string,
  uid: string,
  place: { from: string; to: string; remoteId: string; span: Span },
  now: Instant,
): Promise<void> => rewrite(tx, workspaceId, uid, place, now)
