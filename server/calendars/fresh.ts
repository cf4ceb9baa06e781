import type { Span } from '#core/time/model.ts'
import type { ReasonCode } from '#server/connections/model.ts'
import { passes, reasonOf } from '#server/connections/reason.ts'
import { openConnection, type Opened } from '#server/connections/session.ts'
import type { Deps } from '#server/platform/deps.ts'
import { AccessRevoked, type EventKind } from '#server/providers/provider.ts'
import { blocks } from './model.ts'
import { findChecked } from './store.ts'
import { saveRefusal } from './trouble.ts'

export type Fresh = { kind: 'clear'; busy: Map<string, Span[]> } | { kind: 'unreadable'; reason: ReasonCode }

// A visitor is waiting: together, whatever the number of calendars.
const PATIENCE = 4000
// Outlook mailboxes refuse a fifth question at once, iCloud quietly bans the eager (C17).
const AT_ONCE = 3

type Question = Awaited<ReturnType<typeof findChecked>>[number]

/**
 * Asks the providers themselves, just before a booking, whether these hosts are busy (A24): our copy may be minutes old. What
 * cannot be read is never taken for free (A25). Our own events are left out where they stand as we wrote them.
 */
export async function checkFresh(
  deps: Deps,
  workspaceId: string,
  hostIds: readonly string[],
  window: Span,
): Promise<Fresh> {
  // Where nobody can be asked, the copy is all there is, and no statement is spent on finding that out.
  if (Object.values(deps.providers).every((provider) => provider.freshBusy === null))
    return { kind: 'clear', busy: new Map(hostIds.map((host) => [host, []])) }
  const calendars = await deps.db.inWorkspace(workspaceId, (tx) => findChecked(tx, hostIds, window))
  const patience = new AbortController()
  const timer = setTimeout(() => patience.abort(), PATIENCE)
  try {
    const answers = await Promise.all(
      [...Map.groupBy(calendars, (calendar) => calendar.connectionId)].map(([connectionId, mine]) =>
        askConnection(deps, workspaceId, connectionId, mine, window, patience.signal),
      ),
    )
    const busy = new Map<string, Span[]>(hostIds.map((host) => [host, []]))
    for (const answer of answers.flat()) {
      if (typeof answer === 'string') return { kind: 'unreadable', reason: answer }
      busy.get(answer.userId)?.push(...answer.spans)
    }
    return { kind: 'clear', busy }
  } finally {
    clearTimeout(timer)
    patience.abort()
  }
}

type Answer = ReasonCode | { userId: string; spans: Span[] }

async function askConnection(
  deps: Deps,
  workspaceId: string,
  connectionId: string,
  calendars: Question[],
  window: Span,
  patience: AbortSignal,
): Promise<Answer[]> {
  let opened: Opened | null = null
  const left = [...calendars]
  const answers: Answer[] = []
  try {
    opened = await openConnection(deps, workspaceId, connectionId, {
      within: { signal: patience, deadline: PATIENCE },
      feature: 'booking',
    })
    const one = opened
    await Promise.all(
      Array.from({ length: Math.min(AT_ONCE, left.length) }, async () => {
        for (let next = left.pop(); next; next = left.pop())
          answers.push({ userId: next.userId, spans: await askCalendar(one, next, window, patience) })
      }),
    )
    return answers
  } catch (error) {
    if (patience.aborted) return ['timeout']
    const reason = reasonOf(error)
    if (reason === null) throw error
    if (error instanceof AccessRevoked && opened) await saveRefusal(deps, workspaceId, connectionId, opened)
    deps.log.info(
      { connection: connectionId, reason, passes: passes(reason) },
      'not asked for fresh busy time',
    )
    return [reason]
  }
}

async function askCalendar(opened: Opened, calendar: Question, window: Span, patience: AbortSignal): Promise<Span[]> {
  // A provider that cannot be asked is known by its copy alone.
  if (!opened.provider.freshBusy) return []
  const found = await whilePatient(askTogether(opened, calendar, window), patience)
  const ours = new Set((calendar.written ?? []).map(([uid, start, end]) => `${start} ${end} ${uid}`))
  const theirs = ({ uid, start, end, kind }: { uid: string; start: number; end: number; kind: EventKind }) =>
    blocks(kind, calendar) && !ours.has(`${start} ${end} ${uid}`) && start < window.end && end > window.start
  return found.filter(theirs).map(({ start, end }) => ({ start, end }))
}

type Found = { uid: string; start: number; end: number; kind: EventKind }[]
type Asking = { window: Span; answer: Promise<Found> }

// A burst on one calendar costs two calls, not forty (K08): who comes while a call is under way shares the next one. Never the
// one under way: it may have been answered before the change that this visitor must not book over (A24).
const underWay = new Map<string, Promise<unknown>>()
const coming = new Map<string, Asking>()

function askTogether({ session, provider }: Opened, calendar: Question, window: Span): Promise<Found> {
  const { calendarId } = calendar
  const next = coming.get(calendarId)
  if (next) {
    next.window = { start: Math.min(next.window.start, window.start), end: Math.max(next.window.end, window.end) }
    return next.answer
  }
  const before = underWay.get(calendarId)
  const asking: Asking = { window, answer: Promise.resolve([]) }
  const ask = (): Promise<Found> => {
    coming.delete(calendarId)
    const answer = provider.freshBusy!({ ...session, zone: calendar.zone ?? session.zone }, calendar.remoteId, asking.window)
    const end = answer.then(
      () => undefined,
      () => undefined,
    )
    underWay.set(calendarId, end)
    void end.then(() => underWay.get(calendarId) === end && underWay.delete(calendarId))
    return answer
  }
  if (before) coming.set(calendarId, asking)
  asking.answer = before ? before.then(ask) : ask()
  // Who gave up waiting must not leave a refusal that nobody hears.
  asking.answer.catch(() => undefined)
  return asking.answer
}

function whilePatient<T>(work: Promise<T>, patience: AbortSignal): Promise<T> {
  const gaveUp = new Promise<never>((_, fail) => {
    if (patience.aborted) fail(patience.reason)
    patience.addEventListener('abort', () => fail(patience.reason), { once: true })
  })
  return Promise.race([work, gaveUp])
}
