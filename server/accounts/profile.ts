import type { Deps } from '#server/platform/deps.ts'
import type { Scope } from './gate.ts'
import { getMember, type Member } from './member.ts'
import type { ProfileChange, WorkspaceChange } from './model.ts'
import { isReserved } from './slug.ts'
import {
  enterInDirectory,
  findInDirectory,
  leaveOtherSlugs,
  updateProfile,
  updateWorkspace,
} from './store.ts'

export type ProfileOutcome =
  | { kind: 'changed'; member: Member }
  | { kind: 'slug-taken' }
  | { kind: 'slug-reserved' }

/** A new slug moves the host's public address; the old one is free for others at once. */
export async function changeProfile(
  deps: Deps,
  scope: Scope,
  change: ProfileChange,
): Promise<ProfileOutcome> {
  const { slug } = change
  if (slug !== undefined && isReserved(slug)) return { kind: 'slug-reserved' }
  return deps.db.inWorkspace(scope.workspaceId, async (tx) => {
    if (slug !== undefined) {
      const entered = await enterInDirectory(tx, 'host', [slug], scope)
      if (!entered && (await findInDirectory(tx, 'host', slug))?.userId !== scope.userId)
        return { kind: 'slug-taken' }
      await leaveOtherSlugs(tx, scope, slug)
    }
    await updateProfile(tx, scope, change)
    return { kind: 'changed', member: await getMember(tx, scope) }
  })
}

export async function changeWorkspace(deps: Deps, scope: Scope, change: WorkspaceChange): Promise<Member> {
  return deps.db.inWorkspace(scope.workspaceId, async (tx) => {
    await updateWorkspace(tx, scope.workspaceId, change)
    return getMember(tx, scope)
  })
}
