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

async function askCalendar(
  { session, provider }: Opened,
  calendar: Question,
  window: Span,
  patience: AbortSignal,
): Promise<Span[]> {
  // A provider that cannot be asked is known by its copy alone.
  if (!provider.freshBusy) return []
  const found = await whilePatient(
    provider.freshBusy({ ...session, zone: calendar.zone ?? session.zone }, calendar.remoteId, window),
    patience,
  )
  const ours = new Set((calendar.written ?? []).map(([uid, start, end]) => `${start} ${end} ${uid}`))
  const theirs = ({ uid, start, end, kind }: { uid: string; start: number; end: number; kind: EventKind }) =>
    blocks(kind, calendar) && !ours.has(`${start} ${end} ${uid}`)
  return found.filter(theirs).map(({ start, end }) => ({ start, end }))
}

function whilePatient<T>(work: Promise<T>, patience: AbortSignal): Promise<T> {
  const gaveUp = new Promise<never>((_, fail) => {
    if (patience.aborted) fail(patience.reason)
    patience.addEventListener('abort', () => fail(patience.reason), { once: true })
  })
  return Promise.race([work, gaveUp])
}
