import { slugCandidates } from '#server/accounts/slug.ts'
import type { Tx } from '#server/platform/database.ts'
import { takenSlugs } from './store.ts'

/** The wished address under this owner, or the next free one like it; `except` is the page that may keep its own. */
export async function freeSlugs(tx: Tx, workspaceId: string, ownerId: string, wish: string, except: string | null = null): Promise<string[]> {
  const candidates = slugCandidates(wish)
  const taken = await takenSlugs(tx, workspaceId, ownerId, candidates, except)
  return candidates.filter((slug) => !taken.has(slug))
}
