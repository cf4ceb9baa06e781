import { inspect } from 'node:util'

const HIDDEN = '[secret]'

/** Text that nothing prints by accident: not a template, not JSON, not a log line, not an error. Only `open()` gives it. */
export class Secret {
  readonly #text: string
  constructor(text: string) {
    this.#text = text
  }
  open(): string {
    return this.#text
  }
  toString(): string {
    return HIDDEN
  }
  toJSON(): string {
    return HIDDEN
  }
  [Symbol.toPrimitive](): string {
    return HIDDEN
  }
  [inspect.custom](): string {
    return HIDDEN
  }
}
