import { Link, useNavigate, type LinkProps } from '@tanstack/react-router'
import { CalendarDays, ContactRound, House, Inbox, LogOut, Settings } from 'lucide-react'
import type { ReactNode } from 'react'
import { appWords } from '#core/locale/words/app.ts'
import { signOut } from './accounts/sign-out.ts'
import { useSay } from './language.tsx'
import { useMay, useMe } from './me.tsx'
import { RequestCount } from './request-count.tsx'
import { actionLook, Actions } from './ui/actions.tsx'
import { Avatar } from './ui/avatar.tsx'
import { Mark } from './ui/mark.tsx'

type To = NonNullable<LinkProps['to']>

const LINE =
  'flex min-h-10 items-center gap-3 rounded-control px-2.5 py-2 font-medium pointer-coarse:min-h-11'
const HERE = { className: 'bg-surface text-text shadow-[inset_3px_0_0_var(--primary)] forced-colors:outline' }
const ELSEWHERE = { className: 'text-muted hover:text-text' }

/** The navigation where there is room for it. */
export function Rail({ requests }: { requests: number }) {
  const say = useSay(appWords)
  const { mail } = useMe()
  const manages = useMay('manage-workspace')
  return (
    <nav
      aria-label={say('nav.label')}
      className="sticky top-0 hidden h-dvh flex-col gap-1 overflow-y-auto border-e border-border bg-sunken p-3 @5xl/app:flex"
    >
      <Link to="/app" className="mb-4 flex items-center gap-2 rounded-control px-2 py-2 text-md font-bold">
        <Mark />
        Ritrovo
      </Link>
      <RailLink to="/app" exact icon={<House size={18} aria-hidden />} label={say('nav.today')} />
      <RailLink
        to="/app/meetings"
        icon={<CalendarDays size={18} aria-hidden />}
        label={say('nav.meetings')}
        count={requests}
      />
      <RailLink
        to="/app/contacts"
        icon={<ContactRound size={18} aria-hidden />}
        label={say('nav.contacts')}
      />
      {mail.practice && (
        <RailLink to="/app/outbox" icon={<Inbox size={18} aria-hidden />} label={say('nav.outbox')} />
      )}
      <RailLink to="/app/settings" icon={<Settings size={18} aria-hidden />} label={say('nav.settings')} />
      <SubLink to="/app/settings" label={say('settings.general')} />
      <SubLink to="/app/team" label={say('nav.team')} />
      {manages && <SubLink to="/app/connections" label={say('nav.connections')} />}
      <div className="mt-auto pt-4">
        <Person />
      </div>
    </nav>
  )
}

function RailLink({
  to,
  exact = false,
  icon,
  label,
  count = 0,
}: {
  to: To
  exact?: boolean
  icon: ReactNode
  label: string
  count?: number
}) {
  const say = useSay(appWords)
  return (
    <Link
      to={to}
      activeOptions={{ exact, includeSearch: false }}
      className={LINE}
      activeProps={HERE}
      inactiveProps={ELSEWHERE}
    >
      {icon}
      <span className="flex-1">{label}</span>
      {count > 0 && <RequestCount n={count} words={say('nav.requests', { n: count })} />}
    </Link>
  )
}

const SubLink = ({ to, label }: { to: To; label: string }) => (
  <Link
    to={to}
    activeOptions={{ includeSearch: false }}
    className="ms-9 flex min-h-9 items-center rounded-control px-2.5 text-sm pointer-coarse:min-h-11"
    activeProps={{ className: 'font-bold text-text' }}
    inactiveProps={{ className: 'text-muted hover:text-text' }}
  >
    {label}
  </Link>
)
function Person() {
  const say = useSay(appWords)
  const { user, workspace } = useMe()
  const navigate = useNavigate()
  return (
    <Actions
      label={
        <span>
          <span className="sr-only">{say('nav.account')}: </span>
          {user.name}
        </span>
      }
      icon={<Avatar name={user.name} />}
      className="flex min-h-11 w-full items-center gap-3 rounded-control px-2 text-start text-sm font-medium hover:bg-surface"
    >
      <p className="border-b border-border px-3 pt-1 pb-2 text-sm text-muted">
        {user.email}
        <span className="block">{workspace.name}</span>
      </p>
      <Link to="/app/settings/profile" className={actionLook()}>
        <Settings size={16} aria-hidden />
        {say('settings.profile')}
      </Link>
      <button
        type="button"
        className={actionLook()}
        onClick={() => void signOut(() => navigate({ to: '/login' }))}
      >
        <LogOut size={16} aria-hidden />
        {say('nav.sign_out')}
      </button>
    </Actions>
  )
}
