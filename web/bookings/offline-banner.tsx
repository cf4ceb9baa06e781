import { Link } from '@tanstack/react-router'
import { bookingWords } from '#core/locale/words/app-bookings.ts'
import type { OfflineReason, Page } from '../api-types.ts'
import { useSay } from '../language.tsx'
import { buttonLook } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'

const WORDS = {
  'no-calendar': { why: 'offline.none', go: 'today.connect', search: { connect: 'now' as const } },
  broken: { why: 'offline.broken', go: 'offline.reconnect', search: {} },
  'no-destination': { why: 'offline.no_destination', go: 'offline.choose', search: {} },
  reading: { why: 'offline.reading', go: 'offline.look', search: {} },
  stale: { why: 'offline.stale', go: 'offline.look', search: {} },
} as const satisfies Record<OfflineReason, { why: string; go: string; search: { connect?: 'now' } }>

/** Offline mode as its host sees it (S-012): that it is so, why, how many wait, and one button. */
export function OfflineBanner({ pages, requests }: { pages: Page[]; requests: number }) {
  const say = useSay(bookingWords)
  const reason = pages.find(({ mine, state }) => mine && state === 'offline')?.offlineReason
  if (!reason) return null
  const { why, go, search } = WORDS[reason]
  return (
    <Notice
      tone="warn"
      actions={
        <Link
          to="/app/settings/calendar"
          search={search}
          className={buttonLook({ tone: 'primary', small: true })}
        >
          {say(go)}
        </Link>
      }
    >
      <strong className="font-bold">{say('offline.banner')}</strong> {say(why)}{' '}
      {say('offline.waiting', { n: requests })}
    </Notice>
  )
}
