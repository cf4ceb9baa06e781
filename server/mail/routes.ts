import { createRoute, z } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import { json, problem, problems, router, type Env } from '#server/platform/http.ts'
import { OpenedLetter, OutboxLetter } from './model.ts'
import { listOutbox, openLetter, type Reader } from './outbox.ts'

/** What the outbox must know of who asks; a signed-in scope has it. */
type Asking = { Variables: Env['Variables'] & { scope: { workspaceId: string; user: { email: string }; permissions: ReadonlySet<string> } } }

const Id = z.object({ id: z.uuid() })
const list = createRoute({ method: 'get', path: '/outbox', responses: { 200: json(z.object({ letters: z.array(OutboxLetter) }), 'Letters, newest first'), ...problems(401) } })
const item = createRoute({ method: 'get', path: '/outbox/{id}', request: { params: Id }, responses: { 200: json(OpenedLetter, 'One letter, taken apart'), ...problems(401, 404) } })

const readerOf = ({ workspaceId, user, permissions }: Asking['Variables']['scope']): Reader => ({ workspaceId, email: user.email, all: permissions.has('manage-workspace') })

/** The practice mailbox, and what was sent. The gate lives a floor above and is handed in. */
export const routes = (signedIn: MiddlewareHandler) => {
  const gated = router<Asking>()
  gated.use('/outbox', signedIn).use('/outbox/*', signedIn)
  return gated
    .openapi(list, async (c) => {
      const { deps, scope } = c.var
      return c.json({ letters: await deps.db.inWorkspace(scope.workspaceId, (tx) => listOutbox(tx, readerOf(scope))) }, 200)
    })
    .openapi(item, async (c) => {
      const { deps, scope } = c.var
      const letter = await deps.db.inWorkspace(scope.workspaceId, (tx) => openLetter(tx, readerOf(scope), c.req.valid('param').id))
      return letter ? c.json(letter, 200) : problem(c, 404, 'not-found')
    })
    .get('/outbox/:id/html', async (c) => {
      const { deps, scope } = c.var
      const id = z.uuid().safeParse(c.req.param('id'))
      const letter = id.success ? await deps.db.inWorkspace(scope.workspaceId, (tx) => openLetter(tx, readerOf(scope), id.data)) : null
      if (!letter) return problem(c, 404, 'not-found')
      // No script, no image from anywhere, an origin of its own; links leave the frame (I20).
      c.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox")
      c.header('cache-control', 'no-store')
      return c.html(letter.html.replace('<head>', '<head><base target="_blank">'))
    })
}
