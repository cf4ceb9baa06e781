import { scopesOf, SIGN_IN } from './grants.ts'
import { METHODS } from './methods.ts'
import { authorizeQuery, type AuthorizeQuery } from './oauth-schema.ts'
import type { App } from './oauth.ts'
import { html, page, redirect, type Markup, type Reply } from './reply.ts'
import type { GoogleUser } from './model.ts'

const KNOWN = new Set([...SIGN_IN, ...METHODS.flatMap((method) => method.scopes)])
const MEANING: Record<string, string> = {
  'https://www.googleapis.com/auth/calendar':
    'See, edit, share, and permanently delete all the calendars you can access',
  'https://www.googleapis.com/auth/calendar.events': 'View and edit events on all your calendars',
  'https://www.googleapis.com/auth/calendar.calendarlist.readonly':
    'See the list of calendars you are subscribed to',
  'https://www.googleapis.com/auth/calendar.freebusy': 'View your availability in your calendars',
  'https://www.googleapis.com/auth/calendar.events.freebusy':
    'See the availability on calendars you have access to',
  'https://www.googleapis.com/auth/gmail.send': 'Send email on your behalf',
}

// developers.google.com/identity/protocols/oauth2/web-server#authorization-errors: shown to the person, never sent back to the app.
const blocked = (status: number, code: string, why: string): Reply =>
  page(
    'Access blocked: this app’s request is invalid',
    html`<p>${why}</p>
      <p>Error ${status}: ${code}</p>`,
    status,
  )

type Asked = { kind: 'asked'; query: AuthorizeQuery; scopes: string[] } | { kind: 'blocked'; reply: Reply }

function read(app: App, search: URLSearchParams): Asked {
  const fields = Object.fromEntries([...search].filter(([name]) => name !== 'account' && name !== 'proceed'))
  const reply = (status: number, code: string, why: string): Asked => ({
    kind: 'blocked',
    reply: blocked(status, code, why),
  })
  if (fields['client_id'] !== app.clientId)
    return reply(401, 'invalid_client', 'The OAuth client was not found.')
  const registered = app.redirectUris
    ? app.redirectUris.includes(fields['redirect_uri'] ?? '')
    : /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?\//.test(fields['redirect_uri'] ?? '')
  if (!registered)
    return reply(
      400,
      'redirect_uri_mismatch',
      'You can’t sign in because this app sent an invalid request: its address to come back to is not registered.',
    )
  const parsed = authorizeQuery.safeParse(fields)
  if (!parsed.success)
    return reply(
      400,
      'invalid_request',
      `Wrong parameter: ${parsed.error.issues.map((issue) => [...issue.path, ...('keys' in issue ? issue.keys : [])].join('.')).join(', ')}`,
    )
  const scopes = scopesOf(parsed.data.scope)
  const strange = scopes.filter((scope) => !KNOWN.has(scope))
  return strange.length > 0
    ? reply(400, 'invalid_scope', `Some requested scopes were invalid: ${strange.join(', ')}`)
    : { kind: 'asked', query: parsed.data, scopes }
}

const back = (app: App, query: AuthorizeQuery, answer: Record<string, string>): Reply => {
  const address = new URL(query.redirect_uri)
  for (const [name, value] of Object.entries({
    ...(query.state === undefined ? {} : { state: query.state }),
    iss: app.url,
    ...answer,
  }))
    address.searchParams.set(name, value)
  return redirect(address)
}

/** The pages in their order: whose account, the warning for apps Google has not looked at, what is asked for. */
export function authorize(app: App, search: URLSearchParams): Reply {
  const asked = read(app, search)
  if (asked.kind === 'blocked') return asked.reply
  const { query, scopes } = asked
  const prompts = (query.prompt ?? '').split(' ')
  const hinted = prompts.includes('select_account')
    ? undefined
    : [...app.store.users.values()].find(
        (user) => user.email === query.login_hint || user.id === query.login_hint,
      )
  const user = app.store.users.get(search.get('account') ?? '') ?? hinted
  // openid.net/specs/openid-connect-core-1_0.html#AuthError
  if (prompts.includes('none')) return silent(app, query, scopes, user)
  if (!user) return chooser(app, search)
  if (user.unverified && search.get('proceed') !== '1') return warning(search, user)
  return consent(app, search, query, scopes, user)
}

function silent(app: App, query: AuthorizeQuery, scopes: string[], user: GoogleUser | undefined): Reply {
  const earlier = user ? app.store.grants.consents.get(user.email) : undefined
  if (!user || !earlier || scopes.some((scope) => !earlier.includes(scope)))
    return back(app, query, { error: 'interaction_required' })
  return back(app, query, {
    code: app.store.grants.allow(user.email, scopes, query),
    scope: scopes.join(' '),
  })
}

const hidden = (search: URLSearchParams, without: string[] = []): Markup[] =>
  [...search]
    .filter(([name]) => !without.includes(name))
    .map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)

const chooser = (app: App, search: URLSearchParams): Reply =>
  page(
    'Choose an account',
    html`<p>to continue to ${app.name}</p>
      <form class="tall" method="get" action="/o/oauth2/v2/auth">
        ${hidden(search, ['account'])}${[...app.store.users.values()].map((user) => html`<button name="account" value="${user.email}">${user.name} <span>${user.email}</span></button>`)}
      </form>`,
  )

const warning = (search: URLSearchParams, user: GoogleUser): Reply =>
  page(
    'Google hasn’t verified this app',
    html`<p>
        The app is requesting access to sensitive info in your Google Account (${user.email}). Until the
        developer verifies this app with Google, you shouldn’t use it.
      </p>
      <form method="post" action="/o/oauth2/v2/auth">
        ${hidden(search, ['account'])}<input type="hidden" name="account" value="${user.email}" /><button
          name="decision"
          value="cancel"
        >
          Back to safety
        </button>
      </form>
      <details>
        <summary>Advanced</summary>
        <p>Continue only if you understand the risks and trust the developer.</p>
        <form method="get" action="/o/oauth2/v2/auth">
          ${hidden(search, ['account'])}<input type="hidden" name="account" value="${user.email}" /><button
            name="proceed"
            value="1"
          >
            Go on (unsafe)
          </button>
        </form>
      </details>`,
  )

function consent(
  app: App,
  search: URLSearchParams,
  query: AuthorizeQuery,
  scopes: string[],
  user: GoogleUser,
): Reply {
  const earlier = app.store.grants.consents.get(user.email) ?? []
  const known =
    !(query.prompt ?? '').split(' ').includes('consent') && scopes.every((scope) => earlier.includes(scope))
  const boxes = scopes.filter((scope) => !SIGN_IN.includes(scope))
  // developers.google.com/identity/protocols/oauth2/resources/granular-permissions: who one is has no box of its own.
  const body = known
    ? html`<p>${app.name} already has some access to your account.</p>`
    : html`<fieldset>
        <legend>Select what ${app.name} can access</legend>
        ${boxes.map((scope) => html`<label><input type="checkbox" name="granted" value="${scope}" checked /> ${MEANING[scope] ?? scope} <small>${scope}</small></label>`)}
      </fieldset>`
  return page(
    known ? `You’re signing back in to ${app.name}` : `${app.name} wants access to your Google Account`,
    html`<p>${user.name} (${user.email})</p>
      <form class="tall" method="post" action="/o/oauth2/v2/auth">
        ${hidden(search, ['account', 'proceed'])}<input
          type="hidden"
          name="account"
          value="${user.email}"
        />${known ? boxes.map((scope) => html`<input type="hidden" name="granted" value="${scope}" />`) : ''}${body}
        <div>
          <button name="decision" value="cancel">Cancel</button>
          <button name="decision" value="allow">${known ? 'Continue' : 'Allow'}</button>
        </div>
      </form>`,
  )
}

/** The person's answer to either page. */
export function decide(app: App, form: URLSearchParams): Reply {
  const search = new URLSearchParams([...form].filter(([name]) => !['granted', 'decision'].includes(name)))
  const asked = read(app, search)
  if (asked.kind === 'blocked') return asked.reply
  const user = app.store.users.get(form.get('account') ?? '')
  if (!user) return chooser(app, search)
  if (form.get('decision') !== 'allow') return back(app, asked.query, { error: 'access_denied' })
  const ticked = form.getAll('granted')
  const scopes = asked.scopes.filter((scope) => SIGN_IN.includes(scope) || ticked.includes(scope))
  if (scopes.length === 0) return back(app, asked.query, { error: 'access_denied' })
  return back(app, asked.query, {
    code: app.store.grants.allow(user.email, scopes, asked.query),
    scope: scopes.join(' '),
    authuser: '0',
    prompt: asked.query.prompt ?? 'none',
  })
}
