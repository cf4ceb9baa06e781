import { HOUR, MINUTE } from '#core/time/model.ts'
import { AccessRevoked, NotFound, SlowDown, Unreachable } from '../provider.ts'
import type { UnreachableReason } from '../provider.ts'
import type { Answer } from './ask.ts'

const LONGEST_WAIT = HOUR
const USUAL_WAIT = MINUTE
const LONGEST_ERROR = 100_000

// https://learn.microsoft.com/graph/errors and the codes Exchange puts into `error.code`; Graph writes some of them
// in either case.
const THROTTLED =
  /^(ApplicationThrottled|MailboxConcurrency|TooManyRequests|activityLimitReached|ErrorServerBusy)$/i
const GONE =
  /^(ErrorItemNotFound|ErrorFolderNotFound|ErrorInvalidIdMalformed|ErrorInvalidId|ErrorCalendarFolderNotFound|itemNotFound)$/i
// A licence without Exchange, a mailbox on the company's own server, one that is being made or has been taken away.
const NO_MAILBOX =
  /^(MailboxNotEnabledForRESTAPI|MailboxNotSupportedForRESTAPI|MailboxNotFound|ErrorNonExistentMailbox|ErrorMissingEmailAddress)$/i
// While Exchange moves a mailbox from one machine to another.
const AWAY = /^(ErrorMailboxMoveInProgress|ErrorMailboxStoreUnavailable|ErrorInternalServerTransientError)$/i

/**
 * From an answer that is not the one we hoped for to the fault it is. Nothing of a body but a code of the right
 * shape reaches the message.
 */
export function faultOf({ status, headers, text, host }: Answer): Error {
  const { code } = errorIn(text)
  const said = `${host} answered ${status}${code === '' ? '' : ` (${code})`}`
  if (status === 401) return new AccessRevoked(said)
  if (NO_MAILBOX.test(code)) return new Unreachable(said, 'no-mailbox')
  if (status === 404 || status === 410 || GONE.test(code)) return new NotFound(said)
  const wait = retryAfter(headers)
  if (status === 429 || status === 509 || THROTTLED.test(code)) return new SlowDown(said, wait ?? USUAL_WAIT)
  if ((status === 503 || status === 504) && wait !== null) return new SlowDown(said, wait)
  return new Unreachable(said, AWAY.test(code) ? 'server-error' : reasonOf(status))
}

function reasonOf(status: number): UnreachableReason {
  if (status === 402 || status === 403 || status === 407 || status === 451) return 'forbidden'
  if (status === 409 || status === 412 || status === 423) return 'conflict'
  if (status === 413) return 'too-large'
  if (status === 408) return 'timeout'
  return status >= 500 ? 'server-error' : 'bad-answer'
}

/** What an error says of itself: its code, and the event that took our transactionId before. */
export function errorIn(text: string): { code: string; existing: string | null } {
  const nothing = { code: '', existing: null }
  if (text.length > LONGEST_ERROR || !text.includes('"error"')) return nothing
  try {
    const { error } = JSON.parse(text) as { error?: Record<string, unknown> | null }
    const code = error?.['code']
    const existing = error?.['@event.existingEventId']
    return {
      code: typeof code === 'string' && /^[\w.-]{1,80}$/.test(code) ? code : '',
      existing: typeof existing === 'string' && existing !== '' ? existing : null,
    }
  } catch {
    return nothing
  }
}

/**
 * Seconds or an HTTP-date (RFC 9110 §10.2.3), never less than a second nor more than an hour; null when nothing is
 * said (C01).
 */
function retryAfter(headers: Headers): number | null {
  const text = headers.get('retry-after')?.trim()
  if (text === undefined || text === '') return null
  const date = /^[A-Z][a-z]{2,8}, /.test(text)
  const wait = /^\d+$/.test(text) ? Number(text) * 1000 : date ? Date.parse(text) - Date.now() : NaN
  return Number.isNaN(wait) ? USUAL_WAIT : Math.min(Math.max(wait, 1000), LONGEST_WAIT)
}
