import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Clock, MapPin, Phone, Video, Zap } from 'lucide-react'
import type { ReactNode } from 'react'
import { eventTypeWords } from '#core/locale/words/app-event-types.ts'
import { bookingWords } from '#core/locale/words/app-bookings.ts'
import { DAY } from '#core/time/model.ts'
import { startOfDay } from '#core/time/wall.ts'
import { pages } from '../api.ts'
import type { EventType, Place, ScheduleDraft } from '../api-types.ts'
import { useNow, useSay, useTimes } from '../language.tsx'
import { useSettled } from '../settled.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Mark } from '../ui/mark.tsx'
import { Notice } from '../ui/notice.tsx'

type PreviewProps = {
  pageId: string
  workspace: string
  host: string
  eventType: EventType
  schedule?: ScheduleDraft
  requests: boolean
}

/** What visitors will see, drawn from what is being typed; the times come from the server, which writes nothing for it. */
export function Preview({ pageId, workspace, host, eventType, schedule, requests }: PreviewProps) {
  const say = useSay(eventTypeWords)
  const draft = useSettled({ eventType, ...(schedule ? { schedule } : {}) }, 500)
  const times = useQuery({
    queryKey: ['preview', pageId, draft],
    queryFn: () => pages.preview(pageId, draft),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  })
  return (
    <PageFrame
      workspace={workspace}
      host={host}
      eventType={eventType}
      requests={requests}
      busy={times.isFetching}
    >
      {times.status === 'error' ? (
        <p className="text-sm text-muted">{say('preview.failed')}</p>
      ) : (
        <Offered preview={times.data} />
      )}
    </PageFrame>
  )
}

type Shown = Pick<EventType, 'title' | 'description' | 'durations' | 'location'>
type FrameProps = {
  workspace: string
  host: string
  eventType: Shown
  requests?: boolean
  busy?: boolean
  children: ReactNode
}

/** A visitors' page in small. */
export function PageFrame({
  workspace,
  host,
  eventType,
  requests = false,
  busy = false,
  children,
}: FrameProps) {
  const say = useSay(eventTypeWords)
  return (
    <div className="hairline mx-auto w-full max-w-sm rounded-sheet bg-bg p-2" aria-busy={busy}>
      <div className="flex items-center gap-2 px-2 pt-1 pb-2 text-sm font-bold">
        <Mark size={22} />
        {workspace}
      </div>
      <div className="hairline rounded-card bg-surface p-4">
        <div className="flex items-center gap-3">
          <Avatar name={host} />
          <div className="min-w-0">
            <p className="text-sm text-muted">{host}</p>
            <p className="text-lg font-bold">{eventType.title || '…'}</p>
          </div>
        </div>
        <ul className="mt-3 grid gap-1.5 text-sm text-muted">
          <Fact icon={<Clock size={16} aria-hidden />}>
            {eventType.durations.map((minutes) => say('hours.minutes', { n: minutes })).join(' · ')}
          </Fact>
          <PlaceFact place={eventType.location} />
        </ul>
        {eventType.description && <p className="mt-3 text-sm whitespace-pre-line">{eventType.description}</p>}
        {requests && (
          <Notice tone="note" className="mt-3 text-sm">
            {say('preview.requests')}
          </Notice>
        )}
        <div className="mt-4 border-t border-border pt-3">{children}</div>
      </div>
    </div>
  )
}

/** Where times will stand. */
export const TimesToCome = () => (
  <div className="grid gap-2" aria-hidden="true">
    {[0, 1, 2].map((row) => (
      <div key={row} className="skeleton h-11" />
    ))}
  </div>
)

function Offered({
  preview,
}: {
  preview: { days: { date: string; starts: number[] }[]; soonest: number[] } | undefined
}) {
  const say = useSay(eventTypeWords)
  const times = useTimes()
  const now = useNow()
  if (!preview) return <TimesToCome />
  const open = preview.days.filter(({ starts }) => starts.length > 0)
  const first = preview.soonest[0]
  if (first === undefined) return <p className="text-sm">{say('preview.none')}</p>
  return (
    <>
      <p className="flex items-center gap-1.5 text-sm font-medium">
        <Zap size={16} aria-hidden />
        {say('preview.soonest')}
      </p>
      <ul className="mt-2 grid gap-2">
        {preview.soonest.slice(0, 3).map((start) => (
          <li
            key={start}
            className="rounded-control border border-primary px-3 py-2 font-medium text-primary"
          >
            {times.when(start)}
          </li>
        ))}
      </ul>
      <p className="mt-4 text-sm font-medium">{say('preview.days')}</p>
      <ul className="mt-1 divide-y divide-border text-sm">
        {open.slice(0, 5).map(({ date, starts }) => (
          <li key={date} className="flex justify-between gap-3 py-1.5">
            <span>{times.shortDay(startOfDay(times.zone, date))}</span>
            <span className="text-muted">{say('preview.count', { n: starts.length })}</span>
          </li>
        ))}
      </ul>
      {first - now > 7 * DAY && (
        <p className="mt-3 text-sm text-muted">{say('preview.dry', { when: times.shortDay(first) })}</p>
      )}
    </>
  )
}

const ICONS = { video: Video, meet: Video, teams: Video, phone: Phone, place: MapPin, ask: MapPin }

function PlaceFact({ place }: { place: Place }) {
  const say = useSay(bookingWords)
  const Icon = ICONS[place.kind]
  const words = {
    video: say('meeting.where.video_later'),
    meet: say('meeting.where.meet'),
    teams: say('meeting.where.teams'),
    phone: say('meeting.where.phone'),
    place: place.value || say('meeting.where.ask'),
    ask: say('meeting.where.ask'),
  }
  return <Fact icon={<Icon size={16} aria-hidden />}>{words[place.kind]}</Fact>
}

const Fact = ({ icon, children }: { icon: ReactNode; children: ReactNode }) => (
  <li className="flex items-start gap-2">
    <span className="mt-1">{icon}</span>
    <span className="min-w-0">{children}</span>
  </li>
)
