import { randomUUID } from 'node:crypto'
import type { Deps } from '#server/platform/deps.ts'
import { readToken } from '#server/platform/secrets.ts'
import { RULES, tooMany } from './limits.ts'
import { getMember, type Member } from './member.ts'
import { signInKey } from './model.ts'
import { fits } from './password.ts'
import { openSession } from './sessions.ts'
import { deleteSession, findInDirectory, findPasswordHash } from './store.ts'

export type SignInOutcome =
  | { kind: 'signed-in'; member: Member; token: string }
  | { kind: 'wrong-sign-in' }
  | { kind: 'slow-down'; retryAfter: number }

export type SignInAttempt = {
  email: string
  password: string
  client: string
  agent?: string | undefined
  replaces?: string | undefined
}

/**
 * A new session for whoever knows the password. An unknown address takes the same steps and the same time as a known one (F19),
 * and the session the browser carried before is ended: its name may have been planted (F17).
 */
export async function signIn(deps: Deps, attempt: SignInAttempt): Promise<SignInOutcome> {
  const key = signInKey(attempt.email)
  const retryAfter = await tooMany(
    deps,
    [RULES.signInHere, `${attempt.client} ${key}`],
    [RULES.signInClient, attempt.client],
    [RULES.signInAccount, key],
  )
  if (retryAfter) return { kind: 'slow-down', retryAfter }

  const found = await deps.db.outside((tx) => findInDirectory(tx, 'sign-in', key))
  const who = found ?? { workspaceId: randomUUID(), userId: randomUUID() }
  const hash = await deps.db.inWorkspace(who.workspaceId, (tx) => findPasswordHash(tx, who))
  if (!(await fits(attempt.password, hash))) return { kind: 'wrong-sign-in' }

  if (attempt.replaces) await signOut(deps, attempt.replaces)
  return deps.db.inWorkspace(who.workspaceId, async (tx) => {
    // The password may have been changed, or the person disabled, while it was being checked.
    if ((await findPasswordHash(tx, who)) !== hash) return { kind: 'wrong-sign-in' }
    const token = await openSession(deps, tx, { ...who, agent: attempt.agent })
    return { kind: 'signed-in', member: await getMember(tx, who), token }
  })
}

/** Ends the session of this token, if it is one. */
export async function signOut(deps: Deps, token: string): Promise<void> {
  const read = readToken(token)
  if (read)
    await deps.db.inWorkspace(read.workspaceId, (tx) => deleteSession(tx, read.workspaceId, read.hash))
}
