import type { Locale } from '#core/locale/locale.ts'
import type { Tx } from '#server/platform/database.ts'
import { findInDirectory, findUserRows } from './store.ts'

export type User = { id: string; name: string; email: string; slug: string; zone: string; locale: Locale; disabled: boolean }

/** The users of these ids, in the order of the ids; who is not of this workspace is not there. */
export async function findUsers(tx: Tx, ids: readonly string[]): Promise<User[]> {
  const rows = new Map((await findUserRows(tx, ids)).map(({ roleId: _, ...user }) => [user.id, user]))
  return ids.flatMap((id) => rows.get(id) ?? [])
}

export async function findUser(tx: Tx, userId: string): Promise<User | null> {
  return (await findUsers(tx, [userId]))[0] ?? null
}

/** Where a public slug leads; asked outside any workspace. */
export async function findHostBySlug(tx: Tx, slug: string): Promise<{ workspaceId: string; userId: string } | null> {
  const found = await findInDirectory(tx, 'host', slug)
  return found && { workspaceId: found.workspaceId, userId: found.subjectId }
}
