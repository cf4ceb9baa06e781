import type { HostTime, Question } from '#core/availability/model.ts'
import { explain, type ReasonKind } from '#core/availability/reasons.ts'
import { findSlots } from '#core/availability/slots.ts'
import { FREE } from '#core/time/busy.ts'
import { DAY, type Instant } from '#core/time/model.ts'
import { dayNumber, startOfDayNumber } from '#core/time/wall.ts'
import type { Scope } from '#server/accounts/gate.ts'
import type { HostCalendars } from '#server/calendars/busy.ts'
import type { Deps } from '#server/platform/deps.ts'
import { findPageForEdit } from './find.ts'
import type { WhenUnreadable } from './model.ts'
import { questionAbout } from './question.ts'
import { stateOf } from './state.ts'

/** `calendar`: the page is closed because a calendar cannot be read. */
type Why = ReasonKind | 'calendar'
export type Explained = { starts: { start: Instant; reasons: Why[] }[] }

/** Why a day is as it is: every start the hours would allow, with all that stands in its way. For those who may edit the page only (J03). */
export async function explainDay(deps: Deps, scope: Scope, pageId: string, date: string): Promise<{ kind: 'explained'; day: Explained } | { kind: 'not-found' } | { kind: 'not-allowed' }> {
  const now = deps.now()
  return deps.db.inWorkspace(scope.workspaceId, async (tx) => {
    const found = await findPageForEdit(tx, scope, pageId)
    if (found.kind !== 'found') return found
    const { page } = found
    const around = { start: (dayNumber(date) - 1) * DAY, end: (dayNumber(date) + 2) * DAY }
    const { question, calendars } = await questionAbout(tx, scope.workspaceId, { type: page.eventType, hosts: page.hosts, ownerId: page.owner.id }, around, now)
    const zone = question.hosts[0]?.schedule.zone ?? 'UTC'
    const day = dayNumber(date)
    const today: Question = { ...question, window: { start: startOfDayNumber(zone, day), end: startOfDayNumber(zone, day + 1) } }
    const closed = isClosed(page.eventType, [...calendars.values()], now)
    return { kind: 'explained', day: { starts: allowedByHours(today).map((start) => ({ start, reasons: [...(closed ? (['calendar'] as const) : []), ...reasonsFor(today, start)] })) } }
  })
}

/** The starts of a day if nobody had anything else to do and no limit held. */
function allowedByHours(question: Question): Instant[] {
  const idle = (host: HostTime): HostTime => ({ ...host, busy: FREE, own: [] })
  const limits = { notice: 0, horizon: { kind: 'rolling', days: 5 * 366 } as const, perDay: null, perWeek: null }
  // Asked as if it were the eve: what has already passed is explained too, as too soon.
  return [...findSlots({ ...question, hosts: question.hosts.map(idle), offer: { ...question.offer, limits }, now: Math.min(question.now, question.window.start) })]
}

function reasonsFor(question: Question, start: Instant): ReasonKind[] {
  const reasons = explain(question, start)
  if (question.assignment === 'round-robin' && question.hosts.some(({ hostId }) => !reasons.some((reason) => reason.hostId === hostId || reason.hostId === null))) return []
  return [...new Set(reasons.map(({ kind }) => kind))]
}

const isClosed = (type: { assignment: Question['assignment']; whenUnreadable: WhenUnreadable }, hosts: HostCalendars[], now: Instant): boolean =>
  type.whenUnreadable.kind === 'close' && !['no-calendar', null].includes(stateOf({ open: true, ...type }, hosts, now).offlineReason)
