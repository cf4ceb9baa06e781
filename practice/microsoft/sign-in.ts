import { randomBytes, randomUUID } from 'node:crypto'
import type { z } from 'zod'
import { MINUTE, type Instant } from '#core/time/model.ts'
import { mayReturnTo, peopleOf, type App } from './directory.ts'
import { page, sendBack, trouble, type EntraAnswer } from './entra-answer.ts'
import { authorizeQuery } from './entra-schema.ts'
import { html, type Html } from '../html.ts'
import { PERSONAL_TENANT, type Person } from './model.ts'
import type { PracticeStore } from './store.ts'
import { covers, plain, words } from './tokens.ts'

/** What a person reads about each permission: learn.microsoft.com/graph/permissions-reference */
const MEANING: Record<string, string> = {
  openid: 'Sign you in',
  profile: 'View your basic profile',
  email: 'View your email address',
  offline_access: 'Maintain access to data you have given it access to',
  'user.read': 'Sign you in and read your profile',
  'calendars.read': 'Read your calendars',
  'calendars.readwrite': 'Have full access to your calendars',
  'calendars.readwrite.shared': 'Read and write calendars you can access',
  'mailboxsettings.read': 'Read your mailbox settings',
  'mail.send': 'Send mail as you',
}

export type Request = z.infer<typeof authorizeQuery>
export type Code = { request: Request; person: string; until: Instant; used: boolean }
type Pending = { tenant: string; request: Request; person: string | null; until: Instant }

/** From the address a browser is sent to, over the account and the permissions, to a code: learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow */
export class SignIn {
  readonly codes = new Map<string, Code>()
  #pending = new Map<string, Pending>()
  #store: PracticeStore
  #app: App

  constructor(store: PracticeStore, app: App) {
    this.#store = store
    this.#app = app
  }

  authorize(tenant: string, query: URLSearchParams): EntraAnswer {
    const read = authorizeQuery.safeParse(Object.fromEntries(query))
    // Nothing is sent back to an address that is not the app's own.
    if (query.get('client_id') !== this.#app.id)
      return trouble(
        `AADSTS700016: Application with identifier '${query.get('client_id') ?? ''}' was not found in the directory.`,
      )
    const uri = query.get('redirect_uri') ?? ''
    if (!mayReturnTo(this.#app, uri))
      return trouble(
        `AADSTS50011: The redirect URI '${uri}' specified in the request does not match the redirect URIs configured for the application.`,
      )
    if (!read.success)
      return sendBack(
        { redirect_uri: uri, ...(query.get('state') === null ? {} : { state: query.get('state')! }) },
        {
          error: 'invalid_request',
          error_description: `AADSTS90014: The request is not valid: ${read.error.issues[0]!.path.join('.')}`,
        },
      )
    const request = read.data
    if (request.response_type !== 'code')
      return sendBack(request, {
        error: 'unsupported_response_type',
        error_description: 'AADSTS700054: response_type is not enabled for the application.',
      })
    if (!request.scope)
      return sendBack(request, {
        error: 'invalid_request',
        error_description: "AADSTS900144: The request body must contain the following parameter: 'scope'.",
      })
    const unknown = words(request.scope).find((scope) => !(plain(scope).toLowerCase() in MEANING))
    if (unknown)
      return sendBack(request, {
        error: 'invalid_client',
        error_description: `AADSTS650053: The application asked for scope '${unknown}' that doesn't exist on the resource.`,
      })
    if (request.prompt === 'none') return this.#silently(tenant, request)
    const id = randomBytes(24).toString('base64url')
    this.#pending.set(id, { tenant, request, person: null, until: this.#store.now() + 15 * MINUTE })
    return page('Pick an account', this.#chooser(tenant, id, request))
  }

  #silently(tenant: string, request: Request): EntraAnswer {
    const person = peopleOf(this.#store, tenant).find(
      (one) => one.email.toLowerCase() === request.login_hint?.toLowerCase(),
    )
    if (!person)
      return sendBack(request, {
        error: 'login_required',
        error_description: 'AADSTS50058: A silent sign-in request was sent but no user is signed in.',
      })
    if (!covers(person.consents[this.#app.id] ?? [], words(request.scope!)))
      return sendBack(request, {
        error: 'consent_required',
        error_description: 'AADSTS65001: The user or administrator has not consented to use the application.',
        error_subcode: 'consent_required',
      })
    return this.#code(request, person)
  }

  #chooser(tenant: string, id: string, { login_hint: hint }: Request): Html {
    const hinted = (person: Person) => Number(person.email.toLowerCase() === hint?.toLowerCase())
    const people = peopleOf(this.#store, tenant).sort((a, b) => hinted(b) - hinted(a))
    return html`<h1>Pick an account</h1>
      <p>to continue to Ritrovo</p>
      <form method="post" action="/${tenant}/oauth2/v2.0/authorize/account">
        <input type="hidden" name="request" value="${id}" />
        <ul>
          ${people.map((person) => html`<li><button name="account" value="${person.id}" ${hinted(person) ? html` autofocus` : ''}>${person.name}</button> <span>${person.email}</span>${person.tenant === PERSONAL_TENANT ? html` <small>personal account</small>` : ''}</li>`)}
        </ul>
        <button name="account" value="">Cancel</button>
      </form>`
  }

  #take(form: URLSearchParams): { id: string; pending: Pending } | null {
    const id = form.get('request') ?? ''
    const pending = this.#pending.get(id)
    return pending && pending.until > this.#store.now() ? { id, pending } : null
  }

  account(form: URLSearchParams): EntraAnswer {
    const taken = this.#take(form)
    if (!taken) return trouble('AADSTS50199: This sign-in has ended. Go back to the app and begin again.')
    const { id, pending } = taken
    const { tenant, request } = pending
    if (form.get('account') === '') return this.#decline(id, pending)
    const person = peopleOf(this.#store, tenant).find((one) => one.id === form.get('account'))
    if (!person)
      return trouble(
        `AADSTS50020: User account does not exist in tenant '${tenant}' and cannot access the application in that tenant.`,
      )
    pending.person = person.id
    const wanted = words(request.scope!)
    if (request.prompt !== 'consent' && covers(person.consents[this.#app.id] ?? [], wanted))
      return this.#finish(id, pending, person)
    // learn.microsoft.com/entra/identity/enterprise-apps/user-admin-consent-overview
    if (this.#store.tenants.get(person.tenant)?.admin === 'approval')
      return page(
        'Need admin approval',
        html`<h1>Need admin approval</h1>
          <p>
            Ritrovo needs permission to access resources in your organization that only an admin can grant.
          </p>
          ${this.#answers(tenant, id, html`<button name="answer" value="approval">Return to the application without granting consent</button>`)}`,
      )
    return page(
      'Permissions requested',
      html`<h1>Permissions requested</h1>
        <p>${person.email}</p>
        <p>Ritrovo would like to:</p>
        <ul>
          ${wanted.map((scope) => html`<li>${MEANING[plain(scope).toLowerCase()]}</li>`)}
        </ul>
        <p>
          Accepting these permissions means that you allow this app to use your data. You can change this at
          any time.
        </p>
        ${this.#answers(tenant, id, html`<button name="answer" value="yes">Yes</button> <button name="answer" value="no">No</button>`)}`,
    )
  }

  #answers = (tenant: string, id: string, buttons: Html): Html =>
    html`<form method="post" action="/${tenant}/oauth2/v2.0/authorize/consent">
      <input type="hidden" name="request" value="${id}" />${buttons}
    </form>`

  consent(form: URLSearchParams): EntraAnswer {
    const taken = this.#take(form)
    const person = this.#store.people.get(taken?.pending.person ?? '')
    if (!taken || !person)
      return trouble('AADSTS50199: This sign-in has ended. Go back to the app and begin again.')
    const { id, pending } = taken
    const approval = this.#store.tenants.get(person.tenant)?.admin === 'approval'
    if (approval) {
      this.#pending.delete(id)
      return sendBack(pending.request, {
        error: 'access_denied',
        error_subcode: 'cancel',
        error_description:
          'AADSTS90094: Ritrovo needs permission to access resources in your organization that only an admin can grant. Please ask an admin to grant permission to this app before you can use it.',
      })
    }
    if (form.get('answer') !== 'yes') return this.#decline(id, pending)
    // All or nothing: there are no boxes to untick.
    person.consents[this.#app.id] = [
      ...new Set([...(person.consents[this.#app.id] ?? []), ...words(pending.request.scope!)]),
    ]
    this.#store.save()
    return this.#finish(id, pending, person)
  }

  #decline(id: string, { request }: Pending): EntraAnswer {
    this.#pending.delete(id)
    return sendBack(request, {
      error: 'access_denied',
      error_subcode: 'cancel',
      error_description: 'AADSTS65004: User declined to consent to access the app.',
    })
  }

  #finish(id: string, { request }: Pending, person: Person): EntraAnswer {
    this.#pending.delete(id)
    return this.#code(request, person)
  }

  #code(request: Request, person: Person): EntraAnswer {
    const code = `1.AXoA${randomBytes(300).toString('base64url')}`
    this.codes.set(code, { request, person: person.id, until: this.#store.now() + 10 * MINUTE, used: false })
    return sendBack(request, { code, session_state: randomUUID() })
  }
}
