import { Link, useNavigate, type LinkProps } from '@tanstack/react-router'
import { Cable, ChevronRight, Inbox, LogOut, Settings, Users } from 'lucide-react'
import type { ReactNode } from 'react'
import { appWords } from '#core/locale/words/app.ts'
import { signOut } from './accounts/sign-out.ts'
import { useSay } from './language.tsx'
import { useMay, useMe } from './me.tsx'
import { ScreenHeading } from './screen.tsx'
import { Avatar } from './ui/avatar.tsx'
import { Card, Rows } from './ui/card.tsx'
import { Button } from './ui/button.tsx'

/** What has no place in the bar of a phone. */
export function More() {
  const say = useSay(appWords)
  const { user, workspace, mail } = useMe()
  const navigate = useNavigate()
  const manages = useMay('manage-workspace')
  return (
    <>
      <ScreenHeading title={say('nav.more')} />
      <div className="grid max-w-xl gap-4">
        <Card flush>
          <div className="flex items-center gap-4 px-5 py-4">
            <Avatar name={user.name} large />
            <p className="min-w-0">
              <span className="font-medium">{user.name}</span>
              <span className="block text-sm text-muted">
                {user.email} · {workspace.name}
              </span>
            </p>
          </div>
        </Card>
        <Card flush>
          <Rows>
            <Way to="/app/settings" icon={<Settings size={20} aria-hidden />} label={say('nav.settings')} />
            <Way to="/app/team" icon={<Users size={20} aria-hidden />} label={say('nav.team')} />
            {manages && (
              <Way
                to="/app/connections"
                icon={<Cable size={20} aria-hidden />}
                label={say('nav.connections')}
              />
            )}
            {mail.practice && (
              <Way to="/app/outbox" icon={<Inbox size={20} aria-hidden />} label={say('nav.outbox')} />
            )}
          </Rows>
        </Card>
        <Button
          icon={<LogOut size={18} aria-hidden />}
          onClick={() => void signOut(() => navigate({ to: '/login' }))}
        >
          {say('nav.sign_out')}
        </Button>
      </div>
    </>
  )
}

const Way = ({ to, icon, label }: { to: NonNullable<LinkProps['to']>; icon: ReactNode; label: string }) => (
  <li>
    <Link to={to} className="flex min-h-14 items-center gap-4 px-5 hover:bg-sunken">
      <span className="text-muted">{icon}</span>
      <span className="flex-1 font-medium">{label}</span>
      <ChevronRight size={18} aria-hidden className="text-muted rtl:-scale-x-100" />
    </Link>
  </li>
)
