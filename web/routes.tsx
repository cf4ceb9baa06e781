import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { ApiProblem } from './api.ts'
import type { BookingTab } from './api-types.ts'
import { SECTIONS } from './event-types/sections.ts'
import { adopt } from './me.tsx'
import { meQuery, queryClient } from './queries.ts'
import { Crashed, Lost, Root } from './root.tsx'
import { Shell } from './shell.tsx'

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined
const oneOf = <const Value extends string>(values: readonly Value[], value: unknown): Value | undefined =>
  values.find((known) => known === value)
const given = <Search extends Record<string, unknown>>(search: Search) =>
  Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Search]?: Exclude<Search[Key], undefined>
  }

const TABS = ['upcoming', 'requests', 'past', 'cancelled'] as const satisfies BookingTab[]

const meetingsSearch = (search: Record<string, unknown>) =>
  given({
    tab: oneOf(TABS, search['tab']),
    connected: text(search['connected']),
    choose: search['choose'] === 1 ? (1 as const) : undefined,
    without: oneOf(['mail'], search['without']),
    landing: text(search['landing']),
    approved: search['approved'] === 1 ? (1 as const) : undefined,
    create: oneOf(['page'], search['create']),
  })

const root = createRootRoute({ component: Root, errorComponent: Crashed, notFoundComponent: Lost })

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/app' })
  },
})
const mailbox = createRoute({
  getParentRoute: () => root,
  path: '/outbox',
  beforeLoad: () => {
    throw redirect({ to: '/app/outbox' })
  },
})

// Where a trip to a provider comes back to.
const landed = createRoute({
  getParentRoute: () => root,
  path: '/meetings',
  validateSearch: (search) => search,
  beforeLoad: ({ search }) => {
    throw redirect({ to: '/app/meetings', search: meetingsSearch(search), replace: true })
  },
})

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: (search) => given({ to: text(search['to']) }),
  component: lazyRouteComponent(() => import('./accounts/sign-in.tsx'), 'SignIn'),
})
const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  validateSearch: (search) => given({ k: text(search['k']) }),
  component: lazyRouteComponent(() => import('./accounts/setup.tsx'), 'Setup'),
})
const invite = createRoute({
  getParentRoute: () => root,
  path: '/invite/$token',
  component: lazyRouteComponent(() => import('./accounts/accept-invitation.tsx'), 'AcceptInvitation'),
})

const app = createRoute({
  getParentRoute: () => root,
  path: '/app',
  component: Shell,
  beforeLoad: async ({ location }) => {
    try {
      adopt(await queryClient.ensureQueryData(meQuery))
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 401)
        throw redirect({
          to: '/login',
          search: location.href === '/app' ? {} : { to: location.href },
          replace: true,
        })
      throw error
    }
  },
})

const today = createRoute({
  getParentRoute: () => app,
  path: '/',
  component: lazyRouteComponent(() => import('./today.tsx'), 'Today'),
})
const meetings = createRoute({
  getParentRoute: () => app,
  path: '/meetings',
  validateSearch: meetingsSearch,
  component: lazyRouteComponent(() => import('./bookings/dashboard.tsx'), 'Dashboard'),
})
const meeting = createRoute({
  getParentRoute: () => app,
  path: '/meetings/$id',
  component: lazyRouteComponent(() => import('./bookings/meeting.tsx'), 'Meeting'),
})
const page = createRoute({
  getParentRoute: () => app,
  path: '/pages/$id',
  validateSearch: (search) => given({ section: oneOf(SECTIONS, search['section']) }),
  component: lazyRouteComponent(() => import('./event-types/editor.tsx'), 'Editor'),
})
const contacts = createRoute({
  getParentRoute: () => app,
  path: '/contacts',
  validateSearch: (search) =>
    given({ search: text(search['search']), create: oneOf(['contact'], search['create']) }),
  component: lazyRouteComponent(() => import('./contacts/list.tsx'), 'ContactList'),
})
const contact = createRoute({
  getParentRoute: () => app,
  path: '/contacts/$id',
  component: lazyRouteComponent(() => import('./contacts/record.tsx'), 'ContactRecord'),
})
const team = createRoute({
  getParentRoute: () => app,
  path: '/team',
  component: lazyRouteComponent(() => import('./accounts/team.tsx'), 'Team'),
})
const inboxes = createRoute({
  getParentRoute: () => app,
  path: '/team/inboxes',
  component: lazyRouteComponent(() => import('./connections/shared-inboxes.tsx'), 'SharedInboxes'),
})
const outbox = createRoute({
  getParentRoute: () => app,
  path: '/outbox',
  validateSearch: (search) => given({ letter: text(search['letter']) }),
  component: lazyRouteComponent(() => import('./mail/outbox.tsx'), 'Outbox'),
})
const more = createRoute({
  getParentRoute: () => app,
  path: '/more',
  component: lazyRouteComponent(() => import('./more.tsx'), 'More'),
})

const settings = createRoute({ getParentRoute: () => app, path: '/settings', component: Outlet })
const settingsHome = createRoute({
  getParentRoute: () => settings,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/app/settings/profile' })
  },
})
const profile = createRoute({
  getParentRoute: () => settings,
  path: '/profile',
  component: lazyRouteComponent(() => import('./accounts/profile.tsx'), 'Profile'),
})
const email = createRoute({
  getParentRoute: () => settings,
  path: '/email',
  component: lazyRouteComponent(() => import('./accounts/email.tsx'), 'Email'),
})
const calendar = createRoute({ getParentRoute: () => settings, path: '/calendar', component: Outlet })
const calendarHome = createRoute({
  getParentRoute: () => calendar,
  path: '/',
  validateSearch: (search) =>
    given({
      connect: oneOf(['now'], search['connect']),
      provider: oneOf(['google', 'microsoft'], search['provider']),
    }),
  component: lazyRouteComponent(() => import('./calendars/settings.tsx'), 'CalendarSettings'),
})
const ledger = createRoute({
  getParentRoute: () => calendar,
  path: '/ledger',
  validateSearch: (search) => given({ connection: text(search['connection']) }),
  component: lazyRouteComponent(() => import('./calendars/ledger.tsx'), 'AccessLedger'),
})
const providerApps = createRoute({
  getParentRoute: () => app,
  path: '/connections',
  component: lazyRouteComponent(() => import('./connections/provider-apps.tsx'), 'ProviderApps'),
})
const availability = createRoute({
  getParentRoute: () => settings,
  path: '/availability',
  validateSearch: (search) => given({ schedule: text(search['schedule']) }),
  component: lazyRouteComponent(() => import('./event-types/availability.tsx'), 'Availability'),
})
const notifications = createRoute({
  getParentRoute: () => settings,
  path: '/notifications',
  component: lazyRouteComponent(() => import('./accounts/notifications.tsx'), 'Notifications'),
})
const security = createRoute({
  getParentRoute: () => settings,
  path: '/security',
  component: lazyRouteComponent(() => import('./accounts/security.tsx'), 'Security'),
})

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    mailbox,
    landed,
    login,
    setup,
    invite,
    app.addChildren([
      today,
      meetings,
      meeting,
      page,
      contacts,
      contact,
      team,
      inboxes,
      providerApps,
      outbox,
      more,
      settings.addChildren([
        settingsHome,
        profile,
        email,
        calendar.addChildren([calendarHome, ledger]),
        availability,
        notifications,
        security,
      ]),
    ]),
  ]),
  defaultPreload: 'intent',
  defaultErrorComponent: Crashed,
  defaultNotFoundComponent: Lost,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
