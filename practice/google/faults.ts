import { MINUTE } from '#core/time/model.ts'
import type { Logged } from './log.ts'
import { errorBody, refuse } from './refusal.ts'
import type { Reply } from './reply.ts'

export type Fault = {
  match?: { method?: string; path?: string | RegExp; feature?: string; user?: string }
  /** How often; once unless said, Infinity for always. */
  times?: number
  /** Answered instead of doing anything. */
  status?: number
  /** Google's own error body for this reason, with its usual status unless another is named. */
  reason?: string
  headers?: Record<string, string>
  /** An object goes out as JSON, a string as it is. */
  body?: unknown
  /** The line goes dead before, or after, the request took effect. */
  cut?: 'before' | 'after'
  delayMs?: number
}
type Limit = { perMinute: number; status: 403 | 429; reason: string }

/** What goes wrong on purpose, in the order it was asked for. */
export class Faults {
  #waiting: { fault: Fault; left: number }[] = []
  #limit: Limit | null = null
  #made = new Map<string, number[]>()

  next(fault: Fault): void {
    this.#waiting.push({ fault, left: fault.times ?? 1 })
  }

  clear(): void {
    this.#waiting = []
    this.#limit = null
  }

  /** Requests a person’s tokens may make in a minute; null ends it. */
  limitUsers(
    perMinute: number | null,
    answer: {
      status?: 403 | 429
      reason?: 'rateLimitExceeded' | 'userRateLimitExceeded' | 'quotaExceeded'
    } = {},
  ): void {
    this.#made.clear()
    this.#limit =
      perMinute === null
        ? null
        : { perMinute, status: answer.status ?? 403, reason: answer.reason ?? 'userRateLimitExceeded' }
  }

  /** The fault this request runs into, if any. */
  take(request: Logged): Fault | null {
    const index = this.#waiting.findIndex(({ fault }) => meets(fault.match ?? {}, request))
    const found = this.#waiting[index]
    if (!found) return null
    if (--found.left <= 0) this.#waiting.splice(index, 1)
    return found.fault
  }

  /** developers.google.com/workspace/calendar/api/guides/quota: so many a minute, counted per person. */
  count(user: string, now: number): void {
    if (!this.#limit) return
    const recent = (this.#made.get(user) ?? []).filter((at) => at > now - MINUTE)
    if (recent.length >= this.#limit.perMinute) throw refuse(this.#limit.reason, this.#limit.status)
    this.#made.set(user, [...recent, now])
  }
}

function meets({ method, path, feature, user }: NonNullable<Fault['match']>, request: Logged): boolean {
  if (method !== undefined && method !== request.method) return false
  if (feature !== undefined && feature !== request.feature) return false
  if (user !== undefined && user !== request.user) return false
  return (
    path === undefined || (typeof path === 'string' ? request.path.includes(path) : path.test(request.path))
  )
}

/** The answer a fault gives in place of the server's; null when it lets the request through. */
export function answerOf({ status, reason, headers, body }: Fault): Reply | null {
  if (status === undefined && reason === undefined && body === undefined) return null
  const refusal = reason === undefined ? null : refuse(reason, status)
  return {
    status: status ?? refusal?.status ?? 200,
    headers: headers ?? {},
    body: body ?? (refusal ? errorBody(refusal) : undefined),
  }
}
