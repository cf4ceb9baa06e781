import { formatDate } from '#core/locale/dates.ts'
import { speak } from '#core/locale/say.ts'
import { connectionWords } from '#core/locale/words/connections.ts'
import { DAY, type Instant } from '#core/time/model.ts'
import { findAdmins, type User } from '#server/accounts/find.ts'
import { composeLetter } from '#server/mail/compose.ts'
import { queueLetter } from '#server/mail/queue.ts'
import type { Tx } from '#server/platform/database.ts'
import type { Deps } from '#server/platform/deps.ts'
import { PROVIDER_NAMES, type OAuthProvider } from './model.ts'

type Told = 'dying-admin' | 'died-admin' | 'app-refused'

/** The provider does not take this server's client: only whoever runs it can mend that. One letter a day at most. */
export const tellAppRefused = (
  deps: Deps,
  tx: Tx,
  workspaceId: string,
  provider: OAuthProvider,
): Promise<void> =>
  tellAdmins(deps, tx, workspaceId, 'app-refused', `${provider}-${Math.floor(deps.now() / DAY)}`, {
    host: PROVIDER_NAMES[provider],
  })

export type Dying = {
  workspaceId: string
  connectionId: string
  provider: OAuthProvider
  account: string
  owner: User
  diesAt: Instant
}

/** Somebody's grant runs out, or has, because of how the app was set up at its provider: the admins can change that for good. */
export const tellAdminsOfDying = (
  deps: Deps,
  tx: Tx,
  dying: Dying,
  kind: 'dying-admin' | 'died-admin',
  stage: string,
) =>
  tellAdmins(
    deps,
    tx,
    dying.workspaceId,
    kind,
    `${dying.connectionId}-${Math.floor(dying.diesAt / DAY)}-${stage}`,
    { host: PROVIDER_NAMES[dying.provider], account: dying.account, name: dying.owner.name },
    { when: dying.diesAt, except: dying.owner.id },
  )

async function tellAdmins(
  deps: Deps,
  tx: Tx,
  workspaceId: string,
  kind: Told,
  once: string,
  about: Record<string, string>,
  options: { when?: Instant; except?: string } = {},
): Promise<void> {
  for (const admin of await findAdmins(tx, workspaceId)) {
    if (admin.id === options.except) continue
    const say = speak(connectionWords, admin.locale)
    const when =
      options.when === undefined ? '' : formatDate(admin.locale, admin.zone, options.when, 'shortDay')
    const told = { account: '', name: '', ...about, when }
    const { html, text } = composeLetter(admin.locale, {
      preheader: say(`letter.${kind}.preheader`, told),
      heading: say(`letter.${kind}.heading`, told),
      lines: [say(`letter.${kind}.line`, told)],
      facts: [],
      actions: [{ label: say('letter.app-action'), url: `${deps.config.url}/app/settings/calendar` }],
      footer: say('letter.app-footer'),
    })
    await queueLetter(deps, tx, {
      workspaceId,
      kind: `connection-${kind}`,
      to: { name: admin.name, email: admin.email },
      subject: say(`letter.${kind}.subject`, told),
      html,
      text,
      messageId: `connection-${kind}-${once}-${admin.id}`,
    })
  }
}
