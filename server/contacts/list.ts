import type { Deps } from '#server/platform/deps.ts'
import type { Scope } from '#server/accounts/gate.ts'
import type { Contact } from './model.ts'
import { findContact, findContacts } from './store.ts'

export const CONTACTS_PER_PAGE = 50

/** A page of the workspace's contacts by name; whoever signs in sees all of them. */
export async function listContacts(deps: Deps, { workspaceId }: Scope, query: { search: string; after: { key: string; id: string } | null }) {
  const words = query.search.split(/\s+/).filter(Boolean).slice(0, 8)
  const { contacts, keys } = await deps.db.inWorkspace(workspaceId, (tx) =>
    findContacts(tx, workspaceId, { words, after: query.after, limit: CONTACTS_PER_PAGE + 1, now: deps.now() }),
  )
  return { contacts: contacts.slice(0, CONTACTS_PER_PAGE), next: contacts.length > CONTACTS_PER_PAGE ? keys[CONTACTS_PER_PAGE - 1]! : null }
}

export const getContact = (deps: Deps, { workspaceId }: Scope, contactId: string): Promise<Contact | null> =>
  deps.db.inWorkspace(workspaceId, (tx) => findContact(tx, workspaceId, contactId, deps.now()))
