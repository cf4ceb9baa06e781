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
import type { ProviderName } from '#server/providers/provider.ts'
import { hostOf, type ReasonCode } from './model.ts'

export type Trouble = {
  workspaceId: string
  connectionId: string
  userId: string
  account: string
  provider: ProviderName
  since: Instant
} & (
  | { kind: 'broken'; reason: ReasonCode }
  | { kind: 'stale' | 'gone'; calendar: string; reason: ReasonCode }
  /** `stage` tells one warning from the next. */
  | { kind: 'dying'; diesAt: Instant; stage: string }
  | { kind: 'shared-inbox'; by: string }
)

/** A letter to the connection's owner: what stopped, or will, why, and the one thing to do. One a day at most for each kind. */
export async function tellOwner(deps: Deps, tx: Tx, trouble: Trouble): Promise<void> {
  const owner = await findUser(tx, trouble.userId)
  if (!owner || owner.disabled) return
  const { kind, account } = trouble
  const say = speak(connectionWords, owner.locale)
  const dated = kind === 'dying' ? trouble.diesAt : trouble.since
  const told = {
    account,
    when: `${formatDate(owner.locale, owner.zone, dated, 'shortDay')}, ${formatDate(owner.locale, owner.zone, dated, 'time')}`,
    calendar: 'calendar' in trouble ? trouble.calendar : '',
    name: kind === 'shared-inbox' ? trouble.by : '',
    host: hostOf(account, trouble.provider),
  }
  const facts =
    kind === 'broken' || kind === 'stale'
      ? [
          { label: say('letter.cause'), value: say(`reason.${trouble.reason}.cause`, told) },
          { label: say('letter.way'), value: say(`reason.${trouble.reason}.way`, told) },
        ]
      : []
  const { html, text } = composeLetter(owner.locale, {
    preheader: say(`letter.${kind}.preheader`, told),
    heading: say(`letter.${kind}.heading`, told),
    lines: [say(`letter.${kind}.line`, told)],
    facts,
    actions: [{ label: say('letter.action'), url: `${deps.config.url}/app/settings/calendar` }],
    footer: say('letter.footer'),
  })
  await queueLetter(deps, tx, {
    workspaceId: trouble.workspaceId,
    kind: `connection-${kind}`,
    to: { name: owner.name, email: owner.email },
    subject: say(`letter.${kind}.subject`, told),
    html,
    text,
    messageId: `connection-${kind}-${trouble.connectionId}-${kind === 'dying' ? trouble.stage : Math.floor(trouble.since / DAY)}`,
  })
}
