import { z } from '@hono/zod-openapi'
import type { Tx } from '#server/platform/database.ts'
import { emailAddress, emailKey, text } from '#server/platform/http.ts'
import { addressOf } from './model.ts'
import {
  deleteInbox,
  inboxAt,
  insertInbox,
  listInboxes,
  liveAddresses,
  saveMembers,
  updateInbox,
  type Hit,
} from './store.ts'

export const SharedInbox = z
  .object({
    id: z.uuid(),
    address: z.string(),
    provider: z.enum(['google', 'microsoft', 'exchange', 'other']),
    name: z.string(),
    members: z.array(z.object({ id: z.uuid(), name: z.string() })),
  })
  .openapi('SharedInbox')
export type SharedInbox = z.infer<typeof SharedInbox>

export const SharedInboxDraft = z.strictObject({
  address: emailAddress,
  provider: z.enum(['google', 'microsoft', 'exchange', 'other']),
  name: text(120).optional(),
  members: z.array(z.uuid()).max(500),
  /** The admin has seen whose calendars this ends. */
  confirm: z.boolean().optional(),
})
export type SharedInboxDraft = z.infer<typeof SharedInboxDraft>
export const SharedInboxChange = SharedInboxDraft.pick({
  provider: true,
  name: true,
  members: true,
}).partial()
export type SharedInboxChange = z.infer<typeof SharedInboxChange>

export const findSharedInboxes = (tx: Tx, workspaceId: string): Promise<SharedInbox[]> =>
  listInboxes(tx, workspaceId)

/** S-021, S-022: a team's address can never lend a calendar. Asked by address before somebody leaves, and again when they are back. */
export const isSharedInbox = async (tx: Tx, workspaceId: string, address: string): Promise<boolean> =>
  (await inboxAt(tx, workspaceId, emailKey(address))) !== null

/** The accounts that live under an address just now: becoming a team's inbox would end them (S-026). */
export async function accountsAt(tx: Tx, workspaceId: string, address: string): Promise<Hit[]> {
  const key = emailKey(address)
  return (await liveAddresses(tx, workspaceId)).filter(({ account }) => addressOf(account) === key)
}

/** Null when the address is registered already. */
export async function enterSharedInbox(
  tx: Tx,
  workspaceId: string,
  userId: string,
  draft: SharedInboxDraft,
): Promise<string | null> {
  const id = await insertInbox(tx, workspaceId, {
    address: draft.address,
    key: emailKey(draft.address),
    provider: draft.provider,
    name: draft.name ?? '',
    userId,
  })
  if (id) await saveMembers(tx, workspaceId, id, draft.members)
  return id
}

export async function changeSharedInbox(
  tx: Tx,
  workspaceId: string,
  id: string,
  { provider, name, members }: SharedInboxChange,
): Promise<boolean> {
  const changed = await updateInbox(tx, workspaceId, id, provider ?? null, name ?? null)
  if (changed && members) await saveMembers(tx, workspaceId, id, members)
  return changed
}

export const removeSharedInbox = (tx: Tx, workspaceId: string, id: string): Promise<boolean> =>
  deleteInbox(tx, workspaceId, id)
