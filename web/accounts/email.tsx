import { Link } from '@tanstack/react-router'
import { Inbox } from 'lucide-react'
import { accountWords } from '#core/locale/words/app-accounts.ts'
import { useSay } from '../language.tsx'
import { useMe } from '../me.tsx'
import { SettingsScreen } from '../settings.tsx'
import { buttonLook } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { Notice } from '../ui/notice.tsx'

export function Email() {
  const say = useSay(accountWords)
  const { mail, user } = useMe()
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
        <Card title={say('email.personal')}>
          <p className="text-muted">{say('email.personal_later', { email: user.email })}</p>
        </Card>
      </div>
    </SettingsScreen>
  )
}
