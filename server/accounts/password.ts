import { randomBytes } from 'node:crypto'
import type { Deps } from '#server/platform/deps.ts'
import { checkPassword, hashPassword } from '#server/platform/secrets.ts'
import type { Scope } from './gate.ts'
import { RULES, tooMany } from './limits.ts'
import { newPassword, signInKey } from './model.ts'
import { openSession } from './sessions.ts'
import { deleteSessionsOf, findInDirectory, findPasswordHash, savePasswordHash } from './store.ts'

// One person, two keyboards, one password: composed and decomposed letters count as the same (NIST SP 800-63B 5.1.1.2).
export const hashOf = (password: string): Promise<string> => hashPassword(password.normalize('NFKC'))
export const fits = (password: string, hash: string | null): Promise<boolean> =>
  checkPassword(password.normalize('NFKC'), hash)

export type PasswordOutcome =
  | { kind: 'changed'; token: string }
  | { kind: 'wrong-password' }
  | { kind: 'slow-down'; retryAfter: number }

/** Every session of the user ends; this browser gets a new one (F17). */
export async function changePassword(
  deps: Deps,
  scope: Scope,
  input: { current: string; next: string; agent?: string | undefined },
): Promise<PasswordOutcome> {
  const { workspaceId, userId } = scope
  const retryAfter = await tooMany(deps, [RULES.password, userId])
  if (retryAfter) return { kind: 'slow-down', retryAfter }
  const known = await deps.db.inWorkspace(workspaceId, (tx) => findPasswordHash(tx, scope))
  if (!(await fits(input.current, known))) return { kind: 'wrong-password' }
  const hash = await hashOf(input.next)
  return deps.db.inWorkspace(workspaceId, async (tx) => {
    await savePasswordHash(tx, scope, hash)
    await deleteSessionsOf(tx, scope)
    return {
      kind: 'changed',
      token: await openSession(deps, tx, { workspaceId, userId, agent: input.agent }),
    }
  })
}

/** For whoever stands at the server's own console: sets the given password, or one made up here and told once. All sessions end. */
export async function resetPassword(
  deps: Deps,
  input: { email: string; password?: string | undefined },
): Promise<{ kind: 'reset'; password: string } | { kind: 'unknown' } | { kind: 'too-simple' }> {
  const found = await deps.db.outside((tx) => findInDirectory(tx, 'sign-in', signInKey(input.email)))
  if (!found) return { kind: 'unknown' }
  const password = input.password ?? randomBytes(12).toString('base64url')
  if (!newPassword.safeParse(password).success) return { kind: 'too-simple' }
  const hash = await hashOf(password)
  await deps.db.inWorkspace(found.workspaceId, async (tx) => {
    await savePasswordHash(tx, found, hash)
    await deleteSessionsOf(tx, found)
  })
  return { kind: 'reset', password }
}
