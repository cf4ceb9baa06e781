import {
  infiniteQueryOptions,
  MutationCache,
  QueryCache,
  QueryClient,
  queryOptions,
} from '@tanstack/react-query'
import {
  accounts,
  administration,
  ApiProblem,
  bookings,
  calendars,
  connections,
  contacts,
  outbox,
  pages,
  schedules,
} from './api.ts'
import type { BookingTab, TripProvider } from './api-types.ts'
import { endSession } from './session.ts'

const ended = (error: unknown) => {
  if (error instanceof ApiProblem && error.status === 401 && error.code === 'not-signed-in') endSession()
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, query) => (query.queryKey[0] === 'me' ? undefined : ended(error)),
  }),
  mutationCache: new MutationCache({ onError: ended }),
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      // Trying again helps against a lost connection, not against a "no".
      retry: (failures, error) =>
        failures < 2 && error instanceof ApiProblem && (error.status === 0 || error.status >= 500),
      retryDelay: (failures) => 400 * 2 ** failures,
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
})

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: accounts.me,
  staleTime: 60_000,
  retry: false,
})
export const peopleQuery = queryOptions({ queryKey: ['people'], queryFn: accounts.people })
export const todayQuery = queryOptions({
  queryKey: ['today'],
  queryFn: bookings.today,
  refetchInterval: 60_000,
})
export const pagesQuery = queryOptions({
  queryKey: ['pages'],
  queryFn: pages.list,
  select: ({ pages }) => pages,
})
export const pageQuery = (id: string) =>
  queryOptions({ queryKey: ['pages', id], queryFn: () => pages.one(id) })
export const schedulesQuery = queryOptions({
  queryKey: ['schedules'],
  queryFn: () => schedules.list(),
  select: ({ schedules }) => schedules,
})
export const schedulesOfQuery = (owner: string) =>
  queryOptions({
    queryKey: ['schedules', owner],
    queryFn: () => schedules.list(owner),
    select: ({ schedules }) => schedules,
  })
export const connectionsQuery = queryOptions({
  queryKey: ['connections'],
  queryFn: calendars.connections,
  select: ({ connections }) => connections,
})
export const offersQuery = queryOptions({ queryKey: ['offers'], queryFn: connections.offers })
export const disclosureQuery = (provider: TripProvider | 'caldav', mail: boolean) =>
  queryOptions({
    queryKey: ['disclosure', provider, mail],
    queryFn: () => connections.disclosure(provider, mail),
    staleTime: Infinity,
  })
export const ledgerQuery = (connection: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['ledger', connection],
    queryFn: ({ pageParam }) => connections.ledger(connection, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    select: ({ pages }) => pages.flatMap(({ entries }) => entries),
  })
export const providerAppsQuery = queryOptions({
  queryKey: ['provider-apps'],
  queryFn: administration.apps,
  select: ({ apps }) => apps,
})
export const sharedInboxesQuery = queryOptions({
  queryKey: ['shared-inboxes'],
  queryFn: administration.inboxes,
  select: ({ inboxes }) => inboxes,
})
export const calendarChangesQuery = queryOptions({
  queryKey: ['calendar-changes'],
  queryFn: bookings.calendarChanges,
  select: ({ changes }) => changes,
  refetchInterval: 60_000,
})
export const bookingsQuery = (tab: BookingTab) =>
  infiniteQueryOptions({
    queryKey: ['bookings', tab],
    queryFn: ({ pageParam }) => bookings.list(tab, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    select: ({ pages }) => pages.flatMap(({ bookings }) => bookings),
  })
export const bookingQuery = (id: string) =>
  queryOptions({ queryKey: ['booking', id], queryFn: () => bookings.one(id) })
export const contactsQuery = (search: string) =>
  infiniteQueryOptions({
    queryKey: ['contacts', search],
    queryFn: ({ pageParam }) => contacts.list(search, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    select: ({ pages }) => pages.flatMap(({ contacts }) => contacts),
  })
export const contactQuery = (id: string) =>
  queryOptions({ queryKey: ['contact', id], queryFn: () => contacts.one(id) })
export const timelineQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['timeline', id],
    queryFn: ({ pageParam }) => contacts.timeline(id, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    select: ({ pages }) => pages.flatMap(({ entries }) => entries),
  })
export const outboxQuery = queryOptions({
  queryKey: ['outbox'],
  queryFn: outbox.list,
  select: ({ letters }) => letters,
})
export const letterQuery = (id: string) =>
  queryOptions({ queryKey: ['outbox', id], queryFn: () => outbox.one(id), staleTime: Infinity })

const again = (...keys: string[]) =>
  Promise.all(keys.map((key) => queryClient.invalidateQueries({ queryKey: [key] })))
/** After a booking changed: wherever it may be shown. */
export const bookingsChanged = () =>
  again('bookings', 'booking', 'today', 'timeline', 'contact', 'contacts', 'pages', 'calendar-changes')
/** After a page or its hours changed. */
export const pagesChanged = () => again('pages', 'schedules', 'today')
/** After a connection or a calendar changed: pages may have gone offline or come back. */
export const calendarsChanged = () => again('connections', 'offers', 'pages', 'today', 'ledger')
/** After the way to a provider changed: what is offered follows. */
export const providerAppsChanged = () => again('provider-apps', 'offers')
export const sharedInboxesChanged = () => again('shared-inboxes', 'connections', 'offers', 'pages')
export const contactsChanged = () => again('contact', 'contacts', 'timeline')
export const peopleChanged = () => again('people')
