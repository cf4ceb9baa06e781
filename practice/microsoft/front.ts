import type { IncomingMessage } from 'node:http'
import { errorBody, GraphError } from './call.ts'
import type { Entra } from './entra.ts'
import type { Graph } from './graph.ts'
import { ownerActs, ownerPage } from './owner.ts'
import { graphError } from './schema.ts'
import type { PracticeStore } from './store.ts'
import { json, readable, type Told } from './wire.ts'

/** Who answers what: Graph under /v1.0, the person's own page at /, and Entra behind every tenant. */
export class Front {
  #store: PracticeStore
  #graph: Graph
  #entra: Entra

  constructor(store: PracticeStore, graph: Graph, entra: Entra) {
    this.#store = store
    this.#graph = graph
    this.#entra = entra
  }

  async answer(
    method: string,
    at: URL,
    request: IncomingMessage,
    text: string,
    crowded: boolean,
  ): Promise<Told> {
    const path = at.pathname
    const other = ({
      status,
      headers,
      body,
    }: {
      status: number
      headers: Record<string, string>
      body: string
    }): Told => ({ status, headers, body, answer: readable(body, headers['content-type']) })
    if (path.startsWith('/v1.0/')) return this.#graphAnswer(method, at, request, text, crowded)
    if (path === '/oidc/userinfo') return this.#userinfo(request)
    if (path === '/' && method === 'GET')
      return other({
        status: 200,
        headers: { 'content-type': 'text/html; charset=utf-8' },
        body: ownerPage(this.#store, at.searchParams.get('user')),
      })
    if (path.startsWith('/events/') && method === 'POST') {
      // Only this server's own page may act for the person in front of it.
      const from = request.headers.origin
      if (from !== undefined && from !== `http://${request.headers.host}`)
        return other({ status: 403, headers: { 'content-type': 'text/plain' }, body: 'Forbidden' })
      return other(ownerActs(this.#store, path, new URLSearchParams(text)))
    }
    const found = this.#entra.serve(method, path, at.searchParams, request.headers, text)
    return other(found ?? { status: 404, headers: { 'content-type': 'text/plain' }, body: 'Not found' })
  }

  async #graphAnswer(
    method: string,
    at: URL,
    request: IncomingMessage,
    text: string,
    crowded: boolean,
  ): Promise<Told> {
    try {
      // The code as answered: github.com/magodo/terraform-provider-outlook/issues/21
      if (crowded)
        throw new GraphError(
          429,
          'ApplicationThrottled',
          'Application is over its MailboxConcurrency limit.',
          { headers: { 'retry-after': '1' } },
        )
      const reply = await this.#graph.serve({
        method,
        path: at.pathname,
        query: at.searchParams,
        headers: request.headers,
        text,
      })
      return json(reply.status, reply.body, reply.headers)
    } catch (error) {
      const refused =
        error instanceof URIError ? new GraphError(400, 'BadRequest', 'The request URI is not valid.') : error
      if (!(refused instanceof GraphError)) throw refused
      const id = request.headers['client-request-id']
      return json(
        refused.status,
        graphError.parse(errorBody(refused, typeof id === 'string' ? id : null)),
        refused.headers,
      )
    }
  }

  #userinfo(request: IncomingMessage): Told {
    const caller = this.#graph.caller(request.headers)
    if (!caller || caller.until <= this.#store.now())
      return json(
        401,
        errorBody({ code: 'InvalidAuthenticationToken', message: 'Access token is empty.' }, null),
      )
    return json(200, { sub: caller.person.id, name: caller.person.name, email: caller.person.email })
  }
}
