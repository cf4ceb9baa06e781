import { createHash, randomBytes } from 'node:crypto'
import { HOUR, type Instant } from '#core/time/model.ts'
import type { Tx } from '#server/platform/database.ts'
import type { Deps } from '#server/platform/deps.ts'
import { sameSecret } from '#server/platform/secrets.ts'
import { createUser } from './create-user.ts'
import { BUILT_IN, FIRST_SEAT, type FirstRun } from './model.ts'
import {
  findSetupKey,
  insertRole,
  insertWorkspace,
  lockInstance,
  saveSetupKey,
  type SetupKey,
  workspaceExists,
} from './store.ts'

const SETUP_KEY_LIFE = HOUR

const hashOf = (key: string): Buffer => createHash('sha256').update(key).digest()

/** A key for the first run, good for one hour and one use; null once there is a workspace. An earlier key no longer opens anything. */
export async function issueSetupKey(deps: Deps): Promise<string | null> {
  return deps.db.outside(async (tx) => {
    if (await workspaceExists(tx)) return null
    const key = randomBytes(16).toString('hex')
    await lockInstance(tx)
    await saveSetupKey(tx, hashOf(key), deps.now() + SETUP_KEY_LIFE)
    return key
  })
}

/** Whether a first run is still to come, and whether this key opens it. */
export async function findSetup(
  deps: Deps,
  key: string | undefined,
): Promise<{ open: boolean; keyOk: boolean }> {
  return deps.db.outside(async (tx) => {
    const open = !(await workspaceExists(tx))
    return { open, keyOk: open && key !== undefined && fits(key, await findSetupKey(tx), deps.now()) }
  })
}

export type SetUpOutcome = { kind: 'set-up'; userId: string } | { kind: 'closed' } | { kind: 'wrong-key' }

/** The first workspace, its two roles and its admin. `key` is null for whoever stands at the server's own console. */
export async function setUpWorkspace(
  tx: Tx,
  now: Instant,
  input: Omit<FirstRun, 'password'> & { workspaceId: string; passwordHash: string; key: string | null },
): Promise<SetUpOutcome> {
  // Two first runs at once: the second waits at this row, then finds a workspace.
  const known = await lockInstance(tx)
  if (await workspaceExists(tx)) return { kind: 'closed' }
  if (input.key !== null && !fits(input.key, known, now)) return { kind: 'wrong-key' }

  const { workspaceId } = input
  await insertWorkspace(tx, workspaceId, {
    name: input.workspaceName,
    locale: input.locale,
    zone: input.zone,
  })
  const roleId = await insertRole(tx, workspaceId, BUILT_IN.admin, 'admin')
  await insertRole(tx, workspaceId, BUILT_IN.member, 'member')
  const outcome = await createUser(tx, { ...input, roleId, seat: FIRST_SEAT })
  if (outcome.kind !== 'created') throw new Error('an empty directory already knew the first address')
  await saveSetupKey(tx, null, null)
  return { kind: 'set-up', userId: outcome.userId }
}

function fits(key: string, known: SetupKey | null, now: Instant): boolean {
  if (!known?.hash || known.expiresAt === null || known.expiresAt <= now) return false
  return sameSecret(hashOf(key), known.hash)
}
