export type Fault = {
  match?: {
    method?: string
    /** A prefix of the path, or a pattern of it. */ path?: string | RegExp
    /** A row of Graph's table, such as `POST /me/events`. */ feature?: string
    user?: string
  }
  /** How many matching requests meet it: one unless said, Infinity for always. */
  times?: number
  status?: number
  headers?: Record<string, string>
  body?: string | object
  /** The socket is destroyed before or after the effect. */
  cut?: 'before' | 'after'
  delayMs?: number
}

/** What goes wrong next: each fault is met by the first requests that match it, then it is over. */
export class Faults {
  #waiting: (Fault & { left: number })[] = []

  next(fault: Fault): void {
    this.#waiting.push({ ...fault, left: fault.times ?? 1 })
  }

  clear(): void {
    this.#waiting = []
  }

  take({
    method,
    path,
    feature,
    user,
  }: {
    method: string
    path: string
    feature: string | null
    user: string | null
  }): Fault | null {
    const fits = ({ match = {} }: Fault) =>
      (!match.method || match.method === method) &&
      (!match.feature || match.feature === feature) &&
      (!match.user || match.user === user) &&
      (!match.path || (typeof match.path === 'string' ? path.startsWith(match.path) : match.path.test(path)))
    const found = this.#waiting.find(fits)
    if (!found) return null
    if (--found.left === 0) this.#waiting.splice(this.#waiting.indexOf(found), 1)
    return found
  }
}
