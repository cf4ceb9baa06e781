import { randomBytes } from 'node:crypto'
import type { Tx } from '#server/platform/database.ts'
import { SLUG } from './model.ts'
import { takenSlugs } from './store.ts'

/** The wished address under this owner if it is free, then the next ones like it; `except` is the page that may keep its own. */
export async function freeSlugs(tx: Tx, workspaceId: string, ownerId: string, wish: string, except: string | null = null): Promise<string[]> {
  const numbered = Array.from({ length: 30 }, (_, index) => `${wish.slice(0, 60)}-${index + 2}`)
  const candidates = [wish, ...numbered, `${wish.slice(0, 50)}-${randomBytes(4).toString('hex')}`].filter((slug) => SLUG.test(slug))
  const taken = await takenSlugs(tx, workspaceId, ownerId, candidates, except)
  return candidates.filter((slug) => !taken.has(slug))
}
