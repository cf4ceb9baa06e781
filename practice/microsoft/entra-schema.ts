import { z } from 'zod'

// learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow

const text = z.string()
const whole = z.int()
// Of the address a browser is sent to, what is not known is passed over (RFC 6749 §3.1).
export const authorizeQuery = z.object({
  client_id: text,
  response_type: text,
  redirect_uri: z.url(),
  scope: text.optional(),
  state: text.optional(),
  nonce: text.optional(),
  response_mode: z.enum(['query', 'form_post', 'fragment']).optional(),
  prompt: z.enum(['login', 'none', 'consent', 'select_account']).optional(),
  login_hint: text.optional(),
  domain_hint: text.optional(),
  code_challenge: text.regex(/^[\w.~-]{43,128}$/).optional(),
  code_challenge_method: z.enum(['S256', 'plain']).optional(),
  client_info: text.optional(),
})
const client = { client_id: text.optional(), client_secret: text.optional(), scope: text.optional() }
export const tokenForm = z.discriminatedUnion('grant_type', [
  z.strictObject({
    grant_type: z.literal('authorization_code'),
    code: text,
    redirect_uri: text,
    code_verifier: text.optional(),
    ...client,
  }),
  z.strictObject({ grant_type: z.literal('refresh_token'), refresh_token: text, ...client }),
  z.strictObject({ grant_type: z.literal('client_credentials'), ...client }),
])
export const tokenAnswer = z.strictObject({
  token_type: z.literal('Bearer'),
  scope: text.optional(),
  expires_in: whole,
  ext_expires_in: whole,
  access_token: text,
  refresh_token: text.optional(),
  id_token: text.optional(),
})
export const tokenError = z.strictObject({
  error: text,
  error_description: text.regex(/^AADSTS\d+: /),
  error_codes: z.array(whole),
  timestamp: text,
  trace_id: z.uuid(),
  correlation_id: z.uuid(),
  error_uri: text.optional(),
  suberror: text.optional(),
})
