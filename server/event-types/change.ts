import { findUsers } from '#server/accounts/find.ts'
import type { Scope } from '#server/accounts/gate.ts'
import type { Tx } from '#server/platform/database.ts'
import type { Deps } from '#server/platform/deps.ts'
import { findPage, findPageForEdit } from './find.ts'
import type { Page, PageChange } from './model.ts'
import { freeSlugs } from './slug.ts'
import { deleteEventType, findSchedule, saveHosts, updateEventType, updatePage, type EventTypeRow, type PageRow } from './store.ts'

export type ChangeOutcome =
  | { kind: 'changed'; page: Page }
  | { kind: 'not-found' }
  | { kind: 'not-allowed' }
  | { kind: 'stale-version' }
  | { kind: 'slug-taken'; suggestion: string | null }
  | { kind: 'bad-input'; fields: Record<string, string> }

/** Saves an editor's work, unless somebody saved theirs since this editor was opened. */
export async function changePage(deps: Deps, scope: Scope, pageId: string, change: PageChange): Promise<ChangeOutcome> {
  const { workspaceId } = scope
  return deps.db.inWorkspace(workspaceId, async (tx) => {
    const found = await findPageForEdit(tx, scope, pageId)
    if (found.kind !== 'found') return found
    const { page } = found
    const { hosts, ...settings } = change.eventType ?? {}
    // JSON knows no undefined: what is not named is not there and keeps its value.
    const type: EventTypeRow = Object.assign({ ...page.eventType }, settings)
    const fields = await problemsOf(tx, workspaceId, page, type, hosts ?? page.hosts)
    if (Object.keys(fields).length > 0) return { kind: 'bad-input', fields }
    if (change.slug !== undefined && change.slug !== page.slug) {
      const free = await freeSlugs(tx, workspaceId, page.owner.id, change.slug, page.id)
      if (free[0] !== change.slug) return { kind: 'slug-taken', suggestion: free[0] ?? null }
    }

    if (!(await updateEventType(tx, workspaceId, change.version, type))) return { kind: 'stale-version' }
    if (hosts) await saveHosts(tx, workspaceId, type.id, hosts)
    await updatePage(tx, workspaceId, { id: page.id, slug: change.slug ?? page.slug, locale: change.locale ?? page.locale, open: change.open ?? page.open, listed: change.listed ?? page.listed }, deps.now())
    return { kind: 'changed', page: (await findPage(tx, scope, pageId, deps.now()))! }
  })
}

/** What no single field can tell: hosts fit the assignment, people and hours belong here. */
async function problemsOf(tx: Tx, workspaceId: string, page: PageRow, type: EventTypeRow, hosts: { id: string }[]): Promise<Record<string, string>> {
  const fields: Record<string, string> = {}
  const known = await findUsers(tx, hosts.map(({ id }) => id))
  if (known.filter(({ disabled }) => !disabled).length < hosts.length) fields['eventType.hosts'] = 'unknown'
  else if (type.assignment === 'solo' && hosts.length !== 1) fields['eventType.hosts'] = 'one-host'
  if (type.scheduleId !== null && type.scheduleId !== page.eventType.scheduleId) {
    const schedule = await findSchedule(tx, workspaceId, type.scheduleId)
    if (schedule?.ownerId !== page.owner.id) fields['eventType.scheduleId'] = 'unknown'
  }
  return fields
}

/** Takes a page away; what was booked through it stays. */
export async function removePage(deps: Deps, scope: Scope, pageId: string): Promise<{ kind: 'removed' } | { kind: 'not-found' } | { kind: 'not-allowed' }> {
  return deps.db.inWorkspace(scope.workspaceId, async (tx) => {
    const found = await findPageForEdit(tx, scope, pageId)
    if (found.kind !== 'found') return found
    await deleteEventType(tx, scope.workspaceId, found.page.eventType.id)
    return { kind: 'removed' }
  })
}
