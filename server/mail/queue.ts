import type { Tx } from '#server/platform/database.ts'
import type { Deps } from '#server/platform/deps.ts'
import { emailAddress } from '#server/platform/http.ts'
import { senderOf } from './sender.ts'
import { writeMessage, type Correspondent } from './message.ts'
import { headerText } from './plain.ts'
import { sendLetter } from './send.ts'
import { insertLetter } from './store.ts'

export type LetterDraft = {
  workspaceId: string
  kind: string
  /** The booking effect, or whatever else the letter answers for: `lettersOf` finds it again by this. */
  effectId?: string | null
  to: Correspondent
  replyTo?: Correspondent | null
  subject: string
  html: string
  text: string
  calendar?: { method: 'REQUEST' | 'CANCEL'; content: string } | null
  /** The same for the same letter, however often it is asked for: the left half of its Message-ID. */
  messageId: string
  /** Address that takes a one-click POST (RFC 8058), for letters nobody has to receive. */
  unsubscribe?: string | null
  /** Whose own mailbox carries it, if one is linked: a letter to somebody they know, in their name. */
  mailboxUserId?: string | null
}

/** Writes the letter in the caller's transaction and asks for its sending; asked twice, there is one. */
export async function queueLetter(deps: Deps, tx: Tx, draft: LetterDraft): Promise<{ letterId: string }> {
  const recipient = one(draft.to.email)
  const replyTo = draft.replyTo ? { name: draft.replyTo.name, email: one(draft.replyTo.email) } : null
  const now = deps.now()
  const sender = senderOf(deps.config)
  if (!/^[A-Za-z0-9._+-]{1,200}$/.test(draft.messageId)) throw new Error('a message id may hold letters, digits and ._+-')
  const messageId = `<${draft.messageId}@${sender.domain}>`
  const source = await writeMessage({
    messageId,
    // The person stands behind the letter, the server only carries it: their name shows, their address takes the answer.
    from: { name: replyTo && replyTo.name !== '' ? `${headerText(replyTo.name)} · ${sender.name}` : sender.name, email: sender.email },
    to: { name: draft.to.name, email: recipient },
    replyTo,
    subject: draft.subject,
    date: now,
    html: draft.html,
    text: draft.text,
    calendar: draft.calendar ?? null,
    unsubscribe: draft.unsubscribe ?? null,
  })
  const { workspaceId, kind, effectId = null } = draft
  const { mailboxUserId = null } = draft
  const mailbox = mailboxUserId && (await deps.mailboxes?.linked(tx, workspaceId, mailboxUserId))
  const state = deps.config.smtp === null && !mailbox ? 'practice' : 'queued'
  const { letterId, fresh } = await insertLetter(tx, { workspaceId, kind, effectId, recipient, replyTo: replyTo?.email ?? null, subject: headerText(draft.subject), messageId, state, source, mailboxUserId: mailbox ? mailboxUserId : null, now })
  if (fresh && state === 'queued') await deps.jobs.enqueue(tx, sendLetter, { workspaceId, letterId })
  return { letterId }
}

/** Exactly one plain address, or it is a bug of whoever let it in (G05). */
function one(address: string): string {
  const read = emailAddress.safeParse(address)
  if (!read.success) throw new Error('a letter was given something that is not one plain address')
  return read.data
}
