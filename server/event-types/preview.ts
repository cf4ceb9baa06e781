import { findSlots } from '#core/availability/slots.ts'
import { DAY, type Instant } from '#core/time/model.ts'
import { dateOf } from '#core/time/wall.ts'
import type { Scope } from '#server/accounts/gate.ts'
import type { Deps } from '#server/platform/deps.ts'
import { findPageForEdit } from './find.ts'
import type { EventTypeSketch, Hours } from './model.ts'
import { questionAbout } from './question.ts'

const SHOWN_DAYS = 35
const SEARCHED_DAYS = 120
const SOONEST = 3

export type Preview = { days: { date: string; starts: Instant[] }[]; soonest: Instant[] }

/** What visitors would see with these unsaved settings, on the hosts' real time. Writes nothing. */
export async function previewPage(
  deps: Deps,
  scope: Scope,
  pageId: string,
  draft: { eventType?: EventTypeSketch | undefined; schedule?: Hours | undefined },
): Promise<{ kind: 'shown'; preview: Preview } | { kind: 'not-found' } | { kind: 'not-allowed' }> {
  const now = deps.now()
  return deps.db.inWorkspace(scope.workspaceId, async (tx) => {
    const found = await findPageForEdit(tx, scope, pageId)
    if (found.kind !== 'found') return found
    const { page } = found
    const { hosts = page.hosts, ...settings } = draft.eventType ?? {}
    const type = Object.assign({ ...page.eventType }, settings, { id: page.eventType.id })
    const { question } = await questionAbout(tx, scope.workspaceId, { type, hosts, ownerId: page.owner.id, hours: draft.schedule }, { start: now, end: now + SEARCHED_DAYS * DAY }, now)
    const slots = [...findSlots(question)]
    const zone = question.hosts[0]?.schedule.zone ?? 'UTC'
    const days = Map.groupBy(slots.filter((start) => start < now + SHOWN_DAYS * DAY), (start) => dateOf(zone, start))
    return { kind: 'shown', preview: { days: [...days].map(([date, starts]) => ({ date, starts })), soonest: slots.slice(0, SOONEST) } }
  })
}
