import { authorize, decide } from './consent.ts'
import type { Logged } from './log.ts'
import { oauthError, tokenAnswer, userinfo as userinfoAnswer, userinfoV2 } from './oauth-schema.ts'
import { discovery, jwks, revoke, token, userinfo, type App } from './oauth.ts'
import { act, overview } from './page.ts'
import { refusalReply } from './api.ts'
import { Refusal } from './refusal.ts'
import type { Reply } from './reply.ts'

export const ENDPOINTS: Record<string, string> = {
  '/o/oauth2/v2/auth': 'oauth.authorize',
  '/token': 'oauth.token',
  '/revoke': 'oauth.revoke',
  '/oauth2/v3/certs': 'oauth.certs',
  '/.well-known/openid-configuration': 'oauth.discovery',
  '/v1/userinfo': 'oauth.userinfo',
  '/oauth2/v2/userinfo': 'oauth2.userinfo.get',
}

/** All that is not the API: sign-in and tokens, and the owner's own page. */
export function elsewhere(
  app: App,
  { method, path, query, feature }: Logged,
  headers: Record<string, string | undefined>,
  raw: string,
): Reply {
  const search = new URLSearchParams(
    Object.entries(query).flatMap(([name, value]) => [value].flat().map((each) => [name, each])),
  )
  const form = new URLSearchParams(
    /^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '') ? raw : '',
  )
  const fields = Object.fromEntries([...(feature === 'oauth.revoke' ? search : []), ...form])
  // Only this server's own pages may send forms as the person.
  const foreign =
    method === 'POST' && headers['origin'] !== undefined && headers['origin'] !== `http://${headers['host']}`
  try {
    switch (`${method} ${feature ?? path}`) {
      case 'GET oauth.authorize':
        return authorize(app, search)
      case 'POST oauth.authorize':
        return foreign ? { status: 403 } : decide(app, form)
      case 'POST oauth.token':
        return held(token(app, fields, headers['authorization']), tokenAnswer)
      case 'POST oauth.revoke':
        return held(revoke(app, fields), null)
      case 'GET oauth.certs':
        return jwks(app)
      case 'GET oauth.discovery':
        return discovery(app)
      case 'GET oauth.userinfo':
        return held(userinfo(app, headers['authorization'], 'oidc'), userinfoAnswer)
      case 'GET oauth2.userinfo.get':
        return held(userinfo(app, headers['authorization'], 'v2'), userinfoV2)
      case 'GET /':
        return overview(app.store, search.get('person'))
      case 'POST /':
        return foreign ? { status: 403 } : act(app.store, form)
      default:
        return refusalReply(new Refusal(404, 'notFound', 'Not Found'))
    }
  } catch (error) {
    if (error instanceof Refusal) return refusalReply(error)
    throw error
  }
}

function held(reply: Reply, schema: { parse(body: unknown): unknown } | null): Reply {
  if (reply.status === 200) schema?.parse(reply.body)
  else oauthError.parse(reply.body)
  return reply
}
