import type { Tx } from '#server/platform/database.ts'
import type { Config } from '#server/platform/config.ts'
import { PERMISSIONS, type Me, type Permission, type Seat } from './model.ts'
import { findMember, type MemberRow } from './store.ts'

/** A user with all that decides what they may do. */
export type Member = {
  readonly workspaceId: string
  readonly userId: string
  readonly user: Me['user']
  readonly workspace: Me['workspace']
  readonly role: Me['role']
  readonly permissions: ReadonlySet<Permission>
  readonly seat: Seat | null
}

export function memberOf(row: MemberRow): Member {
  return {
    workspaceId: row.workspaceId,
    userId: row.userId,
    user: {
      id: row.userId,
      name: row.name,
      email: row.email,
      slug: row.slug,
      locale: row.locale,
      zone: row.zone,
      theme: row.theme,
    },
    workspace: {
      id: row.workspaceId,
      name: row.workspaceName,
      locale: row.workspaceLocale,
      zone: row.workspaceZone,
      seatGate: row.seatGate,
      severalAccounts: row.severalAccounts,
      meetingsByPrograms: row.meetingsByPrograms,
    },
    role: { id: row.roleId, name: row.roleName, builtIn: row.builtIn },
    permissions: new Set(row.builtIn === 'admin' ? PERMISSIONS : row.permissions),
    seat: row.seatKind && row.seatLevel ? { kind: row.seatKind, level: row.seatLevel } : null,
  }
}

export async function getMember(tx: Tx, who: { workspaceId: string; userId: string }): Promise<Member> {
  const row = await findMember(tx, who)
  if (!row) throw new Error('a user disappeared inside their own transaction')
  return memberOf(row)
}

/** The member as their own browser sees it: an allow-list, never the row (F23). */
export const meOf = (config: Config, { user, workspace, role, permissions, seat }: Member): Me => ({
  user,
  workspace,
  role,
  permissions: [...permissions],
  seat,
  mail: { practice: config.smtp === null },
})
