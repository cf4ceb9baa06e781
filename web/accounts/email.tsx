import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Inbox } from 'lucide-react'
import { accountWords } from '#core/locale/words/app-accounts.ts'
import { MailboxPart } from '../calendars/mailbox-part.tsx'
import { isTripProvider } from '../calendars/providers.ts'
import { useSay } from '../language.tsx'
import { useMe } from '../me.tsx'
import { connectionsQuery } from '../queries.ts'
import { SettingsScreen } from '../settings.tsx'
import { buttonLook } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { Notice } from '../ui/notice.tsx'

export function Email() {
  const say = useSay(accountWords)
  const { mail } = useMe()
  return (
    <SettingsScreen tab="settings.email">
      <div className="grid max-w-3xl gap-4">
        <Card title={say('email.title')}>
          {mail.practice ? (
            <div className="grid gap-4">
              <Notice tone="warn" title={say('email.practice')}>
                {say('email.practice_how', { setting: 'RITROVO_SMTP_URL' })}
              </Notice>
              <Link to="/app/outbox" className={buttonLook() + ' justify-self-start'}>
                <Inbox size={16} aria-hidden />
                {say('email.open')}
              </Link>
            </div>
          ) : (
            <Notice tone="good">{say('email.real')}</Notice>
          )}
        </Card>
        <OwnMailbox />
      </div>
    </SettingsScreen>
  )
}

/** S-023, S-024: the mailboxes that came along with a calendar, each to be unlinked alone. */
function OwnMailbox() {
  const say = useSay(accountWords)
  const { user } = useMe()
  const accounts = useQuery(connectionsQuery).data?.filter(({ provider }) => isTripProvider(provider)) ?? []
  if (accounts.length > 0)
    return (
      <>
        {accounts.map((connection) => (
          <Card key={connection.id}>
            <MailboxPart connection={connection} level={2} />
          </Card>
        ))}
      </>
    )
  return (
    <Card title={say('email.personal')}>
      <div className="grid justify-items-start gap-4">
        <p className="text-muted">{say('email.personal_none', { email: user.email })}</p>
        <Link to="/app/settings/calendar" className={buttonLook()}>
          {say('email.personal_go')}
        </Link>
      </div>
    </Card>
  )
}
