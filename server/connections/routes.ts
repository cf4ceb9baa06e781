import { createRoute, z } from '@hono/zod-openapi'
import { signedIn, type SignedIn } from '#server/accounts/gate.ts'
import { json, problem, problems, router } from '#server/platform/http.ts'
import { findConsent } from './find.ts'

const Consent = z
  .object({
    textVersion: z.string(),
    locale: z.enum(['en', 'it']),
    scopes: z.array(z.string()),
    givenAt: z.number(),
  })
  .openapi('Consent')

const getConsent = createRoute({
  method: 'get',
  path: '/connections/{id}/consent',
  tags: ['calendars'],
  middleware: signedIn(),
  request: { params: z.object({ id: z.uuid() }) },
  responses: { 200: json(Consent, 'What its owner read and allowed, and when'), ...problems(401, 404) },
})

/** What a person may ask about the account they connected; connecting and choosing calendars is calendars/routes.ts. */
export const routes = router<SignedIn>().openapi(getConsent, async (c) => {
  const { workspaceId, userId } = c.var.scope
  const consent = await c.var.deps.db.inWorkspace(workspaceId, (tx) =>
    findConsent(tx, workspaceId, userId, c.req.valid('param').id),
  )
  return consent ? c.json(consent, 200) : problem(c, 404, 'not-found')
})
