import { Link } from '@tanstack/react-router'
import { administrationWords } from '#core/locale/words/app-connections.ts'
import { useSay } from '../language.tsx'
import { useMay } from '../me.tsx'

const TABS = [
  ['/app/team', 'team.tab.people'],
  ['/app/team/inboxes', 'team.tab.inboxes'],
] as const

/** The parts of Settings › Team; whoever has only one sees no tabs. */
export function TeamTabs() {
  const say = useSay(administrationWords)
  if (!useMay('manage-workspace')) return null
  return (
    <nav aria-label={say('team.tabs')} className="-mx-4 mb-5 border-b border-border px-4 @3xl:mx-0 @3xl:px-0">
      <ul className="flex flex-wrap gap-1">
        {TABS.map(([to, key]) => (
          <li key={to}>
            <Link
              to={to}
              activeOptions={{ exact: true }}
              className="-mb-px flex min-h-12 items-center border-b-[3px] px-3 font-medium focus-visible:-outline-offset-2"
              activeProps={{ className: 'border-primary text-text' }}
              inactiveProps={{ className: 'border-transparent text-muted hover:text-text' }}
            >
              {say(key)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
