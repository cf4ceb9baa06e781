import type { Tx } from '#server/platform/database.ts'
import { findInDirectory, findUserRows, type UserRow } from './store.ts'

export type User = UserRow

/** The users of these ids, in the order of the ids; who is not of this workspace is not there. */
export async function findUsers(tx: Tx, ids: readonly string[]): Promise<User[]> {
  const rows = new Map((await findUserRows(tx, ids)).map((user) => [user.id, user]))
  return ids.flatMap((id) => rows.get(id) ?? [])
}

export async function findUser(tx: Tx, userId: string): Promise<User | null> {
  return (await findUsers(tx, [userId]))[0] ?? null
}

/** Where a public slug leads; asked outside any workspace. */
export async function findHostBySlug(
  tx: Tx,
  slug: string,
): Promise<{ workspaceId: string; userId: string } | null> {
  return findInDirectory(tx, 'host', slug)
}
