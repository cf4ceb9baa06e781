import { formatDate } from '#core/locale/dates.ts'
import { speak } from '#core/locale/say.ts'
import type { Instant } from '#core/time/model.ts'
import { DAY } from '#core/time/model.ts'
import { connectionWords } from '#core/locale/words/connections.ts'
import { findUser } from '#server/accounts/find.ts'
import { composeLetter } from '#server/mail/compose.ts'
import { queueLetter } from '#server/mail/queue.ts'
import type { Tx } from '#server/platform/database.ts'
import type { Deps } from '#server/platform/deps.ts'
import { hostOf, type ReasonCode } from './model.ts'

export type Trouble = {
  workspaceId: string
  connectionId: string
  userId: string
  account: string
  reason: ReasonCode
  since: Instant
} & ({ kind: 'broken' } | { kind: 'stale'; calendar: string })

/** A letter to the connection's owner: what stopped, why, and the one thing to do. One a day at most for each kind. */
export async function tellOwner(deps: Deps, tx: Tx, trouble: Trouble): Promise<void> {
  const owner = await findUser(tx, trouble.userId)
  if (!owner || owner.disabled) return
  const { kind, account, reason } = trouble
  const say = speak(connectionWords, owner.locale)
  const when = `${formatDate(owner.locale, owner.zone, trouble.since, 'shortDay')}, ${formatDate(owner.locale, owner.zone, trouble.since, 'time')}`
  const told = {
    account,
    when,
    calendar: trouble.kind === 'stale' ? trouble.calendar : '',
    host: hostOf(account),
  }
  const { html, text } = composeLetter(owner.locale, {
    preheader: say(`letter.${kind}.preheader`, told),
    heading: say(`letter.${kind}.heading`, told),
    lines: [say(`letter.${kind}.line`, told)],
    facts: [
      { label: say('letter.cause'), value: say(`reason.${reason}.cause`, told) },
      { label: say('letter.way'), value: say(`reason.${reason}.way`, told) },
    ],
    actions: [{ label: say('letter.action'), url: `${deps.config.url}/settings/calendar` }],
    footer: say('letter.footer'),
  })
  await queueLetter(deps, tx, {
    workspaceId: trouble.workspaceId,
    kind: `connection-${kind}`,
    to: { name: owner.name, email: owner.email },
    subject: say(`letter.${kind}.subject`, told),
    html,
    text,
    messageId: `connection-${kind}-${trouble.connectionId}-${Math.floor(trouble.since / DAY)}`,
  })
}
