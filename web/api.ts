import type * as T from './api-types.ts'

/** An answer that says no (RFC 9457). `code` chooses the words; `more` holds what else the server told. */
export class ApiProblem extends Error {
  readonly status: number
  readonly code: string
  readonly fields: Readonly<Record<string, string>>
  readonly requestId: string | null
  readonly more: Readonly<Record<string, unknown>>

  constructor(status: number, code: string, body: Record<string, unknown> = {}) {
    super(`${status} ${code}`)
    this.status = status
    this.code = code
    this.fields = (body['fields'] as Record<string, string> | undefined) ?? {}
    this.requestId = (body['requestId'] as string | undefined) ?? null
    this.more = body
  }
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
type Query = Record<string, string | number | null | undefined>

const withQuery = (path: string, query: Query) => {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query))
    if (value !== null && value !== undefined && value !== '') search.set(name, String(value))
  return search.size ? `${path}?${search}` : path
}

async function call<Answer>(
  method: Method,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  let answer: Response
  try {
    answer = await fetch(path, {
      method,
      headers: {
        accept: 'application/json',
        'x-ritrovo': '1',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  } catch {
    throw new ApiProblem(0, 'unreachable')
  }
  if (answer.status === 204) return undefined as Answer
  const told: unknown = await answer.json().catch(() => null)
  if (answer.ok && told !== null) return told as Answer
  const problem = (told ?? {}) as Record<string, unknown>
  throw new ApiProblem(
    answer.status,
    typeof problem['code'] === 'string' ? problem['code'] : answer.ok ? 'bad-answer' : 'unexpected',
    problem,
  )
}

const get = <A>(path: string, query: Query = {}) => call<A>('GET', withQuery(path, query))
const post = <A>(path: string, body: unknown = {}) => call<A>('POST', path, body)
const patch = <A>(path: string, body: unknown) => call<A>('PATCH', path, body)
const put = <A>(path: string, body: unknown) => call<A>('PUT', path, body)
const remove = <A = void>(path: string) => call<A>('DELETE', path)

const V1 = '/api/v1'
const id = encodeURIComponent

export const accounts = {
  setup: (key: string | undefined) => get<T.SetupState>(`${V1}/setup`, { k: key }),
  setUp: (draft: T.FirstRunDraft) => post<T.Me>(`${V1}/setup`, draft),
  signIn: (draft: { email: string; password: string }) => post<T.Me>(`${V1}/sessions`, draft),
  signOut: () => remove(`${V1}/sessions/current`),
  me: () => get<T.Me>(`${V1}/me`),
  change: (change: T.ProfileChange) => patch<T.Me>(`${V1}/me`, change),
  changePassword: (draft: { current: string; next: string }) => post<void>(`${V1}/me/password`, draft),
  people: () => get<T.People>(`${V1}/people`),
  changePerson: (
    person: string,
    change: Partial<{ roleId: string; seat: T.Seat | null; disabled: boolean }>,
  ) => patch<T.Person>(`${V1}/people/${id(person)}`, change),
  invite: (draft: { email: string; roleId: string; seat?: T.Seat }) =>
    post<{ id: string; link: string }>(`${V1}/invitations`, draft),
  withdrawInvitation: (invitation: string) => remove(`${V1}/invitations/${id(invitation)}`),
  invitation: (token: string) => get<T.InvitationSeen>(`${V1}/invitations/by-token/${id(token)}`),
  acceptInvitation: (token: string, draft: T.NewcomerDraft) =>
    post<T.Me>(`${V1}/invitations/by-token/${id(token)}/accept`, draft),
  addRole: (draft: { name: string; permissions: T.Permission[] }) => post<T.Role>(`${V1}/roles`, draft),
  changeRole: (role: string, draft: Partial<{ name: string; permissions: T.Permission[] }>) =>
    patch<T.Role>(`${V1}/roles/${id(role)}`, draft),
  removeRole: (role: string) => remove(`${V1}/roles/${id(role)}`),
  changeWorkspace: (change: T.WorkspaceChange) => patch<T.Me>(`${V1}/workspace`, change),
}

export const contacts = {
  list: (search: string, cursor: string | null) =>
    get<{ contacts: T.Contact[]; next: string | null }>(`${V1}/contacts`, { search, cursor }),
  add: (draft: T.ContactDraft) => post<T.Contact>(`${V1}/contacts`, draft),
  one: (contact: string) => get<T.Contact>(`${V1}/contacts/${id(contact)}`),
  change: (contact: string, change: Partial<T.ContactDraft>) =>
    patch<T.Contact>(`${V1}/contacts/${id(contact)}`, change),
  remove: (contact: string) => remove(`${V1}/contacts/${id(contact)}`),
  timeline: (contact: string, cursor: string | null) =>
    get<{ entries: T.TimelineEntry[]; next: string | null }>(`${V1}/contacts/${id(contact)}/timeline`, {
      cursor,
    }),
  note: (contact: string, text: string) =>
    post<T.TimelineEntry>(`${V1}/contacts/${id(contact)}/notes`, { text }),
  /** Whether a meeting made here will be written and invited to, or only noted. */
  beforeMeeting: (contact: string) =>
    get<{ calendar: boolean }>(`${V1}/contacts/${id(contact)}/meetings/before`),
  meet: (contact: string, draft: T.MeetingDraft) =>
    post<T.Booking>(`${V1}/contacts/${id(contact)}/meetings`, draft),
}

export const calendars = {
  connections: () => get<{ connections: T.Connection[] }>(`${V1}/connections`),
  connectCaldav: (draft: T.CaldavDraft) => post<T.Connection>(`${V1}/connections/caldav`, draft),
  retry: (connection: string, password?: string) =>
    post<T.Connection>(
      `${V1}/connections/${id(connection)}/retry`,
      password === undefined ? {} : { password },
    ),
  disconnect: (connection: string) => remove<T.Disconnected>(`${V1}/connections/${id(connection)}`),
  change: (calendar: string, change: T.CalendarChange) =>
    patch<T.Connection>(`${V1}/calendars/${id(calendar)}`, change),
  consent: (connection: string) => get<T.Consent>(`${V1}/connections/${id(connection)}/consent`),
  /** The receipt as a file to keep. */
  consentFile: (connection: string) => `${V1}/connections/${id(connection)}/consent.json`,
  check: (connection: string) => post<{ steps: T.CheckStep[] }>(`${V1}/connections/${id(connection)}/check`),
}

export const connections = {
  offers: () => get<T.Offers>(`${V1}/connections/offers`),
  disclosure: (provider: T.TripProvider | 'caldav', mail: boolean) =>
    get<T.Disclosure>(`${V1}/connections/disclosure`, { provider, mail: String(mail) }),
  /** Where to sign in at the provider; the way back is the server's. */
  setOut: (trip: T.Trip) => post<{ url: string }>(`${V1}/connections/oauth`, trip),
  landing: (token: string) => get<T.Landing>(`${V1}/connections/landings/${id(token)}`),
  useLanding: (token: string, as?: 'replace' | 'add') =>
    post<T.Connection>(`${V1}/connections/landings/${id(token)}/use`, as ? { as } : {}),
  change: (connection: string, change: { roles: T.AccountRole[] }) =>
    patch<T.Connection>(`${V1}/connections/${id(connection)}`, change),
  linkMailbox: (connection: string, trip: Pick<T.Trip, 'provider' | 'textVersion' | 'locale'>) =>
    post<{ url: string }>(`${V1}/connections/${id(connection)}/mailbox`, trip),
  unlinkMailbox: (connection: string) => remove<unknown>(`${V1}/connections/${id(connection)}/mailbox`),
  endCalendar: (connection: string) => remove<T.Disconnected>(`${V1}/connections/${id(connection)}/calendar`),
  ledger: (connection: string | undefined, cursor: string | null) =>
    get<{ entries: T.LedgerEntry[]; next: string | null }>(`${V1}/access-ledger`, { connection, cursor }),
  ledgerFile: `${V1}/access-ledger.csv`,
}

export const administration = {
  apps: () => get<{ apps: T.ProviderApp[] }>(`${V1}/provider-apps`),
  saveApp: (provider: T.TripProvider, draft: T.ProviderAppDraft) =>
    put<T.ProviderApp>(`${V1}/provider-apps/${provider}`, draft),
  testApp: (provider: T.TripProvider) =>
    post<{ outcome: T.TestOutcome; detail?: string }>(`${V1}/provider-apps/${provider}/test`),
  removeApp: (provider: T.TripProvider) => remove(`${V1}/provider-apps/${provider}`),
  inboxes: () => get<{ inboxes: T.SharedInbox[] }>(`${V1}/shared-inboxes`),
  addInbox: (draft: T.SharedInboxDraft) => post<T.SharedInbox>(`${V1}/shared-inboxes`, draft),
  changeInbox: (inbox: string, draft: Pick<T.SharedInboxDraft, 'name' | 'provider' | 'members'>) =>
    patch<T.SharedInbox>(`${V1}/shared-inboxes/${id(inbox)}`, draft),
  removeInbox: (inbox: string) => remove(`${V1}/shared-inboxes/${id(inbox)}`),
}

export const pages = {
  list: () => get<{ pages: T.Page[] }>(`${V1}/pages`),
  one: (page: string) => get<T.Page>(`${V1}/pages/${id(page)}`),
  add: (draft: T.PageDraft) => post<T.Page>(`${V1}/pages`, draft),
  change: (page: string, change: T.PageChange) => patch<T.Page>(`${V1}/pages/${id(page)}`, change),
  clone: (page: string) => post<T.Page>(`${V1}/pages/${id(page)}/clone`),
  remove: (page: string) => remove(`${V1}/pages/${id(page)}`),
  preview: (page: string, draft: { eventType?: Partial<T.EventType>; schedule?: T.ScheduleDraft }) =>
    post<T.Preview>(`${V1}/pages/${id(page)}/preview`, draft),
  explain: (page: string, date: string) => get<T.Explained>(`${V1}/pages/${id(page)}/explain`, { date }),
}

export const schedules = {
  list: (owner?: string) => get<{ schedules: T.Schedule[] }>(`${V1}/schedules`, { owner }),
  add: (draft: T.ScheduleDraft) => post<T.Schedule>(`${V1}/schedules`, draft),
  change: (schedule: string, change: T.ScheduleChange) =>
    patch<T.Schedule>(`${V1}/schedules/${id(schedule)}`, change),
  remove: (schedule: string) => remove(`${V1}/schedules/${id(schedule)}`),
}

export const bookings = {
  list: (state: T.BookingTab, cursor: string | null) =>
    get<{ bookings: T.Booking[]; next: string | null }>(`${V1}/bookings`, { state, cursor }),
  one: (booking: string) => get<T.Booking>(`${V1}/bookings/${id(booking)}`),
  accept: (booking: string) => post<T.Booking>(`${V1}/bookings/${id(booking)}/accept`),
  decline: (booking: string, reason?: string) =>
    post<T.Booking>(`${V1}/bookings/${id(booking)}/decline`, reason ? { reason } : {}),
  propose: (booking: string, starts: number[]) =>
    post<T.Booking>(`${V1}/bookings/${id(booking)}/propose`, { starts }),
  cancel: (booking: string, reason?: string) =>
    post<T.Booking>(`${V1}/bookings/${id(booking)}/cancel`, reason ? { reason } : {}),
  move: (booking: string, draft: { start: number; duration?: number }) =>
    post<T.Booking>(`${V1}/bookings/${id(booking)}/move`, draft),
  sendAgain: (booking: string, kind: T.ResendableKind) =>
    post<T.Booking>(`${V1}/bookings/${id(booking)}/send-again`, { kind }),
  retryCalendar: (booking: string) => post<T.Booking>(`${V1}/bookings/${id(booking)}/retry-calendar`),
  today: () => get<T.Today>(`${V1}/today`),
  calendarChanges: () => get<{ changes: T.CalendarChangeSeen[] }>(`${V1}/calendar-changes`),
  settleChange: (change: string, way: 'follow' | 'keep' | 'ignore') =>
    post<unknown>(`${V1}/calendar-changes/${id(change)}/settle`, { way }),
  /** Books as a visitor would. `key` makes a second submit the same one. */
  bookAsVisitor: (pageUrl: string, draft: T.PublicBookingDraft, key: string) =>
    call<{ state: 'booked' | 'requested'; id: string; manageUrl: string }>(
      'POST',
      `/api/public${pageUrl}/bookings`,
      draft,
      { 'idempotency-key': key },
    ),
}

export const outbox = {
  list: () => get<{ letters: T.OutboxLetter[] }>(`${V1}/outbox`),
  one: (letter: string) => get<T.OpenedLetter>(`${V1}/outbox/${id(letter)}`),
  /** The letter as a page of its own, for a frame: our policy allows no inline style, a letter is made of them. */
  page: (letter: string) => `${V1}/outbox/${id(letter)}/html`,
}
