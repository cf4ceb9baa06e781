import type { Db } from './database.ts'

/** Every workspace of this server, by the one table that may be read without standing in one. */
export async function everyWorkspace(db: Db): Promise<string[]> {
  const rows = await db.prepared<{ id: string }>('every_workspace', `select distinct workspace_id as id from directory where kind = 'host'`, [])
  return rows.map(({ id }) => id)
}
