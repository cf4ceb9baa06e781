import {
  Client,
  HTTPMessageHandler,
  RetryHandler,
  RetryHandlerOptions,
  type Context,
  type Middleware,
} from '@microsoft/microsoft-graph-client'
import type { PracticeMicrosoft } from './server.ts'

// The client attaches a token to https addresses only; this server speaks plain http to this machine.
class Bearer implements Middleware {
  #next: Middleware | null = null
  #token: string
  constructor(token: string) {
    this.#token = token
  }
  async execute(context: Context): Promise<void> {
    context.options = {
      ...context.options,
      headers: {
        ...(context.options?.headers as Record<string, string>),
        authorization: `Bearer ${this.#token}`,
      },
    }
    await this.#next!.execute(context)
  }
  setNext(next: Middleware): void {
    this.#next = next
  }
}

/** Microsoft's own client, signed in as someone of this server: a party that is not us. */
export function judge(
  practice: PracticeMicrosoft,
  email: string,
  options: { retries?: number; scope?: string; token?: string } = {},
): Client {
  const bearer = new Bearer(options.token ?? practice.grant(email, options.scope).accessToken)
  const retry = new RetryHandler(new RetryHandlerOptions(0, options.retries ?? 0))
  bearer.setNext(retry)
  retry.setNext(new HTTPMessageHandler())
  return Client.initWithMiddleware({
    baseUrl: `${practice.url}/`,
    defaultVersion: 'v1.0',
    middleware: bearer,
  })
}

/** A link of an answer as the client takes it: whole ones it knows with https only. */
export const follow = (practice: PracticeMicrosoft, link: unknown): string =>
  String(link).slice(`${practice.url}/v1.0`.length)

export const refused = async (
  promise: Promise<unknown>,
): Promise<{ status: number; code: string | null; message: string }> =>
  promise.then(
    () => {
      throw new Error('it was let through')
    },
    (error: { statusCode: number; code: string | null; message: string }) => ({
      status: error.statusCode,
      code: error.code,
      message: error.message,
    }),
  )
