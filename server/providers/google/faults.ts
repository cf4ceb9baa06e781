import { HOUR, MINUTE } from '#core/time/model.ts'
import { AccessRevoked, NotFound, SlowDown, Unreachable } from '../provider.ts'
import type { UnreachableReason } from '../provider.ts'
import type { Answer } from './ask.ts'

const LONGEST_WAIT = HOUR
const USUAL_WAIT = MINUTE
const LONGEST_ERROR = 100_000

// https://developers.google.com/workspace/calendar/api/guides/errors: asked again too soon, each try counts against the quota too.
const SOON = new Set(['rateLimitExceeded', 'userRateLimitExceeded', 'RATE_LIMIT_EXCEEDED'])
// The day's share, or what one calendar may take in some hours: asking again within the hour changes nothing.
const MUCH_LATER = new Set([
  'quotaExceeded',
  'dailyLimitExceeded',
  'calendarLimitExceeded',
  'variableTermLimitExceeded',
])

/** From an answer that is not the one we hoped for to the fault it is. Nothing of a body but a word we know reaches the message. */
export function faultOf({ status, headers, text, host }: Answer): Error {
  const reasons = reasonsIn(text)
  const known = reasons.find((reason) => SOON.has(reason) || MUCH_LATER.has(reason))
  const said = `${host} answered ${status}${known === undefined ? '' : ` (${known})`}`
  // A 401 about the address of a channel says nothing about the person's access.
  if (status === 401 && !reasons.some((reason) => /webhook/i.test(reason))) return new AccessRevoked(said)
  if (status === 404 || status === 410) return new NotFound(said)
  if (status === 403 || status === 429) {
    if (known !== undefined && MUCH_LATER.has(known)) return new SlowDown(said, LONGEST_WAIT)
    if (known !== undefined || status === 429) return new SlowDown(said, retryAfter(headers) ?? USUAL_WAIT)
  }
  const wait = retryAfter(headers)
  if (status === 503 && wait !== null) return new SlowDown(said, wait)
  return new Unreachable(said, reasonOf(status))
}

function reasonOf(status: number): UnreachableReason {
  if (status === 401 || status === 402 || status === 403 || status === 407 || status === 451)
    return 'forbidden'
  if (status === 405 || status === 501) return 'not-this-protocol'
  if (status === 409 || status === 412) return 'conflict'
  if (status === 413) return 'too-large'
  if (status === 408) return 'timeout'
  return status >= 500 ? 'server-error' : 'bad-answer'
}

/** The words an error names its cause by: `errors[].reason` of the older form, `details[].reason` of the newer. */
export function reasonsIn(text: string): string[] {
  if (text.length > LONGEST_ERROR || !text.includes('"error"')) return []
  try {
    const { error } = JSON.parse(text) as { error?: { errors?: unknown; details?: unknown } }
    return [error?.errors, error?.details]
      .flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []))
      .map((each) => (each as { reason?: unknown } | null)?.reason)
      .filter((reason) => typeof reason === 'string')
  } catch {
    return []
  }
}

/** Seconds or an HTTP-date (RFC 9110 §10.2.3), never less than a second nor more than an hour; null when nothing is said. */
function retryAfter(headers: Headers): number | null {
  const text = headers.get('retry-after')?.trim()
  if (text === undefined || text === '') return null
  const wait = /^\d+$/.test(text)
    ? Number(text) * 1000
    : /^[A-Z][a-z]{2,8}, /.test(text)
      ? Date.parse(text) - Date.now()
      : NaN
  return Number.isNaN(wait) ? USUAL_WAIT : Math.min(Math.max(wait, 1000), LONGEST_WAIT)
}
