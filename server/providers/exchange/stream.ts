import { setTimeout as sleep } from 'node:timers/promises'
import { MINUTE } from '#core/time/model.ts'
import { NotFound, SlowDown, Unreachable } from '../provider.ts'
import type { Session } from '../provider.ts'
import { addressOf, ask, messagesOf, only, questionOf, readReply } from './ask.ts'
import { ask as knock } from './door.ts'
import { unreached } from './faults.ts'
import { folderId } from './folder.ts'
import { child, childrenOf, textAt } from './parse.ts'
import { envelope, xml } from './soap.ts'

// The longest that Exchange keeps one answer open, and a little for its last words.
const OPEN = 29
const DEADLINE = (OPEN + 1) * MINUTE
// A line that died without a word is not waited for to the end: living servers say something about every minute.
const SILENCE = 5 * MINUTE
const PAUSES = [5_000, 15_000, MINUTE, 5 * MINUTE]
const LONGEST_ENVELOPE = 1_000_000

type Subscription = { id: string; cookies: string }

/**
 * Calls `onChange` soon after something changed in the calendar, over a connection that only ever leads out, until the signal ends it.
 * Whatever may have been missed counts as a change. Faults that do not pass by themselves are thrown.
 */
export async function listen(
  session: Session,
  calendar: string,
  onChange: () => void,
  signal: AbortSignal,
): Promise<void> {
  let subscription: Subscription | null = null
  let troubles = 0
  while (!signal.aborted)
    try {
      if (!subscription) {
        subscription = await subscribe(session, calendar)
        onChange()
      }
      await hearOut(session, subscription, onChange, signal)
      troubles = 0
    } catch (error) {
      if (signal.aborted) return
      if (!(error instanceof Lost)) {
        if (!passes(error) || troubles >= PAUSES.length) throw error
        const pause = error instanceof SlowDown ? error.retryAfter : PAUSES[troubles]!
        troubles++
        await sleep(pause, undefined, { signal }).catch(() => undefined)
      } else if (++troubles > PAUSES.length)
        throw new Unreachable('the server forgets whom it promised to tell', 'bad-answer')
      subscription = null
    }
}

/** The server no longer knows the subscription. */
class Lost extends Error {
  override name = 'Lost'
}

const PASSING: Unreachable['reason'][] = ['connect', 'timeout', 'server-error', 'dns']
const passes = (error: unknown): boolean =>
  error instanceof SlowDown || (error instanceof Unreachable && PASSING.includes(error.reason))

const EVENTS = ['CreatedEvent', 'DeletedEvent', 'ModifiedEvent', 'MovedEvent', 'CopiedEvent']

async function subscribe(session: Session, calendar: string): Promise<Subscription> {
  const types = EVENTS.map((name) => xml`<t:EventType>${name}</t:EventType>`)
  const reply = await ask(
    session,
    'Subscribe',
    xml`<m:Subscribe><m:StreamingSubscriptionRequest><t:FolderIds>${folderId(calendar)}</t:FolderIds><t:EventTypes>${types}</t:EventTypes></m:StreamingSubscriptionRequest></m:Subscribe>`,
  )
  const id = textAt(only(reply), 'SubscriptionId')
  if (id === '') throw new Unreachable(`${reply.host} promised nothing`, 'bad-answer')
  return { id, cookies: cookiesIn(reply.headers) }
}

/** A subscription lives on one server behind the front: its cookie leads there again. */
const cookiesIn = (headers: Headers): string =>
  headers
    .getSetCookie()
    .map((cookie) => cookie.split(';', 1)[0]!.trim())
    .filter((pair) => /^(X-BackEndOverrideCookie|exchangecookie)=[\x21-\x3a\x3c-\x7e]*$/i.test(pair))
    .join('; ')

/** One open answer to its end. */
async function hearOut(
  session: Session,
  { id, cookies }: Subscription,
  onChange: () => void,
  signal: AbortSignal,
): Promise<void> {
  const url = addressOf(session)
  const body = xml`<m:GetStreamingEvents><m:SubscriptionIds><t:SubscriptionId>${id}</t:SubscriptionId></m:SubscriptionIds><m:ConnectionTimeout>${OPEN}</m:ConnectionTimeout></m:GetStreamingEvents>`
  const { headers, body: content } = questionOf(session, envelope(body, false))
  const quiet = new AbortController()
  const watch = setTimeout(() => quiet.abort(), SILENCE)
  const question = {
    method: 'POST' as const,
    headers: cookies === '' ? headers : { ...headers, cookie: cookies },
    body: content,
    signal: AbortSignal.any([signal, quiet.signal]),
  }
  try {
    const response = await knock(session, url, question, { stream: true, deadline: DEADLINE })
    for await (const text of envelopes(response, url.host)) {
      watch.refresh()
      if (hear(url.host, response, text, onChange) === 'closed') return
    }
  } catch (error) {
    if (quiet.signal.aborted && !signal.aborted)
      throw new Unreachable(`${url.host} has fallen silent`, 'timeout')
    throw unreached(error, url.host)
  } finally {
    clearTimeout(watch)
  }
}

function hear(host: string, response: Response, text: string, onChange: () => void): 'open' | 'closed' {
  let closed = false
  for (const { element, code, fault } of messagesOf(
    readReply(host, response, text, 'GetStreamingEventsResponse'),
  )) {
    if (fault instanceof NotFound || LOST.includes(code)) throw new Lost(code)
    if (fault) throw fault
    const news = childrenOf(child(element, 'Notifications'), 'Notification').flatMap(
      ({ children }) => children,
    )
    if (news.some(({ name }) => name.endsWith('Event') && name !== 'StatusEvent')) onChange()
    closed ||= textAt(element, 'ConnectionStatus') === 'Closed'
  }
  return closed ? 'closed' : 'open'
}
const LOST = [
  'ErrorSubscriptionNotFound',
  'ErrorExpiredSubscription',
  'ErrorInvalidSubscription',
  'ErrorSubscriptionUnsubscribed',
  'ErrorMissedNotificationEvents',
  'ErrorInvalidWatermark',
  'ErrorReadEventsFailed',
  'ErrorProxiedSubscriptionCallFailure',
]

/** Envelopes stand one behind the other in one answer that does not end, each read as soon as it is whole. */
export async function* envelopes(response: Response, host: string): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let heard = ''
  for await (const chunk of response.body ?? []) {
    heard += decoder.decode(chunk, { stream: true })
    for (let end = endOf(heard); end > 0; end = endOf(heard)) {
      yield heard.slice(0, end)
      heard = heard.slice(end)
    }
    if (heard.length > LONGEST_ENVELOPE)
      throw new Unreachable(`${host} says something without end`, 'too-large')
  }
  // An answer that is none of EWS, such as an error page, ends without ever having been an envelope.
  if (heard.trim() !== '') yield heard
}

function endOf(text: string): number {
  const end = /<\/(?:[\w.-]+:)?Envelope\s*>/.exec(text)
  return end ? end.index + end[0].length : 0
}
