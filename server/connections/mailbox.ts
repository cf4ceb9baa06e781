import { addToTimeline } from '#server/contacts/timeline.ts'
import { knownContact } from '#server/contacts/known.ts'
import type { Deps, Mailboxes, Posted, PostedBy } from '#server/platform/deps.ts'
import { neverSent } from '#server/platform/egress.ts'
import {
  AccessRevoked,
  NotFound,
  SlowDown,
  Unreachable,
  type ProviderName,
  type SendMail,
} from '#server/providers/provider.ts'
import { accountedMail } from './ledger.ts'
import { markBroken } from './mark.ts'
import { openConnection, type Opened } from './session.ts'
import { findMailbox, type MailboxRow } from './store.ts'

// Within the time for which a letter is lent to whoever sends it.
const PATIENCE = 40_000

/** People's own mailboxes, as the mail below may use them: S-023, a linked inbox is good for something from the first day. */
export const openMailboxes = (deps: Deps, mailers: Partial<Record<ProviderName, SendMail>>): Mailboxes => ({
  async linked(tx, workspaceId, userId) {
    const found = await findMailbox(tx, workspaceId, userId)
    return found && mailers[found.provider] ? { name: found.name, email: found.account } : null
  },
  async of(workspaceId, userId) {
    const found = await deps.db.inWorkspace(workspaceId, (tx) => findMailbox(tx, workspaceId, userId))
    const mailer = found && mailers[found.provider]
    if (!found || !mailer) return null
    return {
      name: found.name,
      email: found.account,
      send: (letter) => post(deps, mailer, { workspaceId, userId, ...found }, letter),
    }
  },
})

type Mailbox = MailboxRow & { workspaceId: string; userId: string }

async function post(deps: Deps, mailer: SendMail, mailbox: Mailbox, letter: Posted): Promise<PostedBy> {
  const { workspaceId, connectionId, userId } = mailbox
  let opened: Opened | null = null
  try {
    opened = await openConnection(deps, workspaceId, connectionId, {
      feature: 'mail',
      within: { deadline: PATIENCE },
    })
    const send = accountedMail(
      deps,
      { workspaceId, connectionId, userId, feature: 'mail' },
      letter.subject,
      mailer,
    )
    await send(opened.session, letter.source)
  } catch (error) {
    return whatHappened(deps, mailbox, opened, error)
  }
  await remember(deps, mailbox, letter)
  return { kind: 'sent' }
}

/** Only what was certainly not taken is tried again (I4): an answer that says so, or a call that never left. */
async function whatHappened(
  deps: Deps,
  { workspaceId, connectionId }: Mailbox,
  opened: Opened | null,
  error: unknown,
): Promise<PostedBy> {
  if (error instanceof AccessRevoked) {
    const triedSecret = opened?.triedSecret
    if (triedSecret)
      await deps.db.inWorkspace(workspaceId, (tx) =>
        markBroken(deps, tx, { workspaceId, connectionId, triedSecret, reason: 'wrong-password' }),
      )
    return { kind: 'closed' }
  }
  if (error instanceof SlowDown) return { kind: 'later', wait: error.retryAfter }
  if (error instanceof NotFound) return { kind: 'closed' }
  if (!(error instanceof Unreachable)) throw error
  if (neverSent(error)) return { kind: 'later', wait: null }
  // The permission to send was taken away alone; the letter is as it was.
  if (error.reason === 'forbidden' || error.reason === 'no-mailbox') return { kind: 'closed' }
  if (error.reason === 'conflict') return { kind: 'refused' }
  return { kind: 'unknown' }
}

/** Its line in the timeline of whom it was written to, if we know them. A letter that is out is out, whatever becomes of the line. */
async function remember(deps: Deps, { workspaceId, userId }: Mailbox, { subject, contactEmail }: Posted) {
  if (contactEmail === null) return
  try {
    await deps.db.inWorkspace(workspaceId, async (tx) => {
      const contactId = await knownContact(tx, workspaceId, contactEmail)
      if (contactId)
        await addToTimeline(tx, {
          workspaceId,
          contactId,
          kind: 'letter',
          at: deps.now(),
          bookingId: null,
          authorId: userId,
          words: { title: subject },
        })
    })
  } catch (error) {
    deps.log.warn({ err: error }, 'a letter that was sent has no line in a timeline')
  }
}
