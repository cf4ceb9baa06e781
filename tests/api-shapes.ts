/** What the browser reads is what the server answers: a field that one of the two renames is a compile error here. */
import type * as accounts from '#server/accounts/model.ts'
import type * as bookings from '#server/bookings/model.ts'
import type * as calendars from '#server/calendars/model.ts'
import type * as contacts from '#server/contacts/model.ts'
import type * as eventTypes from '#server/event-types/model.ts'
import type * as mail from '#server/mail/model.ts'
import type * as web from '#web/api-types.ts'

// JSON knows no undefined: what is optional is there or it is not.
type Json<T> = T extends (infer Item)[]
  ? Json<Item>[]
  : T extends object
    ? { [Key in keyof T]: Json<Exclude<T[Key], undefined>> }
    : T

type Read<Web, Server extends Web> = Server
type Sent<Server, Web extends Server> = Web

export type Answers = [
  Read<web.Me, Json<accounts.Me>>,
  Read<web.People, Json<accounts.People>>,
  Read<web.Contact, Json<contacts.Contact>>,
  Read<web.TimelineEntry, Json<contacts.TimelineEntry>>,
  Read<web.Connection, Json<calendars.Connection>>,
  Read<web.CheckStep, Json<calendars.CheckStep>>,
  Read<web.Page, Json<eventTypes.Page>>,
  Read<web.Schedule, Json<eventTypes.Schedule>>,
  // The state of a letter travels as any text; the app knows the six there are.
  Read<Omit<web.Booking, 'letters'>, Json<bookings.Booking>>,
  Read<web.OutboxLetter, Json<mail.OutboxLetter>>,
  Read<web.OpenedLetter, Json<mail.OpenedLetter>>,
]

export type Questions = [
  Sent<accounts.ProfileChange, web.ProfileChange>,
  Sent<accounts.WorkspaceChange, web.WorkspaceChange>,
  Sent<accounts.FirstRun, web.FirstRunDraft>,
  Sent<calendars.ConnectCaldav, web.CaldavDraft>,
  Sent<calendars.CalendarChange, web.CalendarChange>,
  Sent<eventTypes.PageDraft, web.PageDraft>,
  Sent<eventTypes.ScheduleDraft, web.ScheduleDraft>,
  Sent<eventTypes.ScheduleChange, web.ScheduleChange>,
]
