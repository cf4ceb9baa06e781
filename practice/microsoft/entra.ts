import type { IncomingHttpHeaders } from 'node:http'
import { mayReturnTo, tenantId, type App } from './directory.ts'
import { jsonAnswer, page, refusalBody, sendBack, trouble, type EntraAnswer } from './entra-answer.ts'
import { html } from '../html.ts'
import { PERSONAL_TENANT } from './model.ts'
import { SignIn } from './sign-in.ts'
import type { PracticeStore } from './store.ts'
import { tokenDoor } from './token-door.ts'
import { jwks } from './tokens.ts'

const OWN = /^((oauth2|discovery)\/v2\.0\/|v2\.0\/|adminconsent$)/

export class Entra {
  #store: PracticeStore
  #url: string
  #app: App
  #signIn: SignIn

  constructor(store: PracticeStore, url: string, app: App) {
    this.#store = store
    this.#url = url
    this.#app = app
    this.#signIn = new SignIn(store, app)
  }

  /** Null for paths that are not Entra's: all of its own begin with a tenant. */
  serve(
    method: string,
    path: string,
    query: URLSearchParams,
    headers: IncomingHttpHeaders,
    text: string,
  ): EntraAnswer | null {
    const [, tenant = '', ...rest] = path.split('/')
    if (!OWN.test(rest.join('/'))) return null
    if (!['common', 'organizations', 'consumers'].includes(tenant) && tenantId(this.#store, tenant) === null)
      return jsonAnswer(
        refusalBody({
          status: 400,
          error: 'invalid_tenant',
          code: 90002,
          text: `Tenant '${tenant}' not found.`,
        }),
        400,
      )
    const form = () => new URLSearchParams(text)
    switch (`${method} ${rest.join('/')}`) {
      case 'GET v2.0/.well-known/openid-configuration':
        return jsonAnswer(this.#discovery(tenant), 200)
      case 'GET discovery/v2.0/keys':
        return jsonAnswer(jwks(this.#store, `${this.#url}/{tenantid}/v2.0`), 200)
      case 'GET oauth2/v2.0/authorize':
        return this.#signIn.authorize(tenant, query)
      case 'POST oauth2/v2.0/authorize/account':
        return this.#signIn.account(form())
      case 'POST oauth2/v2.0/authorize/consent':
        return this.#signIn.consent(form())
      case 'POST oauth2/v2.0/token':
        return tokenDoor(
          { store: this.#store, url: this.#url, app: this.#app, codes: this.#signIn.codes },
          tenant,
          headers,
          form(),
        )
      case 'GET v2.0/adminconsent':
      case 'GET adminconsent':
        return this.#adminPage(tenant, query)
      case 'POST adminconsent':
        return this.#adminConsent(tenant, form())
      default:
        return null
    }
  }

  // `common` and its like cannot name one issuer: learn.microsoft.com/entra/identity-platform/v2-protocols-oidc
  #discovery(tenant: string): object {
    const base = `${this.#url}/${tenant}`
    const issuer = `${this.#url}/${tenant === 'consumers' ? PERSONAL_TENANT : (tenantId(this.#store, tenant) ?? '{tenantid}')}/v2.0`
    return {
      issuer,
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      token_endpoint: `${base}/oauth2/v2.0/token`,
      jwks_uri: `${base}/discovery/v2.0/keys`,
      userinfo_endpoint: `${this.#url}/oidc/userinfo`,
      end_session_endpoint: `${base}/oauth2/v2.0/logout`,
      response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
      response_modes_supported: ['query', 'fragment', 'form_post'],
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: ['RS256'],
      token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
      scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
      request_uri_parameter_supported: false,
      http_logout_supported: true,
      frontchannel_logout_supported: true,
      claims_supported: [
        'sub',
        'iss',
        'aud',
        'exp',
        'iat',
        'nonce',
        'preferred_username',
        'name',
        'tid',
        'ver',
        'email',
      ],
      tenant_region_scope: null,
      cloud_instance_name: 'localhost',
      msgraph_host: this.#url.slice('http://'.length),
    }
  }

  // learn.microsoft.com/entra/identity-platform/v2-admin-consent
  #adminPage(tenant: string, query: URLSearchParams): EntraAnswer {
    const found = this.#store.tenants.get(tenantId(this.#store, tenant) ?? '')
    const uri = query.get('redirect_uri') ?? ''
    if (!found || query.get('client_id') !== this.#app.id || (uri && !mayReturnTo(this.#app, uri)))
      return trouble('AADSTS900561: The admin consent request is not valid.')
    return page(
      'Permissions requested',
      html`<h1>Permissions requested</h1>
        <p>Review for your organization, ${found.domain}.</p>
        <form method="post" action="/${tenant}/adminconsent">
          <input type="hidden" name="redirect_uri" value="${uri}" /><input
            type="hidden"
            name="state"
            value="${query.get('state') ?? ''}"
          /><button>Accept</button>
        </form>`,
    )
  }

  #adminConsent(tenant: string, form: URLSearchParams): EntraAnswer {
    const found = this.#store.tenants.get(tenantId(this.#store, tenant) ?? '')
    if (!found) return trouble('AADSTS900561: The admin consent request is not valid.')
    found.admin = 'approved'
    this.#store.save()
    const uri = form.get('redirect_uri') ?? ''
    if (!uri || !mayReturnTo(this.#app, uri))
      return page(
        'Approved',
        html`<h1>Approved</h1>
          <p>People of ${found.domain} may now use Ritrovo.</p>`,
      )
    return sendBack(
      { redirect_uri: uri, ...(form.get('state') ? { state: form.get('state')! } : {}) },
      { admin_consent: 'True', tenant: found.id },
    )
  }
}
