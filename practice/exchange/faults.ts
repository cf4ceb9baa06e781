/** A refusal in Exchange's own words: a code of ResponseCodeType, its sentence, and what MessageXml says beside. */
export type Refusal = { code: string; text?: string; backOff?: number }
export type Fault = {
  match?: {
    method?: string
    /** A prefix of the path, whatever its case, or a pattern of it. */ path?: string | RegExp
    /** The operation, such as `CreateItem`. */ operation?: string
    /** The address of who asks. */ user?: string
  }
  /** How many matching requests meet it: one unless said, Infinity for always. */
  times?: number
  status?: number
  headers?: Record<string, string>
  body?: string
  /** The socket is destroyed before or after the effect. */
  cut?: 'before' | 'after'
  /** A SOAP fault, in 500. */
  fault?: Refusal
  /** A response message that is an error, in 200; in the stead of every one. */
  message?: Refusal
  /** ResponseMessages with nothing in it. */
  empty?: boolean
  /** The work is done all the same, and then the fault told: what some servers do with a save. */
  saved?: boolean
  /** Another 401, whatever was shown. */
  unauthorized?: boolean
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

  take(seen: { method: string; path: string; operation: string | null; user: string | null }): Fault | null {
    const fits = ({ match = {} }: Fault) =>
      (!match.method || match.method === seen.method) &&
      (!match.operation || match.operation === seen.operation) &&
      (!match.user || match.user.toLowerCase() === seen.user?.toLowerCase()) &&
      (!match.path ||
        (typeof match.path === 'string'
          ? seen.path.toLowerCase().startsWith(match.path.toLowerCase())
          : match.path.test(seen.path)))
    const found = this.#waiting.find(fits)
    if (!found) return null
    if (--found.left === 0) this.#waiting.splice(this.#waiting.indexOf(found), 1)
    return found
  }
}
