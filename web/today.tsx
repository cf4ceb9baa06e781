import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ChevronRight } from 'lucide-react'
import { appWords } from '#core/locale/words/app.ts'
import { bookingWords } from '#core/locale/words/app-bookings.ts'
import { HOUR } from '#core/time/model.ts'
import { instantToWall } from '#core/time/wall.ts'
import type { Page, Today as TodayAnswer } from './api-types.ts'
import { BookingRow } from './bookings/booking-row.tsx'
import { CopyLink } from './copy-link.tsx'
import { useNow, useSay, useTimes } from './language.tsx'
import { useMe } from './me.tsx'
import { Failed } from './problem.tsx'
import { calendarChangesQuery, connectionsQuery, pagesQuery, todayQuery } from './queries.ts'
import { ScreenHeading } from './screen.tsx'
import { buttonLook } from './ui/button.tsx'
import { Card, Row, Rows } from './ui/card.tsx'
import { Chip } from './ui/chip.tsx'
import { Mark } from './ui/mark.tsx'
import { Notice } from './ui/notice.tsx'
import { Skeleton } from './ui/skeleton.tsx'

/** The day: what needs you, whom you meet, what you hand out. */
export function Today() {
  const say = useSay(bookingWords)
  const sayApp = useSay(appWords)
  const { user } = useMe()
  const { zone } = useTimes()
  const now = useNow()
  const today = useQuery(todayQuery)
  const hour = Math.floor(instantToWall(zone, now) / HOUR) % 24
  const part = hour < 12 ? 'morning' : hour < 18 ? 'afternoon' : 'evening'
  const content = () => {
    switch (today.status) {
      case 'pending':
        return <Skeleton rows={4} label={sayApp('state.loading')} />
      case 'error':
        return <Failed error={today.error} retry={today.refetch} />
      case 'success':
        return <Day today={today.data} now={now} />
    }
  }
  return (
    <>
      <ScreenHeading title={say(`today.${part}`, { name: user.name.split(' ')[0] ?? user.name })} />
      {content()}
    </>
  )
}

function Day({ today, now }: { today: TodayAnswer; now: number }) {
  const say = useSay(bookingWords)
  const times = useTimes()
  const connections = useQuery(connectionsQuery).data
  const changes = useQuery(calendarChangesQuery).data?.length ?? 0
  const next = today.next && !today.meetings.some(({ id }) => id === today.next?.id) ? today.next : null
  return (
    <div className="grid items-start gap-4 @4xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <div className="grid gap-4">
        <Problems today={today} broken={connections?.some(({ state }) => state === 'broken') ?? false} />
        {connections?.length === 0 && <ConnectCard />}
        {today.requests > 0 && <Waiting words={say('req.count', { n: today.requests })} />}
        {changes > 0 && <Waiting words={say('changes.count', { n: changes })} />}
        <Card
          flush
          title={say('today.today')}
          actions={<span className="text-sm text-muted">{times.shortDay(now)}</span>}
        >
          {today.meetings.length === 0 ? (
            <p className="px-5 py-6 text-muted">{say('today.none')}</p>
          ) : (
            <Rows>
              {today.meetings.map((booking) => (
                <BookingRow key={booking.id} booking={booking} now={now} timeOnly />
              ))}
            </Rows>
          )}
        </Card>
        {next && (
          <Card flush title={say('today.next')}>
            <Rows>
              <BookingRow booking={next} now={now} />
            </Rows>
          </Card>
        )}
      </div>
      <Share />
    </div>
  )
}

/** Something that waits for an answer under Meetings. */
const Waiting = ({ words }: { words: string }) => (
  <Link
    to="/app/meetings"
    className="flex min-h-14 items-center gap-3 rounded-card bg-accent-soft px-5 py-3 font-medium text-on-accent-soft hover:underline"
  >
    <span className="flex-1">{words}</span>
    <ChevronRight size={18} aria-hidden className="rtl:-scale-x-100" />
  </Link>
)

/** What did not work and concerns the reader: told here, not only where it happened. */
function Problems({ today: { troubled }, broken }: { today: TodayAnswer; broken: boolean }) {
  const say = useSay(bookingWords)
  const look = buttonLook({ small: true })
  if (!broken && troubled.length === 0) return null
  return (
    <section aria-label={say('today.problems')} className="grid gap-2">
      {broken && (
        <Notice
          tone="bad"
          actions={
            <Link to="/app/settings/calendar" className={look}>
              {say('offline.reconnect')}
            </Link>
          }
        >
          {say('today.problem.broken')}
        </Notice>
      )}
      {troubled.map((booking) => (
        <Notice
          key={booking.id}
          tone="bad"
          actions={
            <Link to="/app/meetings/$id" params={{ id: booking.id }} className={look}>
              {say('today.problem.look')}
            </Link>
          }
        >
          {say('today.problem.unwritten', { title: booking.title, name: booking.name })}
        </Notice>
      ))}
    </section>
  )
}

function ConnectCard() {
  const say = useSay(bookingWords)
  return (
    <Card>
      <div className="grid gap-3 pt-2">
        <h2 className="flex items-center gap-3 text-md font-medium">
          <Mark size={30} />
          {say('today.connect')}
        </h2>
        <p className="text-sm text-muted">{say('today.connect_why')}</p>
        <Link
          to="/app/settings/calendar"
          search={{ connect: 'now' }}
          className={buttonLook({ tone: 'primary', wide: true })}
        >
          {say('today.connect_go')}
        </Link>
      </div>
    </Card>
  )
}

function Share() {
  const say = useSay(bookingWords)
  const sayApp = useSay(appWords)
  const pages = useQuery(pagesQuery)
  const content = () => {
    switch (pages.status) {
      case 'pending':
        return (
          <div className="p-4">
            <Skeleton rows={2} label={sayApp('state.loading')} />
          </div>
        )
      case 'error':
        return (
          <div className="p-4">
            <Failed error={pages.error} retry={pages.refetch} />
          </div>
        )
      case 'success':
        return <Links pages={pages.data.filter(({ mine, open }) => mine && open)} />
    }
  }
  return (
    <Card flush title={say('today.share')}>
      {content()}
    </Card>
  )
}

function Links({ pages }: { pages: Page[] }) {
  const say = useSay(bookingWords)
  if (pages.length === 0)
    return (
      <div className="grid justify-items-start gap-3 px-5 py-4">
        <p className="text-muted">{say('today.share_none')}</p>
        <Link to="/app/meetings" search={{ create: 'page' }} className={buttonLook({ tone: 'primary' })}>
          {say('meetings.new_page')}
        </Link>
      </div>
    )
  return (
    <Rows>
      {pages.map(({ id, url, state, eventType: { title } }) => (
        <Row key={id}>
          <div className="min-w-0 flex-1 basis-40">
            <a
              href={url}
              target="_blank"
              rel="noopener"
              className="font-medium underline-offset-4 hover:underline"
            >
              {title}
            </a>
            <p className="text-sm break-all text-muted">{url}</p>
          </div>
          {state === 'offline' && <Chip tone="warn">{say('page.state.offline')}</Chip>}
          <CopyLink url={url} of={title} look={{ small: true }} />
        </Row>
      ))}
    </Rows>
  )
}
