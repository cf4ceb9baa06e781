import type { Instant } from '#core/time/model.ts'
import type { Tx } from '#server/platform/database.ts'
import type { Deps } from '#server/platform/deps.ts'
import type { Scope } from '#server/accounts/gate.ts'
import type { EntryKind, EntryWords, TimelineEntry } from './model.ts'
import { contactExists, findEntries, findEntry, insertEntry, type EntryPlace } from './store.ts'

export type NewEntry = {
  workspaceId: string
  contactId: string
  kind: EntryKind
  at: Instant
  bookingId: string | null
  authorId?: string | null
  words: EntryWords
}

/** One line more in a contact's history, in one statement; a contact erased meanwhile gets none, and that is no fault. Returns its id, or null. */
export const addToTimeline = (tx: Tx, entry: NewEntry): Promise<string | null> => insertEntry(tx, entry)

export async function addNote(
  deps: Deps,
  { workspaceId, userId }: Scope,
  contactId: string,
  text: string,
): Promise<TimelineEntry | null> {
  return deps.db.inWorkspace(workspaceId, async (tx) => {
    const id = await insertEntry(tx, {
      workspaceId,
      contactId,
      kind: 'note',
      at: deps.now(),
      bookingId: null,
      authorId: userId,
      words: { title: '', text },
    })
    return id === null ? null : findEntry(tx, workspaceId, id)
  })
}

export const ENTRIES_PER_PAGE = 50

/** A page of a contact's history, latest `at` first; null for a contact that is not ours. */
export async function readTimeline(
  deps: Deps,
  { workspaceId }: Scope,
  contactId: string,
  after: EntryPlace | null,
) {
  return deps.db.inWorkspace(workspaceId, async (tx) => {
    const [contact, rows] = await Promise.all([
      contactExists(tx, workspaceId, contactId),
      findEntries(tx, workspaceId, contactId, after, ENTRIES_PER_PAGE + 1),
    ])
    if (!contact) return null
    const entries = rows.slice(0, ENTRIES_PER_PAGE)
    const last = entries.at(-1)
    return { entries, next: rows.length > ENTRIES_PER_PAGE && last ? { at: last.at, id: last.id } : null }
  })
}
