import type { Deps } from '#server/platform/deps.ts'
import type { Scope } from '#server/accounts/gate.ts'
import type { Contact } from './model.ts'
import { findContact, findContacts, type ListPlace } from './store.ts'

export const CONTACTS_PER_PAGE = 50

/** A page of the workspace's contacts by name; whoever signs in sees all of them. */
export async function listContacts(
  deps: Deps,
  { workspaceId }: Scope,
  query: { search: string; after: ListPlace | null },
) {
  const words = query.search.split(/\s+/).filter(Boolean).slice(0, 8)
  const found = await deps.db.inWorkspace(workspaceId, (tx) =>
    findContacts(tx, workspaceId, {
      words,
      after: query.after,
      limit: CONTACTS_PER_PAGE + 1,
      now: deps.now(),
    }),
  )
  const page = found.slice(0, CONTACTS_PER_PAGE)
  return {
    contacts: page.map(({ contact }) => contact),
    next: found.length > page.length ? page.at(-1)!.place : null,
  }
}

export const getContact = (deps: Deps, { workspaceId }: Scope, contactId: string): Promise<Contact | null> =>
  deps.db.inWorkspace(workspaceId, (tx) => findContact(tx, workspaceId, contactId, deps.now()))
