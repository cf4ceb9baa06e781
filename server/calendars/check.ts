import { randomUUID } from 'node:crypto'
import { speak } from '#core/locale/say.ts'
import { connectionWords } from '#core/locale/words/connections.ts'
import { DAY, HOUR, MINUTE } from '#core/time/model.ts'
import type { Scope } from '#server/accounts/gate.ts'
import { findConnectionOf } from '#server/connections/find.ts'
import { reasonOf } from '#server/connections/reason.ts'
import { openConnection, type Opened } from '#server/connections/session.ts'
import type { Deps } from '#server/platform/deps.ts'
import { AccessRevoked, Unreachable, type EventDraft } from '#server/providers/provider.ts'
import type { CheckStep } from './model.ts'
import { findCalendarsOf, type CalendarRow } from './store.ts'
import { saveRefusal } from './trouble.ts'

/** Tries in front of its owner what a connection is for: reads a week, writes an event and takes it away again. Null when it is not theirs. */
export async function checkConnection(
  deps: Deps,
  scope: Scope,
  connectionId: string,
): Promise<CheckStep[] | null> {
  const { workspaceId, userId } = scope
  const found = await deps.db.inWorkspace(workspaceId, async (tx) => ({
    connection: await findConnectionOf(tx, workspaceId, userId, connectionId),
    calendars: await findCalendarsOf(tx, workspaceId, connectionId),
  }))
  if (!found.connection) return null
  const destination = found.calendars.find((calendar) => calendar.destination)
  const read = await tried(deps, workspaceId, connectionId, 'read', async (opened) => ({
    events: await countWeek(deps, opened, found.calendars),
  }))
  const write = await tried(deps, workspaceId, connectionId, 'write', async (opened) => {
    if (!destination) throw new Unreachable('no calendar takes new meetings', 'conflict')
    await writeAndRemove(deps, scope, opened, destination)
    return {}
  })
  // Whoever cannot push is asked by us: no fault, but its owner should know how long news may take.
  const live: CheckStep = {
    step: 'live',
    ok: read.ok,
    detail: { minutes: deps.config.syncMinutes },
    ...(read.reason ? { reason: read.reason } : {}),
  }
  return [read, write, live]
}

async function tried(
  deps: Deps,
  workspaceId: string,
  connectionId: string,
  step: CheckStep['step'],
  work: (opened: Opened) => Promise<CheckStep['detail']>,
): Promise<CheckStep> {
  const begun = performance.now()
  let opened: Opened | null = null
  try {
    opened = await openConnection(deps, workspaceId, connectionId, { feature: 'check' })
    const detail = await work(opened)
    return { step, ok: true, detail: { ...detail, ms: Math.round(performance.now() - begun) } }
  } catch (error) {
    const reason = reasonOf(error)
    if (reason === null) throw error
    if (error instanceof AccessRevoked && opened) await saveRefusal(deps, workspaceId, connectionId, opened)
    return { step, ok: false, detail: { ms: Math.round(performance.now() - begun) }, reason }
  }
}

async function countWeek(
  deps: Deps,
  { session, provider }: Opened,
  calendars: CalendarRow[],
): Promise<number> {
  const window = { start: deps.now(), end: deps.now() + 7 * DAY }
  let events = 0
  for (const calendar of calendars.filter(({ checked }) => checked)) {
    const in7Days = provider.freshBusy
      ? await provider.freshBusy(
          { ...session, zone: calendar.zone ?? session.zone },
          calendar.remoteId,
          window,
        )
      : []
    events += in7Days.length
  }
  return events
}

async function writeAndRemove(
  deps: Deps,
  { user }: Scope,
  { session, provider }: Opened,
  calendar: CalendarRow,
): Promise<void> {
  const draft = draftOfTest(deps, user)
  const made = await provider.createEvent(session, calendar.remoteId, draft)
  const stands = await provider.readEvent(session, calendar.remoteId, draft.uid)
  await provider.deleteEvent(session, calendar.remoteId, stands?.remoteId ?? made.remoteId)
  if (stands?.span?.start !== draft.span.start || stands.span.end !== draft.span.end)
    throw new Unreachable('what was written reads otherwise', 'bad-answer')
}

// Far away and short, so that it takes nobody's time should it stay behind.
function draftOfTest(deps: Deps, { name, email, locale, zone }: Scope['user']): EventDraft {
  const start = Math.ceil((deps.now() + 300 * DAY) / HOUR) * HOUR
  return {
    uid: `ritrovo-test-${randomUUID()}`,
    sequence: 0,
    span: { start, end: start + 5 * MINUTE },
    zone,
    title: speak(connectionWords, locale)('test.title'),
    description: '',
    location: '',
    url: null,
    organizer: { name, email },
    attendees: [],
  }
}
