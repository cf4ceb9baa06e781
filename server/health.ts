import { createRoute, z } from '@hono/zod-openapi'
import { json, problems, problem, router } from '#server/platform/http.ts'

const live = createRoute({ method: 'get', path: '/healthz', tags: ['server'], responses: { 200: json(z.object({ ok: z.literal(true) }), 'The process answers') } })
const ready = createRoute({
  method: 'get', path: '/readyz', tags: ['server'],
  responses: { 200: json(z.object({ ok: z.literal(true), database: z.literal('ok'), queue: z.literal('ok') }), 'Ready to serve'), ...problems(503) },
})

/** Whether the process lives, and whether it can do its work: the second asks the database and the queue. */
export const health = router()
  .openapi(live, (c) => c.json({ ok: true as const }, 200))
  .openapi(ready, async (c) => {
    const { deps } = c.var
    try {
      await deps.db.pool.query('select 1 from instance')
    } catch (error) {
      deps.log.warn({ err: error }, 'not ready: the database does not answer')
      return problem(c, 503, 'database', 'The database does not answer.')
    }
    try {
      await deps.db.pool.query('select 1 from pgboss.version')
    } catch (error) {
      deps.log.warn({ err: error }, 'not ready: the queue does not answer')
      return problem(c, 503, 'queue', 'The job queue is not set up.')
    }
    return c.json({ ok: true as const, database: 'ok' as const, queue: 'ok' as const }, 200)
  })
