import type { Deps } from '#server/platform/deps.ts'
import type { Scope } from './gate.ts'
import { getMember, type Member } from './member.ts'
import type { ProfileChange, WorkspaceChange } from './model.ts'
import { isReserved } from './slug.ts'
import { enterInDirectory, findInDirectory, leaveDirectory, updateProfile, updateWorkspace } from './store.ts'

export type ProfileOutcome = { kind: 'changed'; member: Member } | { kind: 'slug-taken' } | { kind: 'slug-reserved' }

/** A new slug moves the host's public address; the old one is free for others at once. */
export async function changeProfile(deps: Deps, { workspaceId, userId }: Scope, change: ProfileChange): Promise<ProfileOutcome> {
  const { slug } = change
  if (slug !== undefined && isReserved(slug)) return { kind: 'slug-reserved' }
  return deps.db.inWorkspace(workspaceId, async (tx) => {
    if (slug !== undefined) {
      const entered = await enterInDirectory(tx, 'host', [slug], workspaceId, userId)
      if (!entered && (await findInDirectory(tx, 'host', slug))?.subjectId !== userId) return { kind: 'slug-taken' }
      await leaveDirectory(tx, 'host', workspaceId, userId, slug)
    }
    await updateProfile(tx, workspaceId, userId, change)
    return { kind: 'changed', member: await getMember(tx, workspaceId, userId) }
  })
}

export async function changeWorkspace(deps: Deps, { workspaceId, userId }: Scope, change: WorkspaceChange): Promise<Member> {
  return deps.db.inWorkspace(workspaceId, async (tx) => {
    await updateWorkspace(tx, workspaceId, change)
    return getMember(tx, workspaceId, userId)
  })
}
