import { cutBusy, fromBytes } from '#core/time/busy.ts'
import type { Instant, Span } from '#core/time/model.ts'
import type { Follow } from '#server/calendars/changed.ts'
import { addToTimeline } from '#server/contacts/timeline.ts'
import type { Tx } from '#server/platform/database.ts'
import { failpoint } from '#server/platform/failpoint.ts'
import { findKeeper, findLost, findMeetings, findMet, findPassed, lockCalendar, saveGone, saveMeetings, saveNext, type Lost, type Meeting, type Met, type NewMeeting } from './store.ts'

const END = Infinity

/**
 * Events with people we know become meetings in their history (S-072): those made after the calendar was lent to us, by a person
 * unless the workspace wants programs' too, never a private one. Only what changed since the last look is read. A series is told
 * once, not once a week; what moves or goes is told again.
 */
export const match: Follow = async (deps, { workspaceId, calendarId }, since) => {
  const now = deps.now()
  await deps.db.inWorkspace(workspaceId, async (tx) => {
    await lockCalendar(tx, calendarId)
    const keeper = await findKeeper(tx, workspaceId, calendarId)
    if (!keeper) return
    const [met, lost, passed] = await Promise.all([findMet(tx, workspaceId, calendarId, keeper, since), findLost(tx, workspaceId, calendarId, now), findPassed(tx, workspaceId, calendarId, now)])
    const uids = [...new Set([...met, ...lost].map(({ uid }) => uid))]
    const known = uids.length === 0 ? [] : await findMeetings(tx, workspaceId, uids)
    const here = known.filter((one) => one.calendarId === calendarId)
    const elsewhere = known.filter((one) => one.calendarId !== calendarId && one.state === 'standing')
    const tell = (line: Line) => addToTimeline(tx, { workspaceId, bookingId: null, authorId: keeper.userId, ...line })

    const fresh = met.map((one) => standing(one, now))
    for (const line of [...newsOf(fresh, here, elsewhere, now), ...farewells(lost, elsewhere, now)]) await tell(line)
    await failpoint('meetings_told')
    await saveMeetings(tx, workspaceId, calendarId, keeper.userId, fresh, now)
    await saveGone(tx, workspaceId, lost.map(({ id }) => id), now)
    await advance(tx, workspaceId, passed, now)
  })
}

type Line = Pick<Parameters<typeof addToTimeline>[1], 'contactId' | 'kind' | 'at' | 'words'>
type Standing = NewMeeting & { series: boolean }

/** A series stands at its next moment. */
function standing({ eventKey, uid, contactId, title, start, end, occurrences, busy }: Met, now: Instant): Standing {
  const series = occurrences > 1
  const next = series ? nextOf(busy, now) : null
  return { eventKey, uid, contactId, title: title ?? '', start: next?.start ?? start, end: next?.end ?? end, series }
}

function nextOf(busy: Buffer, now: Instant): Span | null {
  const { starts, ends } = cutBusy(fromBytes(busy), { start: now, end: END })
  return starts.length === 0 ? null : { start: starts[0]!, end: ends[0]! }
}

const same = (a: Buffer, b: Buffer): boolean => a.equals(b)
const seriesKey = ({ uid, contactId }: { uid: string; contactId: string }): string => `${contactId} ${uid}`

/** Of several instances of one series and one contact, one line of each kind; what another calendar has told is not told again. */
function newsOf(fresh: Standing[], here: Meeting[], elsewhere: Meeting[], now: Instant): Line[] {
  const lines: Line[] = []
  for (const group of Map.groupBy(fresh, seriesKey).values()) {
    const key = seriesKey(group[0]!)
    const before = here.filter((one) => seriesKey(one) === key)
    const told = elsewhere.filter((one) => seriesKey(one) === key)
    const coming = group.filter(({ end }) => end > now)
    const [first = group[0]!] = coming
    if (!before.some(({ state }) => state === 'standing')) {
      if (told.length === 0) lines.push(lineOf('meeting', first, first.start))
    } else {
      const moved = coming.flatMap((one) => {
        const was = before.find(({ eventKey, state }) => state === 'standing' && same(eventKey, one.eventKey))
        const differs = was && !one.series && (was.start !== one.start || was.end !== one.end)
        return differs && !told.some(({ start, end }) => start === one.start && end === one.end) ? [{ one, was }] : []
      })
      if (moved[0]) lines.push(lineOf('meeting-moved', moved[0].one, now, moved[0].was))
    }
  }
  return lines
}

function farewells(lost: Lost[], elsewhere: Meeting[], now: Instant): Line[] {
  const gone = lost.filter((one) => !one.silent && !elsewhere.some((other) => seriesKey(other) === seriesKey(one)))
  return [...Map.groupBy(gone, seriesKey).values()].map(([first]) => lineOf('meeting-gone', first!, now))
}

const lineOf = (kind: 'meeting' | 'meeting-moved' | 'meeting-gone', { contactId, title, start, end }: Pick<NewMeeting, 'contactId' | 'title' | 'start' | 'end'>, at: Instant, from?: Span): Line => ({
  contactId,
  kind,
  at,
  words: { title, start, end, by: 'calendar', ...(from ? { from: { start: from.start, end: from.end } } : {}) },
})

async function advance(tx: Tx, workspaceId: string, passed: { id: string; busy: Buffer }[], now: Instant): Promise<void> {
  for (const { id, busy } of passed) {
    const next = nextOf(busy, now)
    if (next) await saveNext(tx, workspaceId, id, next.start, next.end)
  }
}
