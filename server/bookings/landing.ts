import type { Deps } from '#server/platform/deps.ts'
import { findHost, listedPages } from './store.ts'
import type { LandingView } from './views.ts'

/** The pages a host shows to everyone; null where nobody lives at this address. */
export async function readLanding(deps: Deps, slug: string): Promise<{ workspace: string; view: LandingView } | null> {
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(slug)) return null
  const found = await deps.db.outside((tx) => findHost(tx, slug))
  if (!found) return null
  const rows = await deps.db.inWorkspace(found.workspace_id, (tx) => listedPages(tx, found.workspace_id, found.subject_id))
  const [first] = rows
  if (!first) return null
  return {
    workspace: first.workspace,
    view: {
      name: first.name,
      pages: rows.flatMap((row) => (row.page_slug && row.title ? [{ path: `/${slug}/${row.page_slug}`, title: row.title, description: row.description ?? '', durations: row.durations ?? [], mode: row.connected ? ('bookings' as const) : ('requests' as const) }] : [])),
    },
  }
}
