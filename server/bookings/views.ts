import type { Locale } from '#core/locale/locale.ts'
import type { Instant, Span, Zone } from '#core/time/model.ts'
import type { BookingState, CalendarState, JoinState, Place, Question } from './model.ts'

/** What every page needs besides its own view. */
export type Frame = {
  locale: Locale
  /** Of this answer's content security policy. */
  nonce: string
  assets: Assets
  /** The name beside the mark. */
  workspace: string
  /** The address of this page; the language link and all others keep its query. */
  address: Address
}

/** Addresses of built files, null where there is none: the page works without each. */
export type Assets = { script: string | null; font: string | null; fontExtended: string | null }

/** `day` is a date, `week` any date of the first week to show, `zone` the resolved name and only if the visitor (or the browser) chose it, `clock` '12' or absent. */
export type Query = Partial<
  Record<'week' | 'day' | 'zone' | 'lang' | 'length' | 'clock' | 'slot' | 'hold' | 'ask', string>
>
export type Address = { path: string; query: Query }

export type Host = {
  /** "Giulia Ferri" */
  name: string
  /** What a sentence calls them: "Giulia". */
  callName: string
  zone: Zone
}

/** What a scheduling page says of itself. */
export type PageFacts = {
  /** "/giulia/consulenza": `/hold`, `/book` and `/release` are below it. */
  path: string
  title: string
  /** Plain text; an empty line parts paragraphs. */
  description: string
  host: Host
  place: Place
  /** Minutes; the switch is shown when there are several. */
  durations: number[]
  /** The chosen one of them. */
  length: number
  mode: PageMode
}

export type PageMode =
  /** `lastKnown`: the host's calendar has not answered since then, and the times are those it had. */
  | { kind: 'bookings'; lastKnown: Instant | null }
  /** Offline mode (S-012). */
  | { kind: 'requests' }
  | { kind: 'closed' }

/** A clock for one visitor. */
export type Clock = {
  now: Instant
  /** Whose wall clock the page shows. */
  zone: Zone
  /** False while it is only our guess: the script then offers the browser's own zone, once. */
  zoneChosen: boolean
  hour12: boolean
}

/** Why a day is empty, as far as a visitor may know. */
export type EmptyReason = 'past' | 'full' | 'closed' | 'notice' | 'horizon'

export type DayView = {
  /** YYYY-MM-DD in the visitor's zone. */
  date: string
  /** Starts, ascending. */
  slots: Instant[]
  /** Of a day without slots; null says nothing and makes it plain text instead of a link. */
  reason: EmptyReason | null
}

export type Calendar = {
  /** Whole weeks from a Monday, usually five. */
  days: DayView[]
  /** The Monday to show instead; null where there is nothing that way. */
  previous: string | null
  next: string | null
  /** The day whose slots are listed; null when no day shown has any. */
  day: string | null
  /** The three soonest starts of all. */
  soonest: Instant[]
  /** The first start outside the weeks shown, when these have none. */
  firstFree: Instant | null
  /** Whether the empty page may offer "Ask for another time" (`?ask=1`). */
  mayAsk: boolean
}

/** What a visitor has typed so far: given back as it was, never retyped. */
export type Typed = {
  name: string
  email: string
  /** As typed: addresses separated by commas. */
  guests: string
  consent: boolean
  /** By question id: one value, or several of a `many`; of a `check` '' or 'yes'. */
  answers: Record<string, string[]>
}

export type FieldError =
  | 'required'
  | 'email'
  | 'guests'
  | 'too-many'
  | 'too-long'
  | 'choice'
  | 'phone'
  | 'number'
  | 'date'
  | 'consent'
  | 'text'

/** The names of the form's fields: `name`, `email`, `guests`, `consent`, `q-<id>`. */
export type Form = {
  start: Instant
  /** Null where nothing is kept: requests, slots with several places. */
  hold: { token: string; until: Instant } | null
  /** The submit's idempotency key, new for each form and the same when it is shown again. */
  key: string
  typed: Typed
  errors: Record<string, FieldError>
  questions: Question[]
  guestsMax: number
  consent: { required: boolean; text: string } | null
  /** What went wrong besides fields: an unknown outcome, or a key that was used before. */
  notice: 'again' | 'sent-before' | null
}

/** The third column. */
export type Panel =
  | { kind: 'times' }
  /** Someone was quicker; `nearest` in order of time, usually two. */
  | { kind: 'taken'; lost: Instant; nearest: Instant[] }
  | { kind: 'form'; form: Form }
  /** Moving: the question before the POST. */
  | { kind: 'move'; to: Instant }

/** The booking page, and with `moving` the same picker for `/b/:token/move`. */
export type PickerView = {
  facts: PageFacts
  clock: Clock
  calendar: Calendar
  panel: Panel
  /** Typed before another time had to be chosen: carried along by the slot buttons as hidden fields, so `/hold` gets it back. */
  kept: Typed | null
  /** The visitor's hold to give back when another slot is chosen. */
  hold: string | null
  /** `?zone=` named no zone or several: the choice opens with the zones found, or with all when there are none. */
  zoneSearch: { text: string; found: Zone[] } | null
  moving: { token: string; from: Span } | null
}

/** One booking as its visitor sees it at `/b/:token`. */
export type BookingView = {
  token: string
  title: string
  host: Host
  place: Place
  /** Of a link that the calendar makes: whether it is there, and where it leads. */
  join: JoinState
  joinUrl: string | null
  start: Instant
  end: Instant
  state: BookingState
  calendar: CalendarState
  clock: Clock
  visitor: { name: string; email: string }
  guests: string[]
  /** What became of the invitation letter. */
  invitation: 'none' | 'waiting' | 'sent' | 'failed'
  /** Right after booking (`?new=1`), after moving (`?moved=1`), or when a booking had to become a request (`&now-request=1`). */
  fresh: 'booked' | 'moved' | 'now-request' | null
  /** Seconds after which a page without script looks again while the calendar is being written; null to stop. */
  refresh: number | null
  /** Times the host proposed instead; non-empty only while requested. */
  proposed: Instant[]
  cancelledBy: 'visitor' | 'host' | 'calendar' | null
  reason: string | null
  /** Where another time can be chosen; null when the page is gone. */
  pagePath: string | null
  mayMove: boolean
  mayCancel: boolean
}

/** `/b/:token/cancel`. */
export type CancelView = { booking: BookingView; reason: string; notice: 'again' | null }

/** `/b/:token/proposal`: each time is a button of a POST form to `/b/:token/accept`. */
export type ProposalView = {
  booking: BookingView
  /** The one whose link was opened. */
  chosen: Instant | null
  /** The one that was just lost, with free times nearby; these lead to the question of `/b/:token/move?slot=`. */
  taken: { lost: Instant; nearest: Instant[] } | null
}

/** `/:host`. */
export type LandingView = {
  name: string
  pages: { path: string; title: string; description: string; durations: number[]; mode: PageMode['kind'] }[]
}

/** `/privacy`. */
export type PrivacyView = { contact: string | null }

/** A page for when there is nothing else to show: plain, static, without script. */
export type MessageView = {
  kind: 'not-found' | 'gone' | 'too-many' | 'failed' | 'maintenance' | 'refused'
  requestId: string | null
  /** Seconds to wait, of 'too-many'. */
  retryAfter: number | null
  /** The address of whoever runs the server. */
  contact: string | null
  /** A path to go back to. */
  back: string | null
}
