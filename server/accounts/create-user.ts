import { randomBytes, randomUUID } from 'node:crypto'
import type { Tx } from '#server/platform/database.ts'
import type { Locale } from '#core/locale/locale.ts'
import type { Instant } from '#core/time/model.ts'
import { signInKey, type Seat } from './model.ts'
import { slugCandidates, slugFrom } from './slug.ts'
import { enterInDirectory, insertUser, saveCreatedAt, saveSeat } from './store.ts'

export type UserDraft = {
  workspaceId: string
  email: string
  name: string
  /** Null for who cannot sign in before somebody sets a password. */
  passwordHash: string | null
  roleId: string
  locale: Locale
  zone: string
  seat: Seat
  /** Of an account that was made elsewhere, long before. */
  createdAt?: Instant
}

/** A user with a public slug of their own. An address that is already someone's is never touched (F05). */
export async function createUser(
  tx: Tx,
  draft: UserDraft,
): Promise<{ kind: 'created'; userId: string; slug: string } | { kind: 'known-address' }> {
  const { workspaceId } = draft
  const userId = randomUUID()
  const ids = { workspaceId, userId }
  if (!(await enterInDirectory(tx, 'sign-in', [signInKey(draft.email)], ids)))
    return { kind: 'known-address' }

  const wish = slugFrom(draft.name)
  const last = `${wish}-${randomBytes(5).toString('hex')}`
  const slug = await enterInDirectory(tx, 'host', [...slugCandidates(wish), last], ids)
  if (!slug) throw new Error('no free slug was found')
  await insertUser(tx, { ...draft, userId, slug })
  if (draft.createdAt !== undefined) await saveCreatedAt(tx, ids, draft.createdAt)
  await saveSeat(tx, ids, draft.seat)
  return { kind: 'created', userId, slug }
}
