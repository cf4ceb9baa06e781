import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { CalendarCog, Plus } from 'lucide-react'
import { lazy, Suspense, useEffect, useRef } from 'react'
import { appWords } from '#core/locale/words/app.ts'
import { bookingWords } from '#core/locale/words/app-bookings.ts'
import { DAY } from '#core/time/model.ts'
import { useNow, useSay } from '../language.tsx'
import { Failed } from '../problem.tsx'
import { bookingsQuery, pagesQuery } from '../queries.ts'
import { ScreenHeading } from '../screen.tsx'
import { Button, buttonLook } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { toast } from '../ui/toasts.tsx'
import { BookingList } from './booking-list.tsx'
import { CalendarChanges } from './calendar-changes.tsx'
import { OfflineBanner } from './offline-banner.tsx'
import { PagesTable } from './pages-table.tsx'
import { Requests } from './requests.tsx'

const NewPage = lazy(() =>
  import('../event-types/new-page.tsx').then(({ NewPage }) => ({ default: NewPage })),
)
const LandingSheet = lazy(() =>
  import('../calendars/landing-sheet.tsx').then(({ LandingSheet }) => ({ default: LandingSheet })),
)
const ChooseSheet = lazy(() =>
  import('../calendars/choose-sheet.tsx').then(({ ChooseSheet }) => ({ default: ChooseSheet })),
)

/** Run scheduling: what needs an answer, the pages, and what is coming. */
export function Dashboard() {
  const say = useSay(bookingWords)
  const sayApp = useSay(appWords)
  const navigate = useNavigate()
  const {
    tab = 'upcoming',
    connected,
    choose,
    without,
    landing,
    approved,
    create,
  } = useSearch({ from: '/app/meetings' })
  const pages = useQuery(pagesQuery)
  const requests = useInfiniteQuery(bookingsQuery('requests'))
  const upcoming = useInfiniteQuery(bookingsQuery('upcoming'))
  const go = (search: { tab?: typeof tab; create?: 'page' }) =>
    void navigate({ to: '/app/meetings', search, replace: true, resetScroll: false })
  useConnectedToast(connected)

  const content = () => {
    switch (pages.status) {
      case 'pending':
        return <Skeleton rows={5} label={sayApp('state.loading')} />
      case 'error':
        return <Failed error={pages.error} retry={pages.refetch} />
      case 'success':
        return (
          <>
            <OfflineBanner pages={pages.data} requests={requests.data?.length ?? 0} />
            <Stats
              requests={requests.data?.length}
              more={requests.hasNextPage}
              upcoming={upcoming.data?.map(({ start }) => start)}
              booked={pages.data.reduce((sum, page) => sum + page.bookings, 0)}
            />
            <CalendarChanges />
            {requests.isError ? (
              <Failed error={requests.error} retry={requests.refetch} />
            ) : (
              <Requests requests={requests.data ?? []} />
            )}
            <PagesTable pages={pages.data} onNew={() => go({ create: 'page' })} />
            <BookingList tab={tab} onTab={(next) => go(next === 'upcoming' ? {} : { tab: next })} />
          </>
        )
    }
  }
  return (
    <>
      <ScreenHeading title={say('meetings.title')}>
        <Link to="/app/settings/calendar" className={buttonLook()}>
          <CalendarCog size={18} aria-hidden />
          {say('meetings.calendar')}
        </Link>
        <Button tone="primary" icon={<Plus size={18} aria-hidden />} onClick={() => go({ create: 'page' })}>
          {say('meetings.new_page')}
        </Button>
      </ScreenHeading>
      <div className="grid gap-5">
        {approved && (
          <Notice tone="good" title={say('approved.title')}>
            {say('approved.body')}
          </Notice>
        )}
        {content()}
      </div>
      <Suspense>
        {create && <NewPage onClose={() => go({})} />}
        {connected && choose && (
          <ChooseSheet connectionId={connected} without={without} onClose={() => go({})} />
        )}
        {landing && <LandingSheet token={landing} onClose={() => go({})} />}
      </Suspense>
    </>
  )
}

function useConnectedToast(connected: string | undefined) {
  const sayApp = useSay(appWords)
  const said = useRef<string>(undefined)
  useEffect(() => {
    if (connected && said.current !== connected) toast(sayApp('calendar.connected'))
    said.current = connected
  }, [connected, sayApp])
}

function Stats({
  requests,
  more,
  upcoming,
  booked,
}: {
  requests: number | undefined
  more: boolean
  upcoming: number[] | undefined
  booked: number
}) {
  const say = useSay(bookingWords)
  const now = useNow()
  const week = upcoming?.filter((start) => start < now + 7 * DAY).length
  return (
    <dl className="grid grid-cols-3 gap-3 @3xl:gap-4">
      <Stat n={requests} plus={more} words={say('stats.requests', { n: requests ?? 0 })} />
      <Stat n={week} words={say('stats.week', { n: week ?? 0 })} />
      <Stat n={booked} words={say('stats.booked', { n: booked })} />
    </dl>
  )
}

const Stat = ({ n, plus = false, words }: { n: number | undefined; plus?: boolean; words: string }) => (
  <div className="hairline flex flex-col-reverse justify-end rounded-card bg-surface p-3 @3xl:p-5">
    <dt className="text-sm leading-snug text-muted">{words}</dt>
    <dd className="text-2xl font-heavy">{n === undefined ? '–' : `${n}${plus ? '+' : ''}`}</dd>
  </div>
)
