import type { Deps } from '#server/platform/deps.ts'
import type { Tx } from '#server/platform/database.ts'
import type { Scope } from '#server/accounts/gate.ts'
import { companyDomain } from './domain.ts'
import type { Contact, ContactChange, ContactDraft } from './model.ts'
import {
  companyNamed,
  deleteContact,
  findContact,
  findContactId,
  updateContact,
  upsertContact,
  type ContactPatch,
} from './store.ts'

export type SaveOutcome = { kind: 'saved'; contact: Contact } | { kind: 'known-contact'; id: string }

/** An address we already know is not overwritten: its contact is named instead. */
export async function createContact(
  deps: Deps,
  { workspaceId, userId }: Scope,
  draft: ContactDraft,
): Promise<SaveOutcome> {
  const { name, email, ...more } = draft
  return deps.db.inWorkspace(workspaceId, async (tx) => {
    const known = {
      workspaceId,
      ownerId: userId,
      name,
      email,
      locale: null,
      zone: null,
      source: 'person',
    } as const
    const { contactId, fresh } = await upsertContact(tx, known, companyDomain(email))
    if (!fresh) return { kind: 'known-contact', id: contactId }
    await updateContact(tx, workspaceId, contactId, await patchOf(tx, workspaceId, more, email))
    return { kind: 'saved', contact: (await findContact(tx, workspaceId, contactId, deps.now()))! }
  })
}

export async function changeContact(
  deps: Deps,
  { workspaceId }: Scope,
  contactId: string,
  change: ContactChange,
): Promise<SaveOutcome | { kind: 'not-found' }> {
  try {
    return await deps.db.inWorkspace(workspaceId, async (tx) => {
      const contact = await findContact(tx, workspaceId, contactId, deps.now())
      if (!contact) return { kind: 'not-found' }
      await updateContact(
        tx,
        workspaceId,
        contactId,
        await patchOf(tx, workspaceId, change, change.email ?? contact.email),
      )
      return { kind: 'saved', contact: (await findContact(tx, workspaceId, contactId, deps.now()))! }
    })
  } catch (error) {
    const id =
      isUniqueViolation(error) && change.email !== undefined
        ? await deps.db.inWorkspace(workspaceId, (tx) => findContactId(tx, workspaceId, change.email!))
        : null
    if (id === null) throw error
    return { kind: 'known-contact', id }
  }
}

/** With its timeline; the bookings it made stay, without a contact. */
export const removeContact = (deps: Deps, { workspaceId }: Scope, contactId: string): Promise<boolean> =>
  deps.db.inWorkspace(workspaceId, (tx) => deleteContact(tx, workspaceId, contactId))

async function patchOf(
  tx: Tx,
  workspaceId: string,
  { companyName, ...change }: ContactChange,
  email: string,
): Promise<ContactPatch> {
  const patch = Object.fromEntries(
    Object.entries(change).filter(([, value]) => value !== undefined),
  ) as ContactPatch
  if (companyName === undefined) return patch
  return {
    ...patch,
    companyId:
      companyName === null ? null : await companyNamed(tx, workspaceId, companyName, companyDomain(email)),
  }
}

const isUniqueViolation = (error: unknown): boolean => (error as { code?: string }).code === '23505'
