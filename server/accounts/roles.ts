import type { Deps } from '#server/platform/deps.ts'
import type { Scope } from './gate.ts'
import type { Role, RoleChange, RoleDraft } from './model.ts'
import { exceeds } from './people.ts'
import { deleteRole, findRole, insertRole, lockPeople, roleInUse, updateRole } from './store.ts'

export type RoleOutcome =
  | { kind: 'saved'; role: Role }
  | { kind: 'not-found' }
  | { kind: 'built-in' }
  | { kind: 'beyond-you' }

export async function createRole(deps: Deps, scope: Scope, draft: RoleDraft): Promise<RoleOutcome> {
  if (exceeds({ builtIn: null, permissions: draft.permissions }, scope)) return { kind: 'beyond-you' }
  return deps.db.inWorkspace(scope.workspaceId, async (tx) => {
    const id = await insertRole(tx, scope.workspaceId, {
      ...draft,
      permissions: [...new Set(draft.permissions)],
    })
    return { kind: 'saved', role: (await findRole(tx, scope.workspaceId, id))! }
  })
}

/** The admin role cannot be narrowed; the member role keeps its name but may be given other permissions. */
export async function changeRole(
  deps: Deps,
  scope: Scope,
  roleId: string,
  change: RoleChange,
): Promise<RoleOutcome> {
  const { workspaceId } = scope
  return deps.db.inWorkspace(workspaceId, async (tx) => {
    await lockPeople(tx, workspaceId)
    const role = await findRole(tx, workspaceId, roleId)
    if (!role) return { kind: 'not-found' }
    if (role.builtIn === 'admin' || (role.builtIn === 'member' && change.name !== undefined))
      return { kind: 'built-in' }
    const permissions = change.permissions && [...new Set(change.permissions)]
    if (exceeds(role, scope) || exceeds({ builtIn: null, permissions: permissions ?? [] }, scope))
      return { kind: 'beyond-you' }
    await updateRole(tx, workspaceId, roleId, { ...change, ...(permissions ? { permissions } : {}) })
    return { kind: 'saved', role: (await findRole(tx, workspaceId, roleId))! }
  })
}

export type RemoveRoleOutcome =
  | { kind: 'removed' }
  | { kind: 'not-found' }
  | { kind: 'built-in' }
  | { kind: 'in-use' }
  | { kind: 'beyond-you' }

export async function removeRole(deps: Deps, scope: Scope, roleId: string): Promise<RemoveRoleOutcome> {
  const { workspaceId } = scope
  return deps.db.inWorkspace(workspaceId, async (tx) => {
    await lockPeople(tx, workspaceId)
    const role = await findRole(tx, workspaceId, roleId)
    if (!role) return { kind: 'not-found' }
    if (role.builtIn !== null) return { kind: 'built-in' }
    if (exceeds(role, scope)) return { kind: 'beyond-you' }
    if (await roleInUse(tx, workspaceId, roleId, deps.now())) return { kind: 'in-use' }
    await deleteRole(tx, workspaceId, roleId)
    return { kind: 'removed' }
  })
}
