import { createRoute, z } from '@hono/zod-openapi'
import { body, json, problem, problems, router } from '#server/platform/http.ts'
import { readSessionCookie, setSessionCookie } from './cookie.ts'
import { findInvitation } from './invite.ts'
import { meOf } from './member.ts'
import { anyPassword, Me } from './model.ts'
import { slowDown } from './routes.ts'
import { findSetup } from './set-up.ts'
import { signIn } from './sign-in.ts'

const tags = ['accounts']

const getSetup = createRoute({
  method: 'get',
  path: '/setup',
  tags,
  request: { query: z.object({ k: z.string().max(200).optional() }) },
  responses: {
    200: json(z.object({ open: z.boolean(), keyOk: z.boolean() }), 'Whether the first run is still to come'),
    ...problems(400),
  },
})
const postSession = createRoute({
  method: 'post',
  path: '/sessions',
  tags,
  request: { body: body(z.strictObject({ email: z.string().min(1).max(254), password: anyPassword })) },
  responses: { 201: json(Me, 'Signed in'), ...problems(400, 401, 429) },
})
const getInvitation = createRoute({
  method: 'get',
  path: '/invitations/by-token/{token}',
  tags,
  request: { params: z.object({ token: z.string().max(200) }) },
  responses: {
    200: json(
      z.object({ email: z.string(), workspaceName: z.string(), known: z.boolean() }),
      'The invitation behind a link',
    ),
    ...problems(404),
  },
})

/** What can be asked and done before anyone has signed in. The two ways to become a user are in `server/first-run.ts`. */
export const publicAccounts = router()
  .openapi(getSetup, async (c) => c.json(await findSetup(c.var.deps, c.req.valid('query').k), 200))
  .openapi(postSession, async (c) => {
    const outcome = await signIn(c.var.deps, {
      ...c.req.valid('json'),
      client: c.var.client,
      agent: c.req.header('user-agent'),
      replaces: readSessionCookie(c),
    })
    switch (outcome.kind) {
      case 'signed-in':
        setSessionCookie(c, outcome.token)
        return c.json(meOf(c.var.deps.config, outcome.member), 201)
      case 'wrong-sign-in':
        return problem(c, 401, outcome.kind)
      case 'slow-down':
        return slowDown(c, outcome.retryAfter)
    }
  })
  .openapi(getInvitation, async (c) => {
    const invitation = await findInvitation(c.var.deps, c.req.valid('param').token)
    return invitation ? c.json(invitation, 200) : problem(c, 404, 'not-found')
  })
