import type { Tx } from '#server/platform/database.ts'
import { findAdminRows, findAge, findHouseRow, findInDirectory, findUserRows, type UserRow } from './store.ts'

export type User = UserRow

/** The users of these ids, in the order of the ids; who is not of this workspace is not there. */
export async function findUsers(tx: Tx, ids: readonly string[]): Promise<User[]> {
  const rows = new Map((await findUserRows(tx, ids)).map((user) => [user.id, user]))
  return ids.flatMap((id) => rows.get(id) ?? [])
}

export async function findUser(tx: Tx, userId: string): Promise<User | null> {
  return (await findUsers(tx, [userId]))[0] ?? null
}

/** Those who run this workspace: for letters about what only they can mend. */
export const findAdmins = (tx: Tx, workspaceId: string): Promise<User[]> => findAdminRows(tx, workspaceId)

/** Since when someone has an account here, in which zone their workspace reads dates, and when their right to two accounts was lost. */
export const findAccountAge = (tx: Tx, workspaceId: string, userId: string) => findAge(tx, workspaceId, userId)

/** The clock of a workspace, and the role its members begin with. */
export async function findHouse(tx: Tx, workspaceId: string): Promise<{ zone: string; memberRoleId: string }> {
  const house = await findHouseRow(tx, workspaceId)
  if (!house) throw new Error('a workspace without its built-in roles')
  return house
}

/** Where a public slug leads; asked outside any workspace. */
export async function findHostBySlug(
  tx: Tx,
  slug: string,
): Promise<{ workspaceId: string; userId: string } | null> {
  return findInDirectory(tx, 'host', slug)
}
