import type { Deps } from '#server/platform/deps.ts'
import { may, type Scope } from './gate.ts'
import { PERMISSIONS, type People, type Permission, type Person, type PersonChange } from './model.ts'
import {
  deleteInvitation,
  deleteSessionsOf,
  findInvitations,
  findPeople,
  findRole,
  findRoles,
  findUserRows,
  lockPeople,
  otherAdmins,
  saveSeat,
  updatePerson,
} from './store.ts'

type RoleLike = { builtIn: 'admin' | 'member' | null; permissions: readonly Permission[] }

/** Whether a role may more than this person: nobody gives, takes or changes what they do not have themselves. */
export const exceeds = (role: RoleLike, scope: Scope): boolean =>
  (role.builtIn === 'admin' && scope.role.builtIn !== 'admin') ||
  role.permissions.some((permission) => !may(scope, permission))

/** Everyone in the workspace; open invitations only for those who may send them. */
export async function listPeople(deps: Deps, scope: Scope): Promise<People> {
  const { workspaceId } = scope
  return deps.db.inWorkspace(workspaceId, async (tx) => {
    const [people, roles, invitations] = await Promise.all([
      findPeople(tx, workspaceId),
      findRoles(tx, workspaceId),
      may(scope, 'manage-people') ? findInvitations(tx, workspaceId, deps.now()) : [],
    ])
    return {
      people,
      roles: roles.map((role) =>
        role.builtIn === 'admin' ? { ...role, permissions: [...PERMISSIONS] } : role,
      ),
      invitations,
    }
  })
}

export type ChangePersonOutcome =
  | { kind: 'changed'; person: Person }
  | { kind: 'not-found' }
  | { kind: 'unknown-role' }
  | { kind: 'last-admin' }
  | { kind: 'beyond-you' }

/** Another role ends the person's sessions, as being disabled does (F17); the last admin keeps both role and access. */
export async function changePerson(
  deps: Deps,
  scope: Scope,
  userId: string,
  change: PersonChange,
): Promise<ChangePersonOutcome> {
  const { workspaceId } = scope
  return deps.db.inWorkspace(workspaceId, async (tx) => {
    await lockPeople(tx, workspaceId)
    const them = { workspaceId, userId }
    const [user] = await findUserRows(tx, [userId])
    if (!user) return { kind: 'not-found' }
    const now = await findRole(tx, workspaceId, user.roleId)
    const next = change.roleId === undefined ? now : await findRole(tx, workspaceId, change.roleId)
    if (!now || !next) return { kind: 'unknown-role' }

    const otherRole = next.id !== now.id
    const disables = change.disabled === true && !user.disabled
    const touchesAccess = otherRole || (change.disabled !== undefined && change.disabled !== user.disabled)
    if (touchesAccess && (exceeds(now, scope) || exceeds(next, scope))) return { kind: 'beyond-you' }
    const losesAdmin = now.builtIn === 'admin' && !user.disabled && (disables || next.builtIn !== 'admin')
    if (losesAdmin && (await otherAdmins(tx, them)) === 0) return { kind: 'last-admin' }

    await updatePerson(tx, them, change, deps.now())
    if (change.seat !== undefined) await saveSeat(tx, them, change.seat)
    if (disables || otherRole) await deleteSessionsOf(tx, them)
    const person = (await findPeople(tx, workspaceId)).find(({ id }) => id === userId)
    return { kind: 'changed', person: person! }
  })
}

/** Takes an invitation back; its link leads nowhere from now on. */
export async function withdrawInvitation(deps: Deps, scope: Scope, invitationId: string): Promise<boolean> {
  return deps.db.inWorkspace(scope.workspaceId, (tx) => deleteInvitation(tx, scope.workspaceId, invitationId))
}
