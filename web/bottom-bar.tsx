import { Link, type LinkProps } from '@tanstack/react-router'
import { CalendarDays, ContactRound, Ellipsis, House, Plus } from 'lucide-react'
import { lazy, Suspense, useState, type ReactNode } from 'react'
import { appWords } from '#core/locale/words/app.ts'
import { useSay } from './language.tsx'
import { RequestCount } from './request-count.tsx'
import { cx } from './ui/look.ts'

const Create = lazy(() => import('./create.tsx').then(({ Create }) => ({ default: Create })))

const TAB = 'grid min-h-14 content-center justify-items-center gap-0.5 px-1 text-xs font-medium'

/** The navigation of a phone. */
export function BottomBar({ requests }: { requests: number }) {
  const say = useSay(appWords)
  const [creating, setCreating] = useState(false)
  return (
    <>
      <nav
        aria-label={say('nav.label')}
        className="sticky bottom-0 z-20 grid grid-cols-5 border-t border-border bg-surface pb-[env(safe-area-inset-bottom)] @5xl/app:hidden"
      >
        <BarLink to="/app" exact icon={<House size={20} aria-hidden />} label={say('nav.today')} />
        <BarLink
          to="/app/meetings"
          icon={<CalendarDays size={20} aria-hidden />}
          label={say('nav.meetings')}
          count={requests}
        />
        <button type="button" className={cx(TAB, 'text-muted')} onClick={() => setCreating(true)}>
          <Plus size={20} aria-hidden />
          {say('nav.create')}
        </button>
        <BarLink
          to="/app/contacts"
          icon={<ContactRound size={20} aria-hidden />}
          label={say('nav.contacts')}
        />
        <BarLink to="/app/more" icon={<Ellipsis size={20} aria-hidden />} label={say('nav.more')} />
      </nav>
      <Suspense>{creating && <Create onClose={() => setCreating(false)} />}</Suspense>
    </>
  )
}

function BarLink({
  to,
  exact = false,
  icon,
  label,
  count = 0,
}: {
  to: NonNullable<LinkProps['to']>
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
      className={TAB}
      activeProps={{ className: 'text-primary' }}
      inactiveProps={{ className: 'text-muted' }}
    >
      <span className="relative">
        {icon}
        {count > 0 && (
          <RequestCount
            n={count}
            words={say('nav.requests', { n: count })}
            className="absolute -top-2 start-3 px-1.5 text-xs"
          />
        )}
      </span>
      {label}
    </Link>
  )
}
