import { z } from 'zod'

// developers.google.com/identity/protocols/oauth2/web-server and developers.google.com/identity/openid-connect/reference: there is no
// contract a machine could read, so these are the tables of those two pages.

const text = z.string().min(1).optional()

export const authorizeQuery = z.strictObject({
  client_id: z.string(),
  redirect_uri: z.string(),
  response_type: z.literal('code'),
  scope: z.string().min(1),
  access_type: z.enum(['online', 'offline']).optional(),
  state: text,
  nonce: text,
  include_granted_scopes: z.enum(['true', 'false']).optional(),
  enable_granular_consent: z.enum(['true', 'false']).optional(),
  login_hint: text,
  prompt: text,
  code_challenge: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43,128}$/)
    .optional(),
  code_challenge_method: z.enum(['S256', 'plain']).optional(),
  hd: text,
  hl: text,
  display: text,
})
export type AuthorizeQuery = z.infer<typeof authorizeQuery>

const client = { client_id: text, client_secret: text }
export const tokenForm = z.discriminatedUnion('grant_type', [
  z.strictObject({
    grant_type: z.literal('authorization_code'),
    code: z.string(),
    redirect_uri: z.string(),
    code_verifier: z
      .string()
      .regex(/^[A-Za-z0-9._~-]{43,128}$/)
      .optional(),
    ...client,
  }),
  z.strictObject({
    grant_type: z.literal('refresh_token'),
    refresh_token: z.string(),
    scope: text,
    ...client,
  }),
])
// A revocation may name the client and hint at the kind of token (RFC 7009); Google asks for the token alone.
export const revokeForm = z.strictObject({
  token: z.string().min(1),
  token_type_hint: z.enum(['access_token', 'refresh_token']).optional(),
  ...client,
})

export const tokenAnswer = z.strictObject({
  access_token: z.string(),
  expires_in: z.int().positive(),
  scope: z.string(),
  token_type: z.literal('Bearer'),
  refresh_token: text,
  refresh_token_expires_in: z.int().positive().optional(),
  id_token: text,
})
export const oauthError = z.strictObject({ error: z.string(), error_description: z.string() })
export const userinfo = z.strictObject({
  sub: z.string(),
  name: text,
  given_name: text,
  family_name: text,
  picture: text,
  email: text,
  email_verified: z.boolean().optional(),
})
/** `Userinfo` of oauth2-v2. */
export const userinfoV2 = z.strictObject({
  id: z.string(),
  email: text,
  verified_email: z.boolean().optional(),
  name: text,
  given_name: text,
  family_name: text,
  picture: text,
})
