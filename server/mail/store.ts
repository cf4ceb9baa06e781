import { sql } from 'kysely'
import type { Instant } from '#core/time/model.ts'
import { at, type Tx } from '#server/platform/database.ts'
import { KINDS_WITH_KEYS, type LetterState, type LetterTrouble, type OutboxLetter } from './model.ts'

export type NewLetter = {
  workspaceId: string
  kind: string
  effectId: string | null
  recipient: string
  replyTo: string | null
  subject: string
  messageId: string
  state: 'queued' | 'practice'
  source: Buffer
  mailboxUserId: string | null
  now: Instant
}

/** One letter for one message id: asked a second time, the first is found and `fresh` is false. */
export async function insertLetter(tx: Tx, letter: NewLetter): Promise<{ letterId: string; fresh: boolean }> {
  const { rows } = await sql<{ letter_id: string; fresh: boolean }>`
    with made as (
      insert into letters (workspace_id, kind, effect_id, recipient, reply_to, subject, message_id, state, source, next_at, created_at, mailbox_user_id, contact_email)
      values (${letter.workspaceId}, ${letter.kind}, ${letter.effectId}, ${letter.recipient}, ${letter.replyTo}, ${letter.subject}, ${letter.messageId}, ${letter.state}, ${letter.source}, ${at(letter.now)}, ${at(letter.now)}, ${letter.mailboxUserId}, ${letter.mailboxUserId === null ? null : letter.recipient})
      on conflict (workspace_id, message_id) do nothing
      returning letter_id)
    select letter_id, true as fresh from made
    union all
    select letter_id, false from letters where workspace_id = ${letter.workspaceId} and message_id = ${letter.messageId}
    limit 1`.execute(tx)
  const row = rows[0]
  // Made by a transaction that committed between our statement's start and its conflict: this snapshot cannot see it, the next can.
  if (!row) return insertLetter(tx, letter)
  return { letterId: row.letter_id, fresh: row.fresh }
}

export type Claimed = {
  state: 'queued' | 'unknown'
  recipient: string
  subject: string
  source: Buffer
  fence: number
  attempts: number
  createdAt: Instant
  mailboxUserId: string | null
  contactEmail: string | null
}

/**
 * Takes the letter for a while. Whoever finds one in `sending` whose holder has fallen silent learns that its fate is unknown:
 * it may stand in the recipient's mailbox already.
 */
export async function claimLetter(tx: Tx, workspaceId: string, letterId: string, now: Instant, until: Instant): Promise<Claimed | { heldUntil: Instant } | null> {
  const { rows } = await sql<Claimed>`
    update letters set
      fence = fence + 1, attempts = attempts + 1,
      lease_until = case when state = 'queued' then ${at(until)}::timestamptz end,
      trouble = case when state = 'sending' then 'no-answer' else trouble end,
      state = case when state = 'sending' then 'unknown' else state end
    where workspace_id = ${workspaceId} and letter_id = ${letterId} and state in ('queued', 'sending')
      and (lease_until is null or lease_until <= ${at(now)})
    returning state, recipient, subject, source, fence, attempts, created_at as "createdAt", mailbox_user_id as "mailboxUserId", contact_email as "contactEmail"`.execute(tx)
  if (rows[0]) return rows[0]
  const held = await sql<{ lease_until: Instant }>`
    select lease_until from letters where workspace_id = ${workspaceId} and letter_id = ${letterId} and state in ('queued', 'sending')`.execute(tx)
  return held.rows[0] ? { heldUntil: held.rows[0].lease_until } : null
}

/** Letters that nobody holds and whose moment has come: what a lost job, or a killed sender, would leave behind. */
export async function abandonedLetters(tx: Tx, workspaceId: string, now: Instant, limit = 500): Promise<string[]> {
  const { rows } = await sql<{ letter_id: string }>`
    select letter_id from letters
    where workspace_id = ${workspaceId} and state in ('queued', 'sending') and next_at <= ${at(now)} and (lease_until is null or lease_until <= ${at(now)})
    order by next_at limit ${limit}`.execute(tx)
  return rows.map((row) => row.letter_id)
}

/** The last word before the first byte: false when somebody else has taken the letter over since. */
export async function markSending(tx: Tx, workspaceId: string, letterId: string, fence: number, until: Instant): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update letters set state = 'sending', trouble = null, lease_until = ${at(until)}
    where workspace_id = ${workspaceId} and letter_id = ${letterId} and fence = ${fence} and state = 'queued'`.execute(tx)
  return numAffectedRows === 1n
}

export async function closeLetter(
  tx: Tx,
  workspaceId: string,
  letterId: string,
  fence: number,
  state: 'sent' | 'failed' | 'unknown',
  trouble: LetterTrouble | null,
  now: Instant,
  carriedBy: 'mailbox' | 'server' | null = null,
): Promise<void> {
  await sql`
    update letters set state = ${state}, trouble = ${trouble}, lease_until = null, sent_at = case when ${state} = 'sent' then ${at(now)}::timestamptz end, carried_by = ${carriedBy}
    where workspace_id = ${workspaceId} and letter_id = ${letterId} and fence = ${fence}`.execute(tx)
}

/** Back into the queue, because it is certain that the letter was not taken. */
export async function postponeLetter(tx: Tx, workspaceId: string, letterId: string, fence: number, trouble: LetterTrouble, nextAt: Instant): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update letters set state = 'queued', trouble = ${trouble}, lease_until = null, next_at = ${at(nextAt)}
    where workspace_id = ${workspaceId} and letter_id = ${letterId} and fence = ${fence}`.execute(tx)
  return numAffectedRows === 1n
}

/** Whose mailbox is to carry it; null for the server's own way. */
export async function carrierOf(tx: Tx, workspaceId: string, letterId: string): Promise<string | null> {
  const { rows } = await sql<{ userId: string | null }>`select mailbox_user_id as "userId" from letters where workspace_id = ${workspaceId} and letter_id = ${letterId}`.execute(tx)
  return rows[0]?.userId ?? null
}

/** A mailbox that was to carry it took nothing and is gone: the server carries it, from now on. */
export async function takeFromMailbox(tx: Tx, workspaceId: string, letterId: string, fence: number, now: Instant): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update letters set state = 'queued', mailbox_user_id = null, trouble = null, lease_until = null, next_at = ${at(now)}
    where workspace_id = ${workspaceId} and letter_id = ${letterId} and fence = ${fence}`.execute(tx)
  return numAffectedRows === 1n
}

export async function keepAsPractice(tx: Tx, workspaceId: string, letterId: string): Promise<void> {
  await sql`update letters set state = 'practice', trouble = null where workspace_id = ${workspaceId} and letter_id = ${letterId} and state = 'queued'`.execute(tx)
}

export type Reader = { workspaceId: string; email: string; all: boolean }

const readable = ({ workspaceId, email, all }: Reader) => sql`
  workspace_id = ${workspaceId}
  and (lower(recipient) = lower(${email}) or lower(reply_to) = lower(${email}) or (${all} and kind <> all (${KINDS_WITH_KEYS})))`

const columns = sql`letter_id as id, kind, recipient, subject, state, trouble, created_at as "createdAt"`

export async function listLetters(tx: Tx, reader: Reader, limit: number): Promise<OutboxLetter[]> {
  const { rows } = await sql<OutboxLetter>`select ${columns} from letters where ${readable(reader)} order by created_at desc, letter_id limit ${limit}`.execute(tx)
  return rows
}

export async function findLetter(tx: Tx, reader: Reader, letterId: string): Promise<(OutboxLetter & { source: Buffer }) | null> {
  const { rows } = await sql<OutboxLetter & { source: Buffer }>`select ${columns}, source from letters where ${readable(reader)} and letter_id = ${letterId}`.execute(tx)
  return rows[0] ?? null
}

export type LetterOfEffect = { effectId: string; letterId: string; kind: string; state: LetterState; trouble: LetterTrouble | null; to: string; at: Instant }

export async function listLettersOf(tx: Tx, effectIds: readonly string[]): Promise<LetterOfEffect[]> {
  if (effectIds.length === 0) return []
  const { rows } = await sql<LetterOfEffect>`
    select effect_id as "effectId", letter_id as "letterId", kind, state, trouble, recipient as "to", coalesce(sent_at, created_at) as at
    from letters where effect_id = any (${[...effectIds]}::uuid[]) order by created_at, letter_id`.execute(tx)
  return rows
}
