import type { Instant } from '#core/time/model.ts'
import type { ReasonCode } from '#server/connections/model.ts'
import { passes, reasonOf } from '#server/connections/reason.ts'
import { openConnection, type Opened } from '#server/connections/session.ts'
import type { Tx } from '#server/platform/database.ts'
import type { Deps } from '#server/platform/deps.ts'
import {
  AccessRevoked,
  NotFound,
  Unreachable,
  type EventDraft,
  type WrittenEvent,
} from '#server/providers/provider.ts'
import { pack } from './copy.ts'
import {
  findCalendar,
  findWritten,
  forgetCopy,
  forgetWritten,
  lockCalendar,
  raiseVersions,
  readStanding,
  savePacked,
  saveWritten,
  type CalendarRow,
  type Held,
} from './store.ts'
import { saveRefusal } from './trouble.ts'

export type Publishing = {
  workspaceId: string
  calendarId: string
  draft: EventDraft
  remoteId: string | null
  /** Its owner has put it there: it is only read, and written only if it is not so. */
  unlessRight?: boolean
}
export type Published =
  /** Read back from the calendar after the write, at the times that were asked for. */
  | { kind: 'standing'; remoteId: string; etag: string; calendarUid: string | null; join: WrittenEvent['join'] }
  /** Its owner has moved it on while we looked: it is left where it is. */
  | { kind: 'elsewhere' }
  /** Asking again changes nothing: somebody has to do something first. */
  | { kind: 'refused'; reason: ReasonCode }

/**
 * Makes the calendar hold this event and proves it by reading it back. Safe to repeat after any crash or lost reply: the UID is
 * the event's, not the attempt's (C06, C23). What may pass is thrown (SlowDown, Unreachable): the caller's queue comes again.
 */
export async function publishEvent(
  deps: Deps,
  { workspaceId, calendarId, draft, remoteId, unlessRight = false }: Publishing,
): Promise<Published> {
  const [calendar, written] = await deps.db.inWorkspace(workspaceId, (tx) =>
    Promise.all([findCalendar(tx, workspaceId, calendarId), findWritten(tx, workspaceId, calendarId, draft.uid)]),
  )
  if (!calendar || calendar.state === 'disconnected') return { kind: 'refused', reason: 'not-found' }
  if (!calendar.writable) return { kind: 'refused', reason: 'write-refused' }
  // A booking of several hosts stands in several calendars and remembers one of them; here each has its own.
  const known = remoteId ?? written?.remoteId ?? null
  return atTheProvider(deps, workspaceId, calendar, async (opened): Promise<Published> => {
    // Said first, so that the echo of our own write is known as ours whenever a sync meets it (B17).
    await deps.db.inWorkspace(workspaceId, (tx) =>
      saveWritten(tx, workspaceId, calendarId, draft.uid, known ?? '', draft.span, deps.now()),
    )
    const there = unlessRight ? await opened.provider.readEvent(opened.session, calendar.remoteId, draft.uid) : null
    const right = there !== null && agrees(there, draft)
    if (there && !there.cancelled && !right) return { kind: 'elsewhere' }
    if (!right) await write(opened, calendar.remoteId, draft, known)
    const stands = right ? there : await opened.provider.readEvent(opened.session, calendar.remoteId, draft.uid)
    if (!stands) throw new Unreachable('the event was taken but cannot be read back', 'bad-answer')
    if (!agrees(stands, draft)) return { kind: 'refused', reason: 'write-refused' }
    await deps.db.inWorkspace(workspaceId, async (tx) => {
      const held = await lockCalendar(tx, workspaceId, calendarId)
      await saveWritten(tx, workspaceId, calendarId, draft.uid, stands.remoteId, draft.span, deps.now())
      // From now on our own occupancy speaks for that time, also where the copy has it right already.
      if ((await forgetCopy(tx, workspaceId, calendarId, draft.uid, draft.span)) || right)
        await packAgain(tx, workspaceId, calendarId, held, deps.now())
    })
    return {
      kind: 'standing',
      remoteId: stands.remoteId,
      etag: stands.etag,
      calendarUid: stands.calendarUid ?? null,
      join: stands.join ?? null,
    }
  })
}

export type Withdrawn = { kind: 'gone' } | { kind: 'refused'; reason: ReasonCode }

/** Takes the event out of the calendar, and its time out of our copy at once: nobody waits for the echo. An event already gone is success (C25). */
export async function withdrawEvent(
  deps: Deps,
  {
    workspaceId,
    calendarId,
    uid,
    remoteId,
  }: { workspaceId: string; calendarId: string; uid: string; remoteId: string | null },
): Promise<Withdrawn> {
  const [calendar, written] = await deps.db.inWorkspace(workspaceId, (tx) =>
    Promise.all([findCalendar(tx, workspaceId, calendarId), findWritten(tx, workspaceId, calendarId, uid)]),
  )
  if (!calendar || calendar.state === 'disconnected') return { kind: 'refused', reason: 'not-found' }
  return atTheProvider(deps, workspaceId, calendar, async ({ session, provider }): Promise<Withdrawn> => {
    // An attempt whose reply was lost may have left an event of which we know only the UID (C26).
    const known = remoteId ?? written?.remoteId
    const target = known ?? (await provider.readEvent(session, calendar.remoteId, uid))?.remoteId
    if (target) await provider.deleteEvent(session, calendar.remoteId, target)
    await deps.db.inWorkspace(workspaceId, async (tx) => {
      const held = await lockCalendar(tx, workspaceId, calendarId)
      await forgetWritten(tx, workspaceId, calendarId, uid)
      if (await forgetCopy(tx, workspaceId, calendarId, uid, null))
        await packAgain(tx, workspaceId, calendarId, held, deps.now())
    })
    return { kind: 'gone' }
  })
}

/** It is gone from there, and what is written next begins anew. */
export const forgetEvent = (tx: Tx, workspaceId: string, calendarId: string, uid: string): Promise<void> =>
  forgetWritten(tx, workspaceId, calendarId, uid)

async function write(
  { session, provider }: Opened,
  calendar: string,
  draft: EventDraft,
  remoteId: string | null,
): Promise<void> {
  try {
    if (remoteId !== null) return void (await provider.updateEvent(session, calendar, remoteId, draft))
    const made = await provider.createEvent(session, calendar, draft)
    // An earlier try of which we never heard may have left it at an earlier time.
    if (!agrees(made, draft)) await provider.updateEvent(session, calendar, made.remoteId, draft)
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error
    // The reply may have been lost after the deed was done: the calendar knows.
    const stands = await provider.readEvent(session, calendar, draft.uid).catch(() => null)
    if (!stands || !agrees(stands, draft)) throw error
  }
}

const agrees = (stands: WrittenEvent, { uid, span }: EventDraft): boolean =>
  stands.uid === uid &&
  !stands.cancelled &&
  stands.span !== null &&
  stands.span.start === span.start &&
  stands.span.end === span.end

/** Opens, works, and turns what will not pass into a value; a revoked access is told to its owner on the way. */
async function atTheProvider<T>(
  deps: Deps,
  workspaceId: string,
  calendar: CalendarRow,
  work: (opened: Opened) => Promise<T>,
): Promise<T | { kind: 'refused'; reason: ReasonCode }> {
  let opened: Opened | null = null
  try {
    opened = await openConnection(deps, workspaceId, calendar.connectionId, { feature: 'booking' })
    return await work({
      ...opened,
      session: { ...opened.session, zone: calendar.zone ?? opened.session.zone },
    })
  } catch (error) {
    const reason = reasonOf(error)
    if (reason === null || passes(reason)) throw error
    if (error instanceof AccessRevoked && opened)
      await saveRefusal(deps, workspaceId, calendar.connectionId, opened)
    // Only the event is gone, not the calendar: to the one who asked it is the same word.
    return { kind: 'refused', reason: error instanceof NotFound ? 'not-found' : reason }
  }
}

/** Puts a calendar's busy time together from the rows as they stand now. The calendar is locked before its events, as in a sync: else the two could wait for each other. */
async function packAgain(
  tx: Tx,
  workspaceId: string,
  calendarId: string,
  held: Held | null,
  now: Instant,
): Promise<void> {
  if (!held || held.windowEnd === null) return
  const { current, older } = await readStanding(tx, workspaceId, calendarId, held.generation, now)
  await savePacked(tx, workspaceId, calendarId, pack([current, older], held.windowEnd))
  await raiseVersions(tx, workspaceId, [held.userId])
}
