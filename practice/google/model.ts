import type { Zone } from '#core/time/model.ts'
import type { Event } from './schema.ts'

export type Role = 'freeBusyReader' | 'reader' | 'writer' | 'owner'
export type ResponseStatus = 'needsAction' | 'declined' | 'tentative' | 'accepted'
export type GoogleUser = {
  /** The subject of its id_token. */
  id: string
  email: string
  name: string
  zone: Zone
  /** The app is in testing for this person: refresh tokens die after seven days. */
  testing: boolean
  /** This person meets the "Google hasn’t verified this app" page. */
  unverified: boolean
}
/** `waits`: how many more reads see the conference pending, and until when at the latest. */
export type Stored = {
  event: Event
  born: number
  changed: number
  waits: { reads: number; until: number } | null
}
/** One change: how the event was before it, null when it was not there. */
export type Before = { at: number; id: string; before: Event | null }
export type GoogleCalendar = {
  id: string
  owner: string
  summary: string
  zone: Zone
  color: string
  conference: string[]
  /** Cancelled ones stay: their ids stay taken. */
  stored: Map<string, Stored>
  /** Ids of the stored exceptions of each series. */
  exceptions: Map<string, Set<string>>
  journal: Before[]
  /** What happened before this no sync token can tell any more. */
  floor: number
  updated: number
}
/** A calendar in a person's list. */
export type Listed = {
  calendarId: string
  role: Role
  primary: boolean
  color: string
  hidden: boolean
  deleted: boolean
  changed: number
}
/** A letter Google itself sent because of `sendUpdates`. */
export type GoogleLetter = {
  kind: 'invitation' | 'update' | 'cancellation'
  to: string
  calendarId: string
  eventId: string
  at: number
}
/** A message sent through Gmail; `to` is everyone it goes to. */
export type SentMessage = {
  id: string
  threadId: string
  user: string
  from: string
  to: string[]
  subject: string
  raw: string
  at: number
}
export type GoogleChannel = {
  id: string
  resourceId: string
  calendarId: string
  user: string
  address: string
  token: string | null
  expiration: number
  number: number
}
