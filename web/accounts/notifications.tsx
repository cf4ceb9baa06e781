import { BellRing } from 'lucide-react'
import { accountWords } from '#core/locale/words/app-accounts.ts'
import { useSay } from '../language.tsx'
import { useMe } from '../me.tsx'
import { SettingsScreen } from '../settings.tsx'
import { Card } from '../ui/card.tsx'

const ALWAYS = ['notify.booked', 'notify.moved', 'notify.failed'] as const

export function Notifications() {
  const say = useSay(accountWords)
  const { user } = useMe()
  return (
    <SettingsScreen tab="settings.notifications">
      <Card title={say('notify.title')} className="max-w-3xl">
        <p>{say('notify.lead')}</p>
        <ul className="my-3 grid gap-2">
          {ALWAYS.map((key) => (
            <li key={key} className="flex gap-3">
              <BellRing size={18} aria-hidden className="mt-0.5 flex-none text-primary" />
              {say(key)}
            </li>
          ))}
        </ul>
        <p>{say('notify.where', { email: user.email })}</p>
        <p className="mt-3 text-sm text-muted">{say('notify.later')}</p>
      </Card>
    </SettingsScreen>
  )
}
