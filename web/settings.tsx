import { Link } from '@tanstack/react-router'
import { useEffect, useRef, type ReactNode } from 'react'
import { appWords } from '#core/locale/words/app.ts'
import { useSay } from './language.tsx'
import { ScreenHeading } from './screen.tsx'

const TABS = [
  ['/app/settings/profile', 'settings.profile'],
  ['/app/settings/email', 'settings.email'],
  ['/app/settings/calendar', 'settings.calendar'],
  ['/app/settings/availability', 'settings.availability'],
  ['/app/settings/notifications', 'settings.notifications'],
  ['/app/settings/security', 'settings.security'],
] as const

type SettingsKey = (typeof TABS)[number][1]

/** One tab of Settings › General (S-030 to S-032). */
export function SettingsScreen({
  tab,
  aside,
  children,
}: {
  tab: SettingsKey
  aside?: ReactNode
  children: ReactNode
}) {
  const say = useSay(appWords)
  const tabs = useRef<HTMLElement>(null)
  useEffect(() => {
    tabs.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' })
  }, [tab])
  return (
    <>
      <ScreenHeading title={say(tab)} above={`${say('nav.settings')} › ${say('settings.general')}`}>
        {aside}
      </ScreenHeading>
      <nav
        ref={tabs}
        aria-label={say('settings.tabs')}
        className="-mx-4 mb-5 overflow-x-auto border-b border-border px-4 [scrollbar-width:none] @3xl:mx-0 @3xl:px-0"
      >
        <ul className="flex w-max gap-1">
          {TABS.map(([to, key]) => (
            <li key={to}>
              <Link
                to={to}
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
      {children}
    </>
  )
}
