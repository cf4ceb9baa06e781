import { speak } from '#core/locale/say.ts'
import type { Locale } from '#core/locale/locale.ts'
import { eventTypesWords } from '#core/locale/words/event-types.ts'
import type { Tx } from '#server/platform/database.ts'
import { FIRST_WEEK } from './model.ts'
import { insertEventType, insertHostVersion, insertPage, insertSchedule, saveHosts } from './store.ts'
import { fromTemplate } from './templates.ts'

/** Makes a user someone who can be booked: usual hours in their zone and a first page, which takes requests until a calendar is there. */
export async function beginHost(tx: Tx, { workspaceId, userId, locale, zone }: { workspaceId: string; userId: string; locale: Locale; zone: string }): Promise<void> {
  if (!(await insertHostVersion(tx, workspaceId, userId))) return
  const { slug, ...type } = fromTemplate('first-meeting', locale)
  const [, eventTypeId] = await Promise.all([
    insertSchedule(tx, workspaceId, userId, { name: speak(eventTypesWords, locale)('schedule.first'), zone, weekly: FIRST_WEEK, overrides: [], isDefault: true }),
    insertEventType(tx, workspaceId, userId, type),
  ])
  await Promise.all([saveHosts(tx, workspaceId, eventTypeId, [{ id: userId, priority: 0 }]), insertPage(tx, { workspaceId, ownerId: userId, eventTypeId, slug, open: true, locale: 'auto' })])
}
