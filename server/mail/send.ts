import { HOUR, MINUTE } from '#core/time/model.ts'
import type { Tx } from '#server/platform/database.ts'
import type { Deps, Mailboxes } from '#server/platform/deps.ts'
import { failpoint } from '#server/platform/failpoint.ts'
import type { Task } from '#server/platform/jobs.ts'
import { leaseSeconds } from '#server/platform/lease.ts'
import type { LetterTrouble } from './model.ts'
import { senderOf } from './sender.ts'
import { inOwnName } from './in-own-name.ts'
import { handOver, HANDOVER_WITHIN, type Handover } from './smtp.ts'
import { smtpServer } from './smtp-server.ts'
import {
  carrierOf,
  claimLetter,
  closeLetter,
  keepAsPractice,
  markSending,
  postponeLetter,
  takeFromMailbox,
  type Claimed,
} from './store.ts'

// Until the first byte a letter may change hands freely, the fence sees to that: whoever is killed here holds it up only briefly.
const CONNECT_LEASE = leaseSeconds(20) * 1000
// From then on longer than a handover may take, so that the lease ends only when its holder is gone; shorter than the queue's patience.
const LEASE = leaseSeconds(HANDOVER_WITHIN / 1000 + 10) * 1000
const FIRST_WAIT = MINUTE / 2
const LONGEST_WAIT = 2 * HOUR
// 30 s, 1, 2, 4 … 64 min, then every two hours: the nineteenth try is the last within 24 hours (C31).
const TRIES = 19

type Ref = { workspaceId: string; letterId: string }

/** Hands one letter to the mail server, at most once for all we can know (I4). */
export const sendLetter: Task<Ref> = {
  name: 'mail.send',
  key: ({ letterId }) => letterId,
  width: 4,
  expires: Math.ceil((LEASE + 5_000) / 1000),
  async run(deps, ref) {
    const server = smtpServer(deps.config)
    const { workspaceId, letterId } = ref
    const carrier = await deps.db.inWorkspace(workspaceId, (tx) => carrierOf(tx, workspaceId, letterId))
    const mailbox = carrier && deps.mailboxes ? await deps.mailboxes.of(workspaceId, carrier) : null
    // The mail server was taken away since: what still waits stays here, like all that is written from now on.
    if (!server && !mailbox) return deps.db.inWorkspace(workspaceId, (tx) => keepAsPractice(tx, workspaceId, letterId))
    const claimed = await deps.db.inWorkspace(workspaceId, (tx) => claimLetter(tx, workspaceId, letterId, deps.now(), deps.now() + CONNECT_LEASE))
    if (!claimed) return
    if ('heldUntil' in claimed) return deps.jobs.enqueue(null, sendLetter, ref, { after: secondsUntil(deps, claimed.heldUntil) })
    if (claimed.state === 'unknown') return

    const { fence } = claimed
    const begin = () => deps.db.inWorkspace(workspaceId, (tx) => markSending(tx, workspaceId, letterId, fence, deps.now() + LEASE))
    const handover = mailbox
      ? await post(mailbox, claimed, begin)
      : await handOver(deps, server!, { from: senderOf(deps.config).email, to: claimed.recipient }, claimed.source, begin)
    await failpoint('mail_before_mark')
    const close = (state: 'sent' | 'failed' | 'unknown', trouble: LetterTrouble | null) =>
      deps.db.inWorkspace(workspaceId, (tx) => closeLetter(tx, workspaceId, letterId, fence, state, trouble, deps.now(), mailbox ? 'mailbox' : 'server'))
    switch (handover.kind) {
      case 'sent': return close('sent', null)
      case 'refused': return close('failed', 'refused')
      case 'unknown': return close('unknown', 'no-answer')
      case 'later': return claimed.attempts >= TRIES ? close('failed', 'gave-up') : deps.db.inWorkspace(workspaceId, (tx) => postpone(deps, tx, ref, claimed, handover.trouble))
      case 'closed': return deps.db.inWorkspace(workspaceId, async (tx) => {
        if (await takeFromMailbox(tx, workspaceId, letterId, fence, deps.now())) await deps.jobs.enqueue(tx, sendLetter, ref, { after: 1 })
      })
      case 'not-ours': return
    }
  },
}

type Mailbox = NonNullable<Awaited<ReturnType<Mailboxes['of']>>>

/** The same through somebody's own mailbox: their name and address stand on it, and the same rule about what nobody can know (I4). */
async function post(mailbox: Mailbox, { source, subject, contactEmail }: Claimed, begin: () => Promise<boolean>): Promise<Handover | { kind: 'closed' }> {
  if (!(await begin())) return { kind: 'not-ours' }
  await failpoint('mail_before_data')
  const posted = await mailbox.send({ source: inOwnName(source, mailbox), subject, contactEmail })
  await failpoint('mail_after_data')
  return posted.kind === 'later' ? { kind: 'later', trouble: 'try-later' } : posted
}

async function postpone(deps: Deps, tx: Tx, ref: Ref, { fence, attempts }: Claimed, trouble: LetterTrouble): Promise<void> {
  // A quarter of chance, so that a thousand letters do not knock at a recovering server together (C03).
  const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempts - 1)) * (1 - Math.random() / 4)
  if (await postponeLetter(tx, ref.workspaceId, ref.letterId, fence, trouble, deps.now() + wait)) await deps.jobs.enqueue(tx, sendLetter, ref, { after: Math.ceil(wait / 1000) })
}

const secondsUntil = (deps: Deps, instant: number) => Math.max(1, Math.ceil((instant - deps.now()) / 1000))
