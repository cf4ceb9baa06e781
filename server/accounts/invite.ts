import { randomUUID } from 'node:crypto'
import { DAY } from '#core/time/model.ts'
import { speak } from '#core/locale/say.ts'
import { accountsWords } from '#core/locale/words/accounts.ts'
import type { Tx } from '#server/platform/database.ts'
import type { Deps } from '#server/platform/deps.ts'
import { newToken, readToken } from '#server/platform/secrets.ts'
import { composeLetter } from '#server/mail/compose.ts'
import { queueLetter } from '#server/mail/queue.ts'
import { createUser } from './create-user.ts'
import type { Scope } from './gate.ts'
import { RULES, tooMany } from './limits.ts'
import { INVITED_SEAT, signInKey, type Invite, type Newcomer } from './model.ts'
import { exceeds } from './people.ts'
import { findInDirectory, findOpenInvitation, findRole, insertInvitation, spendInvitation } from './store.ts'

const INVITATION_LIFE = 7 * DAY

export type InviteOutcome =
  | { kind: 'invited'; id: string; link: string }
  | { kind: 'already-here' }
  | { kind: 'unknown-role' }
  | { kind: 'beyond-you' }
  | { kind: 'slow-down'; retryAfter: number }

/** A link that lets one person in, once, within a week; it goes out by letter and is also told to who invites. */
export async function invite(
  deps: Deps,
  scope: Scope,
  { email, roleId, seat = INVITED_SEAT }: Invite,
): Promise<InviteOutcome> {
  const { workspaceId } = scope
  const retryAfter = await tooMany(deps, [RULES.invite, workspaceId])
  if (retryAfter) return { kind: 'slow-down', retryAfter }
  return deps.db.inWorkspace(workspaceId, async (tx) => {
    const role = await findRole(tx, workspaceId, roleId)
    if (!role) return { kind: 'unknown-role' }
    if (exceeds(role, scope)) return { kind: 'beyond-you' }
    // Only a member of this very workspace is told: whether an address is known elsewhere is nobody's business here.
    const known = await findInDirectory(tx, 'sign-in', signInKey(email))
    if (known?.workspaceId === workspaceId) return { kind: 'already-here' }

    const { token, hash } = newToken(workspaceId)
    const id = randomUUID()
    const now = deps.now()
    await insertInvitation(tx, {
      workspaceId,
      invitationId: id,
      email,
      roleId,
      seat,
      hash,
      invitedBy: scope.userId,
      now,
      expiresAt: now + INVITATION_LIFE,
    })
    const link = `${deps.config.url}/invite/${token}`
    await writeLetter(deps, tx, scope, { id, email, link })
    return { kind: 'invited', id, link }
  })
}

async function writeLetter(
  deps: Deps,
  tx: Tx,
  { workspaceId, workspace, user }: Scope,
  { id, email, link }: { id: string; email: string; link: string },
) {
  const say = speak(accountsWords, workspace.locale)
  const names = { inviter: user.name, workspace: workspace.name }
  const { html, text } = composeLetter(workspace.locale, {
    preheader: say('invite.preheader', names),
    heading: say('invite.heading', names),
    lines: [say('invite.what', names), say('invite.expires', { days: INVITATION_LIFE / DAY })],
    facts: [],
    actions: [{ label: say('invite.accept'), url: link }],
    footer: say('invite.footer', { email }),
  })
  await queueLetter(deps, tx, {
    workspaceId,
    kind: 'team-invitation',
    effectId: id,
    to: { name: '', email },
    replyTo: { name: user.name, email: user.email },
    subject: say('invite.subject', names),
    html,
    text,
    messageId: `team-invitation.${id}`,
  })
}

/** What the holder of an invitation's link may see before they answer. */
export async function findInvitation(
  deps: Deps,
  token: string,
): Promise<{ email: string; workspaceName: string; known: boolean } | null> {
  const read = readToken(token)
  if (!read) return null
  return deps.db.inWorkspace(read.workspaceId, async (tx) => {
    const invitation = await findOpenInvitation(tx, read.workspaceId, read.hash, deps.now())
    if (!invitation) return null
    const known = await findInDirectory(tx, 'sign-in', signInKey(invitation.email))
    return { email: invitation.email, workspaceName: invitation.workspaceName, known: known !== null }
  })
}

export type JoinOutcome =
  | { kind: 'joined'; userId: string }
  | { kind: 'known-address' }
  | { kind: 'not-found' }

/** Spends an invitation on a new user. Who already has an account keeps it untouched and signs in instead (F05). */
export async function joinByInvitation(
  deps: Deps,
  tx: Tx,
  who: { workspaceId: string; hash: Buffer; passwordHash: string } & Omit<Newcomer, 'password'>,
): Promise<JoinOutcome> {
  const { workspaceId, hash, passwordHash, name, locale, zone } = who
  // Locked: an invitation is either accepted or taken back, and each side is told which.
  const invitation = await findOpenInvitation(tx, workspaceId, hash, deps.now(), true)
  if (!invitation) return { kind: 'not-found' }
  const seat = { kind: invitation.seatKind, level: invitation.seatLevel }
  const outcome = await createUser(tx, {
    workspaceId,
    email: invitation.email,
    name,
    passwordHash,
    roleId: invitation.roleId,
    locale,
    zone,
    seat,
  })
  if (outcome.kind === 'known-address') return outcome
  await spendInvitation(tx, workspaceId, invitation.id, deps.now())
  return { kind: 'joined', userId: outcome.userId }
}
