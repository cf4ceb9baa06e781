import { sql, type RawBuilder } from 'kysely'
import type { Instant } from '#core/time/model.ts'
import { at, type Tx } from '#server/platform/database.ts'
import { emailKey } from '#server/platform/http.ts'
import { fold } from './fold.ts'
import type { Contact, EntryKind, EntryWords, TimelineEntry } from './model.ts'
import type { Acquaintance } from './remember.ts'
import type { NewEntry } from './timeline.ts'

const contains = (word: string): string => `%${word.replace(/[\\%_]/g, '\\$&')}%`

// Known contacts keep all that people wrote; the company is found or made only for new ones. A company that another transaction is
// making just now is not seen: that contact stays without one, which is better than two bookings waiting for each other.
const REMEMBER = `
  with known as (select from contacts where workspace_id = $1 and email_key = $3),
  made as (
    insert into companies (workspace_id, name, name_key, domain) select $1, $9, $9, $9 where $9::text is not null and not exists (select from known)
    on conflict (workspace_id, domain) where domain is not null do nothing returning company_id
  ),
  company as (select company_id from made union all select company_id from companies where workspace_id = $1 and domain = $9 limit 1)
  insert into contacts (workspace_id, email, email_key, name, phone, owner_id, locale, zone, source, name_key, company_id)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $10, $11, (select company_id from company))
  on conflict (workspace_id, email_key) do update set
    locale = coalesce(excluded.locale, contacts.locale), zone = coalesce(excluded.zone, contacts.zone),
    phone = coalesce(contacts.phone, excluded.phone), owner_id = coalesce(contacts.owner_id, excluded.owner_id), updated_at = now()
  returning contact_id as "contactId", xmax = 0 as fresh`

export async function upsertContact(tx: Tx, who: Acquaintance, domain: string | null): Promise<{ contactId: string; fresh: boolean }> {
  const values = [who.workspaceId, who.email, emailKey(who.email), who.name, who.phone ?? null, who.ownerId, who.locale, who.zone, domain, who.source, fold(who.name)]
  const [row] = await tx.prepared<{ contactId: string; fresh: boolean }>('contacts.remember', REMEMBER, values)
  return row!
}

// The key share lock holds a contact until its new line stands: an erasure at the same moment is waited for, or takes the line along.
const ENTER = `
  insert into timeline_entries (workspace_id, contact_id, kind, at, booking_id, author_id, words)
  select workspace_id, contact_id, $3, $4, $5, $6, $7 from contacts where workspace_id = $1 and contact_id = $2 for key share
  returning entry_id as id`

export async function insertEntry(tx: Tx, entry: NewEntry): Promise<string | null> {
  const values = [entry.workspaceId, entry.contactId, entry.kind, at(entry.at), entry.bookingId, entry.authorId ?? null, JSON.stringify(entry.words)]
  const [row] = await tx.prepared<{ id: string }>('contacts.timeline', ENTER, values)
  return row?.id ?? null
}

type ContactRow = Omit<Contact, 'company'> & { companyId: string | null; companyName: string | null; nameKey: string }

/** Contacts chosen by `which`, with their last line and their next meeting as the lines tell it: the latest word about a booking holds. */
const contactsWith = (which: RawBuilder<unknown>, now: Instant) => sql<ContactRow>`
  with chosen as (
    select c.workspace_id, c.contact_id, c.name, c.email, c.phone, c.job_title, c.locale, c.zone, c.source, c.created_at, c.company_id, y.name as company_name, c.name_key
    from contacts c left join companies y using (workspace_id, company_id) where ${which}
  )
  select contact_id as id, name, email, phone, job_title as "jobTitle", locale, zone, source, created_at as "createdAt", company_id as "companyId", company_name as "companyName", name_key as "nameKey",
    (select max(least(at, recorded_at)) from timeline_entries t where t.workspace_id = chosen.workspace_id and t.contact_id = chosen.contact_id) as "lastEntryAt",
    (select min((words ->> 'start')::float8) from (
      select distinct on (coalesce(booking_id, entry_id)) kind, words from timeline_entries t
      where t.workspace_id = chosen.workspace_id and t.contact_id = chosen.contact_id and kind <> 'note'
      order by coalesce(booking_id, entry_id), recorded_at desc, at desc
    ) latest where kind in ('booked', 'accepted', 'moved', 'meeting') and (words ->> 'start')::float8 > ${now}) as "nextMeetingAt"
  from chosen order by name_key, contact_id`

const asContact = ({ companyId, companyName, nameKey: _, ...row }: ContactRow): Contact => ({ ...row, company: companyId && companyName ? { id: companyId, name: companyName } : null })

export type ContactQuery = { words: string[]; after: { key: string; id: string } | null; limit: number; now: Instant }

/** In the order of names; every word must stand somewhere in name, address or company. */
export async function findContacts(tx: Tx, workspaceId: string, { words, after, limit, now }: ContactQuery) {
  const matches = words.length === 0 ? sql`true` : sql`concat_ws(' ', c.name_key, c.email_key, y.name_key) like all (${words.map((word) => contains(fold(word)))}::text[])`
  const beyond = after === null ? sql`true` : sql`(c.name_key, c.contact_id) > (${after.key}, ${after.id}::uuid)`
  const which = sql`c.workspace_id = ${workspaceId} and ${matches} and ${beyond} order by c.name_key, c.contact_id limit ${limit}`
  const { rows } = await contactsWith(which, now).execute(tx)
  return { contacts: rows.map(asContact), keys: rows.map(({ nameKey, id }) => ({ key: nameKey, id })) }
}

export async function findContact(tx: Tx, workspaceId: string, contactId: string, now: Instant): Promise<Contact | null> {
  const { rows } = await contactsWith(sql`c.workspace_id = ${workspaceId} and c.contact_id = ${contactId}`, now).execute(tx)
  return rows[0] ? asContact(rows[0]) : null
}

export async function findContactId(tx: Tx, workspaceId: string, email: string): Promise<string | null> {
  const { rows } = await sql<{ id: string }>`select contact_id as id from contacts where workspace_id = ${workspaceId} and email_key = ${emailKey(email)}`.execute(tx)
  return rows[0]?.id ?? null
}

export async function contactExists(tx: Tx, workspaceId: string, contactId: string): Promise<boolean> {
  const { rows } = await sql`select contact_id from contacts where workspace_id = ${workspaceId} and contact_id = ${contactId}`.execute(tx)
  return rows.length === 1
}

export type ContactPatch = { name?: string; email?: string; phone?: string | null; jobTitle?: string | null; companyId?: string | null }

/** What is not named stays; false for a contact that is not there. */
export async function updateContact(tx: Tx, workspaceId: string, contactId: string, patch: ContactPatch): Promise<boolean> {
  const sets = [
    sql`updated_at = now()`,
    ...(patch.name === undefined ? [] : [sql`name = ${patch.name}`, sql`name_key = ${fold(patch.name)}`]),
    ...(patch.email === undefined ? [] : [sql`email = ${patch.email}`, sql`email_key = ${emailKey(patch.email)}`]),
    ...(patch.phone === undefined ? [] : [sql`phone = ${patch.phone}`]),
    ...(patch.jobTitle === undefined ? [] : [sql`job_title = ${patch.jobTitle}`]),
    ...(patch.companyId === undefined ? [] : [sql`company_id = ${patch.companyId}`]),
  ]
  const { rows } = await sql`update contacts set ${sql.join(sets)} where workspace_id = ${workspaceId} and contact_id = ${contactId} returning contact_id`.execute(tx)
  return rows.length === 1
}

export async function deleteContact(tx: Tx, workspaceId: string, contactId: string): Promise<boolean> {
  const { rows } = await sql`delete from contacts where workspace_id = ${workspaceId} and contact_id = ${contactId} returning contact_id`.execute(tx)
  return rows.length === 1
}

/** The company of this name, else the one of this domain that still bears the domain as its name, else a new one. */
export async function companyNamed(tx: Tx, workspaceId: string, name: string, domain: string | null): Promise<string> {
  const known = await sql<{ id: string }>`select company_id as id from companies where workspace_id = ${workspaceId} and name_key = ${fold(name)} order by created_at, company_id limit 1`.execute(tx)
  if (known.rows[0]) return known.rows[0].id
  const renamed = await sql<{ id: string }>`update companies set name = ${name}, name_key = ${fold(name)} where workspace_id = ${workspaceId} and domain = ${domain} and name = domain returning company_id as id`.execute(tx)
  if (renamed.rows[0]) return renamed.rows[0].id
  const insert = (domain: string | null) => sql<{ id: string }>`insert into companies (workspace_id, name, name_key, domain) values (${workspaceId}, ${name}, ${fold(name)}, ${domain}) on conflict do nothing returning company_id as id`.execute(tx)
  const made = (await insert(domain)).rows[0] ?? (await insert(null)).rows[0]
  return made!.id
}

type EntryRow = { id: string; kind: EntryKind; at: Instant; recordedAt: Instant; bookingId: string | null; authorId: string | null; authorName: string | null; words: EntryWords }

const entriesWith = (which: RawBuilder<unknown>) => sql<EntryRow>`
  select t.entry_id as id, t.kind, t.at, t.recorded_at as "recordedAt", t.booking_id as "bookingId", t.author_id as "authorId", u.name as "authorName", t.words
  from timeline_entries t left join users u on u.workspace_id = t.workspace_id and u.user_id = t.author_id where ${which}`

const asEntry = ({ authorId, authorName, ...row }: EntryRow): TimelineEntry => ({ ...row, author: authorId && authorName ? { id: authorId, name: authorName } : null })

export async function findEntries(tx: Tx, workspaceId: string, contactId: string, after: { at: Instant; id: string } | null, limit: number): Promise<TimelineEntry[]> {
  const beyond = after === null ? sql`true` : sql`(t.at, t.entry_id) < (${at(after.at)}::timestamptz, ${after.id}::uuid)`
  const { rows } = await entriesWith(sql`t.workspace_id = ${workspaceId} and t.contact_id = ${contactId} and ${beyond} order by t.at desc, t.entry_id desc limit ${limit}`).execute(tx)
  return rows.map(asEntry)
}

export async function findEntry(tx: Tx, workspaceId: string, entryId: string): Promise<TimelineEntry | null> {
  const { rows } = await entriesWith(sql`t.workspace_id = ${workspaceId} and t.entry_id = ${entryId}`).execute(tx)
  return rows[0] ? asEntry(rows[0]) : null
}
