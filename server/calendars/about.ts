import type { Tx } from '#server/platform/database.ts'
import type { Deps } from '#server/platform/deps.ts'
import type { Conference, ProviderName } from '#server/providers/provider.ts'
import { findAbout } from './store.ts'

/** What whoever plans an event in a calendar must know of it beforehand. */
export type About = {
  /** Who sends the invitations for events in it. */
  invites: 'us' | 'provider'
  /** The UID an event of ours will have in iCalendar, where that is known. */
  calendarUid(uid: string): string | null
  /** The video link it can make by itself. */
  conference: Conference | null
}

/** Null for a calendar that is gone, or whose account is. */
export async function aboutCalendar(
  deps: Deps,
  tx: Tx,
  workspaceId: string,
  calendarId: string,
): Promise<About | null> {
  const row = await findAbout(tx, workspaceId, calendarId)
  const provider = row && deps.providers[row.provider]
  if (!row || !provider) return null
  return { invites: provider.invites, calendarUid: (uid) => provider.calendarUid(uid), conference: row.conference }
}

/** Providers that invite by themselves as soon as an event has attendees. */
export const inviting = (deps: Deps): ProviderName[] =>
  (Object.keys(deps.providers) as ProviderName[]).filter((name) => deps.providers[name]!.invites === 'provider')
