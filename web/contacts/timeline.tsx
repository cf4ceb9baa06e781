import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import {
  CalendarArrowDown,
  CalendarCheck,
  CalendarDays,
  CalendarPlus,
  CalendarX,
  Mail,
  MessageSquareText,
  Reply,
} from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { appWords } from '#core/locale/words/app.ts'
import { contactWords } from '#core/locale/words/app-contacts.ts'
import type { Contact, EntryKind, TimelineEntry } from '../api-types.ts'
import { sentence, useNow, useSay, useTimes } from '../language.tsx'
import { Failed } from '../problem.tsx'
import { timelineQuery } from '../queries.ts'
import { Button } from '../ui/button.tsx'
import { Chip, type ChipTone } from '../ui/chip.tsx'
import { Pills } from '../ui/pills.tsx'
import { Skeleton } from '../ui/skeleton.tsx'

const FILTERS = ['all', 'meetings', 'letters', 'notes'] as const
type Filter = (typeof FILTERS)[number]
const groupOf = (kind: EntryKind): Filter =>
  kind === 'note' ? 'notes' : kind === 'letter' ? 'letters' : 'meetings'

const LOOKS: Record<EntryKind, { tone: ChipTone; icon: ReactNode }> = {
  booked: { tone: 'good', icon: <CalendarPlus size={16} /> },
  requested: { tone: 'warn', icon: <CalendarDays size={16} /> },
  accepted: { tone: 'good', icon: <CalendarCheck size={16} /> },
  declined: { tone: 'plain', icon: <CalendarX size={16} /> },
  moved: { tone: 'note', icon: <CalendarArrowDown size={16} /> },
  cancelled: { tone: 'plain', icon: <CalendarX size={16} /> },
  meeting: { tone: 'plain', icon: <CalendarDays size={16} /> },
  'meeting-moved': { tone: 'note', icon: <CalendarArrowDown size={16} /> },
  'meeting-gone': { tone: 'plain', icon: <CalendarX size={16} /> },
  letter: { tone: 'plain', icon: <Mail size={16} /> },
  answer: { tone: 'plain', icon: <Reply size={16} /> },
  note: { tone: 'plain', icon: <MessageSquareText size={16} /> },
}

/** What happened with a contact, newest first; what is still to come stands on top. */
export function Timeline({ contact }: { contact: Contact }) {
  const say = useSay(contactWords)
  const sayApp = useSay(appWords)
  const [filter, setFilter] = useState<Filter>('all')
  const timeline = useInfiniteQuery(timelineQuery(contact.id))
  const content = () => {
    switch (timeline.status) {
      case 'pending':
        return <Skeleton rows={4} label={sayApp('state.loading')} />
      case 'error':
        return <Failed error={timeline.error} retry={timeline.refetch} />
      case 'success':
        return (
          <>
            <Entries
              contact={contact}
              entries={timeline.data.filter(({ kind }) => filter === 'all' || groupOf(kind) === filter)}
              filter={filter}
            />
            {timeline.hasNextPage && (
              <Button
                small
                tone="quiet"
                busy={timeline.isFetchingNextPage}
                onClick={() => void timeline.fetchNextPage()}
              >
                {sayApp('do.load_more')}
              </Button>
            )}
          </>
        )
    }
  }
  return (
    <section aria-label={say('timeline.title')} className="grid gap-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h2 className="text-md font-medium">{say('timeline.title')}</h2>
        <Pills
          label={say('timeline.filter')}
          options={FILTERS.map((value) => ({ value, label: say(`timeline.${value}`) }))}
          value={filter}
          onChange={setFilter}
        />
      </div>
      {content()}
    </section>
  )
}

const MATCHED = new Set<EntryKind>(['meeting', 'meeting-moved', 'meeting-gone'])

// These tell of a meeting, but not how it stands.
const BESIDE = new Set<EntryKind>(['note', 'letter', 'answer'])
const OVER = new Set<EntryKind>(['cancelled', 'declined', 'meeting-gone'])

// Of a meeting that was moved or cancelled only its last line tells of what is to come. One from the calendar has no booking:
// its title stands for it.
const meetingOf = ({ kind, bookingId, words }: TimelineEntry): string | null =>
  bookingId ?? (MATCHED.has(kind) && words.title ? `calendar ${words.title}` : null)

const upcoming = (entries: TimelineEntry[], now: number): TimelineEntry[] => {
  const seen = new Set<string>()
  return entries
    .filter(({ kind }) => !BESIDE.has(kind))
    .toSorted((a, b) => b.recordedAt - a.recordedAt)
    .filter((entry) => {
      const meeting = meetingOf(entry)
      return meeting !== null && !seen.has(meeting) && Boolean(seen.add(meeting))
    })
    .filter(({ kind, words }) => !OVER.has(kind) && (words.start ?? 0) > now)
    .sort((a, b) => (a.words.start ?? 0) - (b.words.start ?? 0))
}

function Entries({
  contact,
  entries,
  filter,
}: {
  contact: Contact
  entries: TimelineEntry[]
  filter: Filter
}) {
  const say = useSay(contactWords)
  const times = useTimes()
  const now = useNow()
  if (entries.length === 0)
    return <p className="text-muted">{say(filter === 'all' ? 'timeline.none' : `timeline.none_${filter}`)}</p>
  const pinned = upcoming(entries, now)
  const months = Map.groupBy(
    entries.filter((entry) => !pinned.includes(entry)),
    ({ at }) => sentence(times.month(at)),
  )
  return (
    <>
      {pinned.length > 0 && (
        <Group title={say('timeline.upcoming')} entries={pinned} contact={contact} pinned />
      )}
      {[...months].map(([month, list]) => (
        <Group key={month} title={month} entries={list} contact={contact} />
      ))}
    </>
  )
}

const Group = ({
  title,
  entries,
  contact,
  pinned = false,
}: {
  title: string
  entries: TimelineEntry[]
  contact: Contact
  pinned?: boolean
}) => (
  <div className="grid gap-2">
    <h3 className="text-sm font-medium text-muted">{title}</h3>
    <ol className="grid gap-3">
      {entries.map((entry) => (
        <Entry key={entry.id} entry={entry} contact={contact} pinned={pinned} />
      ))}
    </ol>
  </div>
)

function Entry({
  entry: { kind, at, words, author, bookingId },
  contact,
  pinned,
}: {
  entry: TimelineEntry
  contact: Contact
  pinned: boolean
}) {
  const say = useSay(contactWords)
  const times = useTimes()
  const { tone, icon } = LOOKS[kind]
  const meeting =
    words.start !== undefined && words.end !== undefined
      ? `${sentence(times.shortDay(words.start))}, ${times.span(words.start, words.end)}`
      : null
  // An event with people we know got here by itself: it says so, where others say who.
  const by =
    MATCHED.has(kind) && words.by === 'calendar'
      ? say('timeline.matched')
      : (author?.name ?? (words.by && say(`timeline.by.${words.by}`, { name: contact.name })))
  const first = pinned || at === words.start ? meeting : sentence(times.when(at))
  const about = [
    first,
    first !== meeting && meeting,
    words.place,
    words.page && say('timeline.from_page', { page: words.page }),
    by,
  ]
  return (
    <li className="grid grid-cols-[2rem_minmax(0,1fr)] gap-3">
      <span
        aria-hidden="true"
        className="hairline mt-0.5 grid size-8 place-content-center rounded-full bg-sunken text-muted"
      >
        {icon}
      </span>
      <div className="hairline rounded-card bg-surface px-4 py-3">
        <div className="flex flex-wrap items-center justify-between gap-2">
          <p className="font-medium">
            {bookingId ? (
              <Link
                to="/app/meetings/$id"
                params={{ id: bookingId }}
                className="underline-offset-4 hover:underline"
              >
                {words.title || say(`timeline.${kind}`)}
              </Link>
            ) : (
              words.title || say(`timeline.${kind}`)
            )}
          </p>
          <Chip tone={tone}>
            {say(words.answer ? `timeline.answer.${words.answer}` : `timeline.${kind}`)}
          </Chip>
        </div>
        <p className="text-sm text-muted">{about.filter(Boolean).join(' · ')}</p>
        {(kind === 'moved' || kind === 'meeting-moved') && words.from && (
          <p className="text-sm text-muted">
            {say('timeline.moved_from', { when: times.when(words.from.start) })}
          </p>
        )}
        {words.text && (
          <p className="mt-1 whitespace-pre-line">
            {kind === 'note' || words.by !== 'visitor'
              ? words.text
              : say('timeline.wrote', { text: words.text })}
          </p>
        )}
      </div>
    </li>
  )
}
