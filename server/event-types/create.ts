import type { Scope } from '#server/accounts/gate.ts'
import { slugFrom } from '#server/accounts/slug.ts'
import { speak } from '#core/locale/say.ts'
import { eventTypesWords } from '#core/locale/words/event-types.ts'
import type { Tx } from '#server/platform/database.ts'
import type { Deps } from '#server/platform/deps.ts'
import { findPage } from './find.ts'
import { PAGES_EACH, type Page, type PageDraft } from './model.ts'
import { freeSlugs } from './slug.ts'
import { countPages, findPages, insertEventType, insertPage, saveHosts, type ChosenHost, type EventTypeRow } from './store.ts'
import { fromTemplate, lasting } from './templates.ts'

export type CreateOutcome = { kind: 'created'; page: Page } | { kind: 'slug-taken'; suggestion: string | null } | { kind: 'too-many' }

/** A page of one's own; no calendar is asked for (S-010). */
export async function createPage(deps: Deps, scope: Scope, { title, duration, slug, template }: PageDraft): Promise<CreateOutcome> {
  const { slug: usual, ...settings } = fromTemplate(template, scope.user.locale)
  const type = { ...settings, ...(template ? {} : { description: '' }), ...(title === undefined ? {} : { title }), ...(duration === undefined ? {} : lasting(duration)) }
  return deps.db.inWorkspace(scope.workspaceId, async (tx) => {
    const made = await enter(tx, scope, { type, hosts: [{ id: scope.userId, priority: 0 }], wish: slug ?? wishFrom(title, usual), exact: slug !== undefined, open: true, locale: 'auto' })
    if (made.kind !== 'made') return made
    return { kind: 'created', page: (await findPage(tx, scope, made.pageId, deps.now()))! }
  })
}

/** What a title becomes in an address; of a title without one plain letter nothing is left. */
function wishFrom(title: string | undefined, usual: string): string {
  const slug = title === undefined ? usual : slugFrom(title)
  return slug === slugFrom('') ? usual : slug
}

/** A copy of any page one can see, as one's own; it begins paused, so that nobody finds two alike. */
export async function clonePage(deps: Deps, scope: Scope, pageId: string): Promise<CreateOutcome | { kind: 'not-found' }> {
  return deps.db.inWorkspace(scope.workspaceId, async (tx) => {
    const [source] = await findPages(tx, scope.workspaceId, pageId)
    if (!source) return { kind: 'not-found' }
    const { id: _id, version: _version, ...settings } = source.eventType
    const mine = source.owner.id === scope.userId
    const title = speak(eventTypesWords, scope.user.locale)('copy', { title: settings.title }).slice(0, 120)
    const type = { ...settings, title, scheduleId: mine ? settings.scheduleId : null }
    const hosts: Pick<ChosenHost, 'id' | 'priority'>[] = type.assignment === 'solo' && !mine ? [{ id: scope.userId, priority: 0 }] : source.hosts
    const made = await enter(tx, scope, { type, hosts, wish: source.slug, exact: false, open: false, locale: source.locale })
    if (made.kind !== 'made') return made
    return { kind: 'created', page: (await findPage(tx, scope, made.pageId, deps.now()))! }
  })
}

type Entry = { type: Omit<EventTypeRow, 'id' | 'version'>; hosts: Pick<ChosenHost, 'id' | 'priority'>[]; wish: string; exact: boolean; open: boolean; locale: Page['locale'] }

async function enter(tx: Tx, { workspaceId, userId }: Pick<Scope, 'workspaceId' | 'userId'>, { type, hosts, wish, exact, open, locale }: Entry) {
  if ((await countPages(tx, workspaceId, userId)) >= PAGES_EACH) return { kind: 'too-many' as const }
  const free = await freeSlugs(tx, workspaceId, userId, wish)
  if (exact && free[0] !== wish) return { kind: 'slug-taken' as const, suggestion: free[0] ?? null }
  const eventTypeId = await insertEventType(tx, workspaceId, userId, type)
  await saveHosts(tx, workspaceId, eventTypeId, hosts)
  // Another tab may take a slug between our look and our writing: the next one is tried.
  for (const slug of free) {
    const pageId = await insertPage(tx, { workspaceId, ownerId: userId, eventTypeId, slug, open, locale })
    if (pageId) return { kind: 'made' as const, pageId }
    if (exact) break
  }
  throw new Error('every address like this one was taken while we looked')
}
