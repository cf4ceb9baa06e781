import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { z } from 'zod'
import { tenantId, type App } from './directory.ts'
import { jsonAnswer, refusalBody, type EntraAnswer, type Refusal } from './entra-answer.ts'
import { tokenAnswer, tokenError, tokenForm } from './entra-schema.ts'
import type { Code } from './sign-in.ts'
import type { PracticeStore } from './store.ts'
import { issue, redeem, words } from './tokens.ts'

type Door = { store: PracticeStore; url: string; app: App; codes: Map<string, Code> }

/** What a code, or a token that lasts, is exchanged for. */
export function tokenDoor(
  door: Door,
  tenant: string,
  headers: IncomingHttpHeaders,
  fields: URLSearchParams,
): EntraAnswer {
  const outcome = exchange(door, tenant, headers, fields)
  return 'error' in outcome
    ? jsonAnswer(tokenError.parse(refusalBody(outcome)), outcome.status)
    : jsonAnswer(tokenAnswer.parse(outcome), 200)
}

const no = (status: number, error: string, code: number, text: string): Refusal => ({
  status,
  error,
  code,
  text,
})
const lacks = (name: string): Refusal =>
  no(400, 'invalid_request', 900144, `The request body must contain the following parameter: '${name}'.`)
const GRANTS = ['authorization_code', 'refresh_token', 'client_credentials']

function exchange(
  door: Door,
  tenant: string,
  headers: IncomingHttpHeaders,
  fields: URLSearchParams,
): Refusal | z.infer<typeof tokenAnswer> {
  const { store, url, app } = door
  if (!/^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? ''))
    return lacks('grant_type')
  const grant = fields.get('grant_type')
  if (grant !== null && !GRANTS.includes(grant))
    return no(400, 'unsupported_grant_type', 70003, `The app requested an unsupported grant type '${grant}'.`)
  const read = tokenForm.safeParse(Object.fromEntries(fields))
  if (!read.success) return lacks(read.error.issues[0]!.path.join('.') || 'grant_type')
  const form = read.data
  const wrong = clientTrouble(app, headers, form)
  if (wrong) return wrong
  switch (form.grant_type) {
    case 'client_credentials':
      // A token for the app itself needs one tenant, and opens no mailbox here.
      if (tenantId(store, tenant) === null)
        return no(
          400,
          'invalid_request',
          900023,
          `Specified tenant identifier '${tenant}' is neither a valid DNS name, nor a valid external domain.`,
        )
      return {
        token_type: 'Bearer',
        expires_in: 3599,
        ext_expires_in: 3599,
        access_token: randomBytes(600).toString('base64url'),
      }
    case 'refresh_token': {
      const outcome = redeem(store, url, form.refresh_token, app.id, form.scope ?? null)
      return outcome.kind === 'fresh' ? outcome.answer : { status: 400, ...outcome }
    }
    case 'authorization_code': {
      const code = door.codes.get(form.code)
      const dead = codeTrouble(code, form, store.now())
      if (dead) return dead
      const { person, request } = code!
      code!.used = true
      return issue(store, url, store.people.get(person)!, app.id, words(request.scope!), {
        nonce: request.nonce ?? null,
      })
    }
  }
}

function codeTrouble(
  code: Code | undefined,
  form: { redirect_uri: string; code_verifier?: string | undefined },
  now: number,
): Refusal | null {
  const dead = (number: number, text: string) => no(400, 'invalid_grant', number, text)
  if (!code) return dead(9002313, 'Invalid request. Request is malformed or invalid.')
  if (code.used)
    return dead(
      54005,
      'OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.',
    )
  if (code.until <= now)
    return dead(70008, 'The provided authorization code or refresh token has expired due to inactivity.')
  if (form.redirect_uri !== code.request.redirect_uri)
    return dead(
      500112,
      `The reply address '${form.redirect_uri}' does not match the reply address provided when requesting Authorization code.`,
    )
  const { code_challenge: challenge = null, code_challenge_method: how } = code.request
  const { code_verifier: verifier = null } = form
  const proof =
    verifier !== null && how === 'S256' ? createHash('sha256').update(verifier).digest('base64url') : verifier
  return challenge === proof
    ? null
    : dead(
        50148,
        'The code_verifier does not match the code_challenge supplied in the authorization request for PKCE.',
      )
}

type Claimed = { client_id?: string | undefined; client_secret?: string | undefined }
function clientTrouble(app: App, headers: IncomingHttpHeaders, form: Claimed): Refusal | null {
  const basic = /^Basic (\S+)$/i.exec(headers.authorization ?? '')?.[1]
  const [id, secret] = basic
    ? Buffer.from(basic, 'base64').toString('utf8').split(':').map(decodeURIComponent)
    : [form.client_id, form.client_secret]
  if (!id) return lacks('client_id')
  if (id !== app.id)
    return no(
      400,
      'unauthorized_client',
      700016,
      `Application with identifier '${id}' was not found in the directory.`,
    )
  if (!secret)
    return no(
      401,
      'invalid_client',
      7000218,
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    )
  const hash = (text: string) => createHash('sha256').update(text).digest()
  if (timingSafeEqual(hash(secret), hash(app.secret))) return null
  return no(
    401,
    'invalid_client',
    7000215,
    'Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID.',
  )
}
