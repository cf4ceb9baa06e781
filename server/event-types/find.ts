import type { Instant } from '#core/time/model.ts'
import { may, type Scope } from '#server/accounts/gate.ts'
import { readHostCalendars } from '#server/calendars/busy.ts'
import type { Tx } from '#server/platform/database.ts'
import type { Page } from './model.ts'
import { stateOf } from './state.ts'
import { findPages, type PageRow } from './store.ts'

/** Every page of the workspace: all may be seen and shared by everybody in it (requirements b.7). */
export async function listPages(tx: Tx, scope: Scope, now: Instant): Promise<Page[]> {
  return told(tx, scope, await findPages(tx, scope.workspaceId, null), now)
}

export async function findPage(tx: Tx, scope: Scope, pageId: string, now: Instant): Promise<Page | null> {
  const [page] = await told(tx, scope, await findPages(tx, scope.workspaceId, pageId), now)
  return page ?? null
}

export type ForEdit = { kind: 'found'; page: PageRow } | { kind: 'not-found' } | { kind: 'not-allowed' }

/** The page, for its owner and for whoever may edit other people's pages. */
export async function findPageForEdit(tx: Tx, scope: Scope, pageId: string): Promise<ForEdit> {
  const [page] = await findPages(tx, scope.workspaceId, pageId)
  if (!page) return { kind: 'not-found' }
  return mayEdit(scope, page.owner.id) ? { kind: 'found', page } : { kind: 'not-allowed' }
}

export const mayEdit = (scope: Scope, ownerId: string): boolean => ownerId === scope.userId || may(scope, 'edit-others-pages')

async function told(tx: Tx, scope: Scope, rows: PageRow[], now: Instant): Promise<Page[]> {
  const calendars = await readHostCalendars(tx, [...new Set(rows.flatMap(({ hosts }) => hosts.map(({ id }) => id)))], now)
  return rows.map(({ eventType, hosts, ...page }) => ({
    ...page,
    url: `/${page.hostSlug}/${page.slug}`,
    mine: page.owner.id === scope.userId,
    mayEdit: mayEdit(scope, page.owner.id),
    eventType: { ...eventType, hosts },
    ...stateOf({ open: page.open, assignment: eventType.assignment, whenUnreadable: eventType.whenUnreadable }, hosts.map(({ id }) => calendars.get(id)), now),
  }))
}
