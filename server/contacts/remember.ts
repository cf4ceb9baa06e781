import type { Locale } from '#core/locale/locale.ts'
import type { Zone } from '#core/time/model.ts'
import type { Tx } from '#server/platform/database.ts'
import { companyDomain } from './domain.ts'
import { upsertContact } from './store.ts'

export type Acquaintance = {
  workspaceId: string
  /** Whose contact it becomes when it is new. */
  ownerId: string | null
  name: string
  email: string
  locale: Locale | null
  zone: Zone | null
  phone?: string | null
  source: 'booking' | 'request' | 'person' | 'import'
}

/**
 * The contact with this address, made if it is new: one statement, since it stands inside the booking's transaction. What people
 * wrote into a known contact stays; only language and zone follow the visitor. A company is told by the mail domain.
 */
export const rememberContact = (tx: Tx, who: Acquaintance): Promise<{ contactId: string }> =>
  upsertContact(tx, who, companyDomain(who.email))
