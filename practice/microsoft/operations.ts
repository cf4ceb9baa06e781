import type { z } from 'zod'
import type { Call, Reply } from './call.ts'
import type { Rounds } from './delta.ts'
import {
  calendarOf,
  cancelEvent,
  change,
  create,
  instances,
  list,
  read,
  remove,
  respond,
  view,
} from './events.ts'
import { send } from './mail.ts'
import * as people from './people.ts'
import { schedule } from './schedule.ts'
import * as schema from './schema.ts'
import * as subscriptions from './subscriptions.ts'

export type Operation = {
  method: string
  /** Segments; `{name}` is any one of them. */
  path: string[]
  name: string
  /** One of these permissions is enough. */
  scopes: string[]
  query: string[]
  body: z.ZodType | null
  /** What a good answer looks like; null for none at all. */
  answer: z.ZodType | null
  mailbox: boolean
  run(call: Call): Reply | Promise<Reply>
}

const READ = ['Calendars.Read', 'Calendars.ReadWrite']
const WRITE = ['Calendars.ReadWrite']
const LIST = ['$top', '$skip', '$select']
const WINDOW = ['startdatetime', 'enddatetime']
const EVENT = ['$select', '$expand']

/** Everything that can be asked of Graph here. */
export function operations(rounds: Rounds): Operation[] {
  const table: Operation[] = []
  const add = (
    method: string,
    path: string,
    scopes: string[],
    query: string[],
    body: z.ZodType | null,
    answer: z.ZodType | null,
    run: Operation['run'],
    mailbox = true,
  ) =>
    void table.push({
      method,
      path: path.split('/'),
      name: `${method} /${path}`,
      scopes,
      query,
      body,
      answer,
      run,
      mailbox,
    })
  add('GET', 'me', ['User.Read'], ['$select'], null, schema.me, people.me, false)
  add(
    'GET',
    'me/mailboxSettings',
    ['MailboxSettings.Read', 'MailboxSettings.ReadWrite'],
    [],
    null,
    schema.mailboxSettings,
    people.mailboxSettings,
  )
  add('GET', 'me/calendars', READ, LIST, null, schema.calendars, people.calendars)
  add('POST', 'me/sendMail', ['Mail.Send'], [], schema.sendMail, null, send)
  for (const root of ['me', 'me/calendar', 'me/calendars/{calendar}']) {
    if (root !== 'me') add('GET', root, READ, ['$select'], null, schema.calendar, people.calendar)
    if (root !== 'me')
      add('POST', `${root}/getSchedule`, READ, [], schema.getSchedule, schema.schedules, schedule)
    add(
      'GET',
      `${root}/calendarView`,
      READ,
      [...WINDOW, ...LIST, '$expand', '$orderby'],
      null,
      schema.events,
      view,
    )
    // No other option than these: learn.microsoft.com/graph/api/event-delta#odata-query-parameters
    add(
      'GET',
      `${root}/calendarView/delta`,
      READ,
      [...WINDOW, '$deltatoken', '$skiptoken'],
      null,
      schema.delta,
      (call) => rounds.read(call, calendarOf(call)),
    )
    add('GET', `${root}/events`, READ, [...LIST, '$expand', '$filter'], null, schema.events, list)
    add('POST', `${root}/events`, WRITE, EVENT, schema.eventPost, schema.event, create)
    add('GET', `${root}/events/{event}`, READ, EVENT, null, schema.event, read)
    add('PATCH', `${root}/events/{event}`, WRITE, EVENT, schema.eventPatch, schema.event, change)
    add('DELETE', `${root}/events/{event}`, WRITE, [], null, null, remove)
    add(
      'GET',
      `${root}/events/{event}/instances`,
      READ,
      [...WINDOW, ...LIST, '$expand'],
      null,
      schema.events,
      instances,
    )
    add('POST', `${root}/events/{event}/cancel`, WRITE, [], schema.cancel, null, cancelEvent)
    add('POST', `${root}/events/{event}/accept`, WRITE, [], schema.answer, null, respond('accepted'))
    add('POST', `${root}/events/{event}/decline`, WRITE, [], schema.answer, null, respond('declined'))
    add(
      'POST',
      `${root}/events/{event}/tentativelyAccept`,
      WRITE,
      [],
      schema.answer,
      null,
      respond('tentativelyAccepted'),
    )
  }
  add('GET', 'subscriptions', READ, [], null, schema.subscriptions, subscriptions.listSubscriptions, false)
  add(
    'POST',
    'subscriptions',
    READ,
    [],
    schema.subscriptionPost,
    schema.subscription,
    subscriptions.subscribe,
  )
  add(
    'GET',
    'subscriptions/{subscription}',
    READ,
    [],
    null,
    schema.subscription,
    subscriptions.readSubscription,
    false,
  )
  add(
    'PATCH',
    'subscriptions/{subscription}',
    READ,
    [],
    schema.subscriptionPatch,
    schema.subscription,
    subscriptions.renew,
    false,
  )
  add(
    'POST',
    'subscriptions/{subscription}/reauthorize',
    READ,
    [],
    null,
    null,
    subscriptions.reauthorize,
    false,
  )
  add('DELETE', 'subscriptions/{subscription}', READ, [], null, null, subscriptions.unsubscribe, false)
  return table
}
