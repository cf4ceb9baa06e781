import { useMutation } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { CircleHelp, Copy, ExternalLink, Pause, Pencil, Play, Share2, Trash2 } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { appWords } from '#core/locale/words/app.ts'
import { bookingWords } from '#core/locale/words/app-bookings.ts'
import { pages as api } from '../api.ts'
import type { Page } from '../api-types.ts'
import { STATE_TONES } from '../event-types/page-state.ts'
import { CopyLink } from '../copy-link.tsx'
import { useSay, useTimes } from '../language.tsx'
import { useMe } from '../me.tsx'
import { ProblemNotice } from '../problem.tsx'
import { pagesChanged } from '../queries.ts'
import { Actions, actionLook } from '../ui/actions.tsx'
import { Card } from '../ui/card.tsx'
import { Chip } from '../ui/chip.tsx'
import { toast } from '../ui/toasts.tsx'
import { Templates } from './templates.tsx'

const DeletePage = lazy(() =>
  import('../event-types/delete-page.tsx').then(({ DeletePage }) => ({ default: DeletePage })),
)

/** The scheduling pages: mine first, then those of the team. A table where there is room, cards where there is not: hence the spoken-out roles, which `display` would take away. */
export function PagesTable({ pages, onNew }: { pages: Page[]; onNew: () => void }) {
  const say = useSay(bookingWords)
  const [search, setSearch] = useState('')
  const wanted = search.trim().toLowerCase()
  const found = pages
    .filter(({ eventType, url }) => `${eventType.title} ${url}`.toLowerCase().includes(wanted))
    .sort((a, b) => Number(b.mine) - Number(a.mine))
  return (
    <Card
      flush
      title={say('pages.title')}
      actions={
        pages.length > 3 && (
          <input
            type="search"
            className="control @xl:w-60"
            aria-label={say('pages.search')}
            placeholder={say('pages.search')}
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        )
      }
    >
      {pages.length === 0 ? (
        <Templates onNew={onNew} />
      ) : (
        <table role="table" className="block w-full text-start @3xl:table">
          <thead role="rowgroup" className="sr-only @3xl:not-sr-only @3xl:table-header-group">
            <tr
              role="row"
              className="border-b border-border text-sm [&>th]:px-5 [&>th]:py-2 [&>th]:text-start [&>th]:font-medium [&>th]:text-muted"
            >
              <th role="columnheader" scope="col">
                {say('pages.column.page')}
              </th>
              <th role="columnheader" scope="col">
                {say('pages.column.kind')}
              </th>
              <th role="columnheader" scope="col">
                {say('pages.column.state')}
              </th>
              <th role="columnheader" scope="col">
                {say('pages.column.bookings')}
              </th>
              <th role="columnheader" scope="col">
                <span className="sr-only">{say('pages.column.actions')}</span>
              </th>
            </tr>
          </thead>
          <tbody role="rowgroup" className="block divide-y divide-border @3xl:table-row-group">
            {found.map((page) => (
              <PageRow key={page.id} page={page} />
            ))}
          </tbody>
        </table>
      )}
      {pages.length > 0 && found.length === 0 && <p className="px-5 py-4 text-muted">{say('pages.none')}</p>}
    </Card>
  )
}

function PageRow({ page }: { page: Page }) {
  const say = useSay(bookingWords)
  const times = useTimes()
  const { eventType } = page
  return (
    <tr
      role="row"
      className="grid grid-cols-[1fr_auto] items-center gap-x-3 gap-y-2 px-5 py-3 @3xl:table-row @3xl:[&>td]:px-5 @3xl:[&>td]:py-3"
    >
      <td role="cell" className="min-w-0">
        <Link
          to="/app/pages/$id"
          params={{ id: page.id }}
          className="font-medium underline-offset-4 hover:underline"
        >
          {eventType.title}
        </Link>
        <span className="block text-sm break-all text-muted">
          {page.url} · {say('pages.minutes', { minutes: eventType.durations.join('/') })}
        </span>
      </td>
      <td role="cell" className="order-3 text-sm @3xl:order-none">
        <KindWords page={page} />
      </td>
      <td role="cell" className="justify-self-end @3xl:justify-self-auto">
        <Chip tone={STATE_TONES[page.state]}>{say(`page.state.${page.state}`)}</Chip>
        {page.lastKnownAt !== null && (
          <span className="block text-sm text-muted">
            {say('page.last_known', { when: times.when(page.lastKnownAt) })}
          </span>
        )}
      </td>
      <td role="cell" className="order-4 justify-self-end text-sm text-muted @3xl:order-none @3xl:text-text">
        {page.requests} · {page.bookings}
      </td>
      <td role="cell" className="order-5 col-span-2 @3xl:order-none">
        <span className="flex items-center justify-between gap-2 @3xl:justify-end">
          <CopyLink url={page.url} of={eventType.title} look={{ small: true }} />
          <PageActions page={page} />
        </span>
      </td>
    </tr>
  )
}

function KindWords({ page }: { page: Page }) {
  const say = useSay(bookingWords)
  const { user } = useMe()
  const { assignment, hosts } = page.eventType
  if (assignment !== 'solo') return <>{say(`pages.kind.${assignment}`, { n: hosts.length })}</>
  return (
    <>
      {page.owner.id === user.id
        ? say('pages.kind.solo_me')
        : say('pages.kind.solo', { name: page.owner.name })}
    </>
  )
}

function PageActions({ page }: { page: Page }) {
  const say = useSay(bookingWords)
  const sayApp = useSay(appWords)
  const navigate = useNavigate()
  const [deleting, setDeleting] = useState(false)
  const clone = useMutation({
    mutationFn: () => api.clone(page.id),
    onSuccess: async (copy) => {
      toast(say('page.cloned'))
      await pagesChanged()
      await navigate({ to: '/app/pages/$id', params: { id: copy.id } })
    },
  })
  const toggle = useMutation({
    mutationFn: () => api.change(page.id, { open: !page.open, version: page.eventType.version }),
    onSuccess: async () => {
      toast(say(page.open ? 'page.paused' : 'page.resumed'))
      await pagesChanged()
    },
  })
  const problem = clone.error ?? toggle.error
  return (
    <>
      <Actions label={sayApp('do.more')} name={sayApp('do.more_of', { name: page.eventType.title })}>
        {page.mayEdit && (
          <Link to="/app/pages/$id" params={{ id: page.id }} className={actionLook()}>
            <Pencil size={16} aria-hidden />
            {say('page.do.edit')}
          </Link>
        )}
        <Link
          to="/app/pages/$id"
          params={{ id: page.id }}
          search={{ section: 'share' }}
          className={actionLook()}
        >
          <Share2 size={16} aria-hidden />
          {say('page.do.share')}
        </Link>
        <a href={page.url} target="_blank" rel="noopener" className={actionLook()}>
          <ExternalLink size={16} aria-hidden />
          {say('page.do.open')}
        </a>
        <Link
          to="/app/pages/$id"
          params={{ id: page.id }}
          search={{ section: 'hours' }}
          hash="explain"
          className={actionLook()}
        >
          <CircleHelp size={16} aria-hidden />
          {say('page.do.explain')}
        </Link>
        <button type="button" className={actionLook()} onClick={() => clone.mutate()}>
          <Copy size={16} aria-hidden />
          {say('page.do.clone')}
        </button>
        {page.mayEdit && (
          <>
            <button type="button" className={actionLook()} onClick={() => toggle.mutate()}>
              {page.open ? <Pause size={16} aria-hidden /> : <Play size={16} aria-hidden />}
              {say(page.open ? 'page.do.pause' : 'page.do.resume')}
            </button>
            <button type="button" className={actionLook(true)} onClick={() => setDeleting(true)}>
              <Trash2 size={16} aria-hidden />
              {say('page.do.delete')}
            </button>
          </>
        )}
      </Actions>
      {problem && <ProblemNotice error={problem} />}
      <Suspense>{deleting && <DeletePage page={page} onClose={() => setDeleting(false)} />}</Suspense>
    </>
  )
}
