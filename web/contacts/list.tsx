import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Search, UserPlus } from 'lucide-react'
import { lazy, Suspense, useEffect, useState } from 'react'
import { appWords } from '#core/locale/words/app.ts'
import { contactWords } from '#core/locale/words/app-contacts.ts'
import type { Contact } from '../api-types.ts'
import { sentence, useNow, useSay, useTimes } from '../language.tsx'
import { Failed } from '../problem.tsx'
import { contactsQuery } from '../queries.ts'
import { ScreenHeading } from '../screen.tsx'
import { useSettled } from '../settled.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Button } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { Skeleton } from '../ui/skeleton.tsx'

const NewContact = lazy(() => import('./new-contact.tsx').then(({ NewContact }) => ({ default: NewContact })))

/** Everyone one meets or writes to; found by typing. */
export function ContactList() {
  const say = useSay(contactWords)
  const navigate = useNavigate()
  const { search: asked = '', create } = useSearch({ from: '/app/contacts' })
  const [typed, setTyped] = useState(asked)
  const search = useSettled(typed.trim(), 250)
  useEffect(() => {
    if (search !== asked)
      void navigate({
        to: '/app/contacts',
        search: search ? { search } : {},
        replace: true,
        resetScroll: false,
      })
  }, [search, asked, navigate])
  const open = (creating: boolean) =>
    void navigate({
      to: '/app/contacts',
      search: { ...(search ? { search } : {}), ...(creating ? { create: 'contact' as const } : {}) },
      replace: true,
    })
  return (
    <>
      <ScreenHeading title={say('contacts.title')}>
        <Button tone="primary" icon={<UserPlus size={18} aria-hidden />} onClick={() => open(true)}>
          {say('contacts.new')}
        </Button>
      </ScreenHeading>
      <div className="relative mb-4 max-w-xl">
        <Search size={18} aria-hidden className="pointer-events-none absolute start-3 top-3.5 text-muted" />
        <input
          type="search"
          className="control ps-10"
          aria-label={say('contacts.search')}
          placeholder={say('contacts.search')}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </div>
      <Found search={search} />
      <Suspense>{create && <NewContact onClose={() => open(false)} />}</Suspense>
    </>
  )
}

function Found({ search }: { search: string }) {
  const say = useSay(contactWords)
  const sayApp = useSay(appWords)
  const list = useInfiniteQuery({ ...contactsQuery(search), placeholderData: (before) => before })
  switch (list.status) {
    case 'pending':
      return <Skeleton rows={8} label={sayApp('state.loading')} />
    case 'error':
      return <Failed error={list.error} retry={list.refetch} />
    case 'success':
      return (
        <>
          <p role="status" className="sr-only">
            {search && !list.isPlaceholderData ? say('contacts.found', { n: list.data.length }) : ''}
          </p>
          {list.data.length === 0 ? (
            <p className="py-6 text-muted">
              {search ? say('contacts.none_found', { search }) : say('contacts.none')}
            </p>
          ) : (
            <Card flush>
              <Table contacts={list.data} />
              {list.hasNextPage && (
                <div className="border-t border-border p-3 text-center">
                  <Button
                    small
                    tone="quiet"
                    busy={list.isFetchingNextPage}
                    onClick={() => void list.fetchNextPage()}
                  >
                    {sayApp('do.load_more')}
                  </Button>
                </div>
              )}
            </Card>
          )}
        </>
      )
  }
}

function Table({ contacts }: { contacts: Contact[] }) {
  const say = useSay(contactWords)
  const times = useTimes()
  const now = useNow()
  return (
    <table role="table" className="block w-full text-start @3xl:table">
      <thead role="rowgroup" className="sr-only @3xl:not-sr-only @3xl:table-header-group">
        <tr
          role="row"
          className="border-b border-border text-sm [&>th]:px-5 [&>th]:py-2 [&>th]:text-start [&>th]:font-medium [&>th]:text-muted"
        >
          {(
            [
              'contacts.column.name',
              'contacts.column.company',
              'contacts.column.last',
              'contacts.column.next',
            ] as const
          ).map((key) => (
            <th key={key} role="columnheader" scope="col">
              {say(key)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup" className="block divide-y divide-border @3xl:table-row-group">
        {contacts.map((contact) => (
          <tr
            key={contact.id}
            role="row"
            className="relative grid gap-1 px-5 py-3 hover:bg-sunken has-focus-visible:bg-sunken @3xl:table-row @3xl:[&>td]:px-5 @3xl:[&>td]:py-3"
          >
            <td role="cell">
              <span className="flex items-center gap-3">
                <Avatar name={contact.name} />
                <span className="min-w-0">
                  <Link
                    to="/app/contacts/$id"
                    params={{ id: contact.id }}
                    className="font-medium after:absolute after:inset-0"
                  >
                    {contact.name}
                  </Link>
                  <span className="block text-sm break-all text-muted">{contact.email}</span>
                </span>
              </span>
            </td>
            <td role="cell" className="hidden text-sm @3xl:table-cell">
              {contact.company?.name}
              {contact.jobTitle && <span className="block text-muted">{contact.jobTitle}</span>}
            </td>
            <td role="cell" className="hidden text-sm text-muted @3xl:table-cell">
              {contact.lastEntryAt === null ? say('contacts.last_none') : times.ago(contact.lastEntryAt, now)}
            </td>
            <td role="cell" className="ps-12 text-sm @3xl:ps-5">
              {contact.nextMeetingAt !== null && sentence(times.soon(contact.nextMeetingAt, now))}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
