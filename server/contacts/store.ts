import { sql, type RawBuilder } from 'kysely'
import type { Instant } from '#core/time/model.ts'
import { at, type Tx } from '#server/platform/database.ts'
import { emailKey } from '#server/platform/http.ts'
import { all, one, run } from '#server/platform/statement.ts'
import { fold } from './fold.ts'
import type { Contact, TimelineEntry } from './model.ts'
import type { Acquaintance } from './remember.ts'
import type { NewEntry } from './timeline.ts'

const contains = (word: string): string => `%${word.replace(/[\\%_]/g, '\\$&')}%`

// Known contacts keep all that people wrote; a company is found or made only for new ones. One that another transaction made at
// this very moment is not seen by this statement's snapshot: that contact stays without a company, and nobody is turned away.
const REMEMBER = `
  with known as (select from contacts where workspace_id = $1 and email_key = $3),
  made as (
    insert into companies (workspace_id, name, name_key, domain)
    select $1, $9, $9, $9 where $9::text is not null and not exists (select from known)
    on conflict (workspace_id, domain) where domain is not null do nothing returning company_id
  ),
  company as (
    select company_id from made union all select company_id from companies where workspace_id = $1 and domain = $9 limit 1
  )
  insert into contacts (workspace_id, email, email_key, name, phone, owner_id, locale, zone, source, name_key, company_id)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $10, $11, (select company_id from company))
  on conflict (workspace_id, email_key) do update set
    locale = coalesce(excluded.locale, contacts.locale), zone = coalesce(excluded.zone, contacts.zone),
    phone = coalesce(contacts.phone, excluded.phone), owner_id = coalesce(contacts.owner_id, excluded.owner_id),
    updated_at = now()
  returning contact_id as "contactId", xmax = 0 as fresh`

export async function upsertContact(
  tx: Tx,
  who: Acquaintance,
  domain: string | null,
): Promise<{ contactId: string; fresh: boolean }> {
  const values = [
    who.workspaceId,
    who.email,
    emailKey(who.email),
    who.name,
    who.phone ?? null,
    who.ownerId,
    who.locale,
    who.zone,
    domain,
    who.source,
    fold(who.name),
  ]
  const [row] = await tx.prepared<{ contactId: string; fresh: boolean }>(
    'contacts.remember',
    REMEMBER,
    values,
  )
  return row!
}

// The key share lock holds a contact until its new line stands: an erasure at the same moment is waited for, or takes the line along.
// The clock and not now(): of two changes to a booking the one that waited for the other is the later, whichever began first.
const ENTER = `
  insert into timeline_entries (workspace_id, contact_id, kind, at, booking_id, author_id, words, recorded_at)
  select workspace_id, contact_id, $3, $4, $5, $6, $7, clock_timestamp()
  from contacts where workspace_id = $1 and contact_id = $2 for key share
  returning entry_id as id`

export async function insertEntry(tx: Tx, entry: NewEntry): Promise<string | null> {
  const values = [
    entry.workspaceId,
    entry.contactId,
    entry.kind,
    at(entry.at),
    entry.bookingId,
    entry.authorId ?? null,
    JSON.stringify(entry.words),
  ]
  const [row] = await tx.prepared<{ id: string }>('contacts.timeline', ENTER, values)
  return row?.id ?? null
}

type ContactRow = Omit<Contact, 'company' | 'nextMeetingAt'> & {
  bookedAt: Instant | null
  shownAt: Instant | null
  companyId: string | null
  companyName: string | null
  nameKey: string
}

/** Contacts chosen by `which`, with their last line and their next meeting as the lines tell it: the latest word about a booking holds. */
const findWith = (tx: Tx, which: RawBuilder<unknown>, now: Instant) =>
  all<ContactRow>(tx)`
    with chosen as (
      select c.workspace_id, c.contact_id, c.name, c.name_key, c.email, c.phone, c.job_title, c.locale, c.zone, c.source,
        c.created_at, c.company_id, y.name as company_name
      from contacts c left join companies y using (workspace_id, company_id) where ${which}
    )
    select contact_id as id, name, email, phone, job_title as "jobTitle", locale, zone, source, created_at as "createdAt",
      company_id as "companyId", company_name as "companyName", name_key as "nameKey",
      (select max(least(at, recorded_at)) from timeline_entries t
        where t.workspace_id = chosen.workspace_id and t.contact_id = chosen.contact_id) as "lastEntryAt",
      (select min((words ->> 'start')::float8) from (
        select distinct on (coalesce(booking_id, entry_id)) kind, words from timeline_entries t
        where t.workspace_id = chosen.workspace_id and t.contact_id = chosen.contact_id
          and kind in ('requested', 'booked', 'accepted', 'declined', 'moved', 'cancelled', 'meeting')
          -- Of events in calendars the last word is not a line but the row that is kept of them.
          and (booking_id is not null or words ->> 'by' is distinct from 'calendar')
        order by coalesce(booking_id, entry_id), recorded_at desc, at desc
      ) latest where kind in ('booked', 'accepted', 'moved', 'meeting')
        and (words ->> 'start')::float8 > ${now}) as "bookedAt",
      (select min(starts_at) from meetings m
        where m.workspace_id = chosen.workspace_id and m.contact_id = chosen.contact_id and m.state = 'standing' and m.starts_at > ${at(now)}) as "shownAt"
    from chosen order by name_key, contact_id`

const asContact = ({ companyId, companyName, nameKey: key, bookedAt, shownAt, ...row }: ContactRow) => ({
  contact: {
    ...row,
    nextMeetingAt: bookedAt === null ? shownAt : shownAt === null ? bookedAt : Math.min(bookedAt, shownAt),
    company: companyId && companyName ? { id: companyId, name: companyName } : null,
  } satisfies Contact,
  place: { key, id: row.id },
})

/** Where a contact stands in the list. */
export type ListPlace = { key: string; id: string }
export type ContactQuery = { words: string[]; after: ListPlace | null; limit: number; now: Instant }

/** In the order of names; every word must stand somewhere in name, address or company. */
export async function findContacts(tx: Tx, workspaceId: string, { words, after, limit, now }: ContactQuery) {
  const patterns = words.map((word) => contains(fold(word)))
  const matches =
    patterns.length === 0
      ? sql`true`
      : sql`concat_ws(' ', c.name_key, c.email_key, y.name_key) like all (${patterns}::text[])`
  const beyond =
    after === null ? sql`true` : sql`(c.name_key, c.contact_id) > (${after.key}, ${after.id}::uuid)`
  const which = sql`c.workspace_id = ${workspaceId} and ${matches} and ${beyond} order by c.name_key, c.contact_id limit ${limit}`
  return (await findWith(tx, which, now)).map(asContact)
}

export async function findContact(
  tx: Tx,
  workspaceId: string,
  contactId: string,
  now: Instant,
): Promise<Contact | null> {
  const [row] = await findWith(tx, sql`c.workspace_id = ${workspaceId} and c.contact_id = ${contactId}`, now)
  return row ? asContact(row).contact : null
}

export async function findContactId(tx: Tx, workspaceId: string, email: string): Promise<string | null> {
  const row = await one<{ id: string }>(tx)`
    select contact_id as id from contacts where workspace_id = ${workspaceId} and email_key = ${emailKey(email)}`
  return row?.id ?? null
}

export const contactExists = async (tx: Tx, workspaceId: string, contactId: string): Promise<boolean> =>
  (await one(tx)`
    select from contacts where workspace_id = ${workspaceId} and contact_id = ${contactId}`) !== null

export type ContactPatch = {
  name?: string
  email?: string
  phone?: string | null
  jobTitle?: string | null
  companyId?: string | null
}

/** What is not named stays. */
export async function updateContact(
  tx: Tx,
  workspaceId: string,
  contactId: string,
  patch: ContactPatch,
): Promise<void> {
  const sets = [
    sql`updated_at = now()`,
    ...(patch.name === undefined ? [] : [sql`name = ${patch.name}, name_key = ${fold(patch.name)}`]),
    ...(patch.email === undefined ? [] : [sql`email = ${patch.email}, email_key = ${emailKey(patch.email)}`]),
    ...(patch.phone === undefined ? [] : [sql`phone = ${patch.phone}`]),
    ...(patch.jobTitle === undefined ? [] : [sql`job_title = ${patch.jobTitle}`]),
    ...(patch.companyId === undefined ? [] : [sql`company_id = ${patch.companyId}`]),
  ]
  await run(
    tx,
  )`update contacts set ${sql.join(sets)} where workspace_id = ${workspaceId} and contact_id = ${contactId}`
}

export const deleteContact = async (tx: Tx, workspaceId: string, contactId: string): Promise<boolean> =>
  (await one(tx)`
    delete from contacts where workspace_id = ${workspaceId} and contact_id = ${contactId} returning contact_id`) !==
  null

/** The company of this name, else the one of this domain that still bears the domain as its name, else a new one. */
export async function companyNamed(
  tx: Tx,
  workspaceId: string,
  name: string,
  domain: string | null,
): Promise<string> {
  const key = fold(name)
  const insert = (domain: string | null) =>
    one<{ id: string }>(tx)`
      insert into companies (workspace_id, name, name_key, domain) values (${workspaceId}, ${name}, ${key}, ${domain})
      on conflict do nothing returning company_id as id`
  const company =
    (await one<{ id: string }>(tx)`
      select company_id as id from companies where workspace_id = ${workspaceId} and name_key = ${key}
      order by created_at, company_id limit 1`) ??
    (await one<{ id: string }>(tx)`
      update companies set name = ${name}, name_key = ${key}
      where workspace_id = ${workspaceId} and domain = ${domain} and name = domain returning company_id as id`) ??
    (await insert(domain)) ??
    (await insert(null))
  return company!.id
}

type EntryRow = Omit<TimelineEntry, 'author'> & { authorId: string | null; authorName: string | null }

async function entriesWith(tx: Tx, which: RawBuilder<unknown>): Promise<TimelineEntry[]> {
  const rows = await all<EntryRow>(tx)`
    select t.entry_id as id, t.kind, t.at, t.recorded_at as "recordedAt", t.booking_id as "bookingId",
      t.author_id as "authorId", u.name as "authorName", t.words
    from timeline_entries t left join users u on u.workspace_id = t.workspace_id and u.user_id = t.author_id
    where ${which}`
  return rows.map(({ authorId, authorName, ...row }) => ({
    ...row,
    author: authorId && authorName ? { id: authorId, name: authorName } : null,
  }))
}

export type EntryPlace = { at: Instant; id: string }

export function findEntries(
  tx: Tx,
  workspaceId: string,
  contactId: string,
  after: EntryPlace | null,
  limit: number,
) {
  const beyond =
    after === null ? sql`true` : sql`(t.at, t.entry_id) < (${at(after.at)}::timestamptz, ${after.id}::uuid)`
  const which = sql`t.workspace_id = ${workspaceId} and t.contact_id = ${contactId} and ${beyond}`
  return entriesWith(tx, sql`${which} order by t.at desc, t.entry_id desc limit ${limit}`)
}

export async function findEntry(tx: Tx, workspaceId: string, entryId: string): Promise<TimelineEntry | null> {
  const [entry] = await entriesWith(tx, sql`t.workspace_id = ${workspaceId} and t.entry_id = ${entryId}`)
  return entry ?? null
}
