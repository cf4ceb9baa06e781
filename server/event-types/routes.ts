import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { parseDate } from '#core/time/wall.ts'
import { signedIn, type SignedIn } from '#server/accounts/gate.ts'
import { body, json, problem, problems, router } from '#server/platform/http.ts'
import { changePage, removePage } from './change.ts'
import { clonePage, createPage, type CreateOutcome } from './create.ts'
import { explainDay } from './explain.ts'
import { findPage, listPages } from './find.ts'
import { EventTypeSketch, Hours, Page, PageChange, PageDraft, Schedule, ScheduleChange, ScheduleDraft } from './model.ts'
import { previewPage } from './preview.ts'
import { changeSchedule, createSchedule, listSchedules, removeSchedule } from './schedules.ts'

const byId = z.object({ id: z.uuid() })
const gone = { description: 'Gone' }
const asked = { tags: ['event-types'], middleware: signedIn() }

const getPages = createRoute({ method: 'get', path: '/pages', ...asked, responses: { 200: json(z.object({ pages: z.array(Page) }), 'Every page of the workspace'), ...problems(401) } })
const postPage = createRoute({ method: 'post', path: '/pages', ...asked, request: { body: body(PageDraft) }, responses: { 201: json(Page, 'Made'), ...problems(400, 401, 409) } })
const getPage = createRoute({ method: 'get', path: '/pages/{id}', ...asked, request: { params: byId }, responses: { 200: json(Page, 'One page'), ...problems(400, 401, 404) } })
const patchPage = createRoute({
  method: 'patch', path: '/pages/{id}', ...asked,
  request: { params: byId, body: body(PageChange) },
  responses: { 200: json(Page, 'Saved'), ...problems(400, 401, 403, 404, 409) },
})
const postClone = createRoute({ method: 'post', path: '/pages/{id}/clone', ...asked, request: { params: byId }, responses: { 201: json(Page, 'A copy, paused'), ...problems(401, 404, 409) } })
const deletePage = createRoute({ method: 'delete', path: '/pages/{id}', ...asked, request: { params: byId }, responses: { 204: gone, ...problems(401, 403, 404) } })
const postPreview = createRoute({
  method: 'post', path: '/pages/{id}/preview', ...asked,
  request: { params: byId, body: body(z.strictObject({ eventType: EventTypeSketch.optional(), schedule: Hours.optional() })) },
  responses: { 200: json(z.object({ days: z.array(z.object({ date: z.string(), starts: z.array(z.number()) })), soonest: z.array(z.number()) }), 'What visitors would see'), ...problems(400, 401, 403, 404) },
})
const getExplain = createRoute({
  method: 'get', path: '/pages/{id}/explain', ...asked,
  request: { params: byId, query: z.object({ date: z.string().max(10).refine((value) => parseDate(value) !== null, { message: 'date' }) }) },
  responses: { 200: json(z.object({ starts: z.array(z.object({ start: z.number(), reasons: z.array(z.string()) })) }), 'What stands in the way of each start'), ...problems(400, 401, 403, 404) },
})

const getSchedules = createRoute({
  method: 'get', path: '/schedules', ...asked,
  request: { query: z.object({ owner: z.uuid().optional() }) },
  responses: { 200: json(z.object({ schedules: z.array(Schedule) }), 'Sets of hours, the usual ones first'), ...problems(400, 401) },
})
const postSchedule = createRoute({ method: 'post', path: '/schedules', ...asked, request: { body: body(ScheduleDraft) }, responses: { 201: json(Schedule, 'Made'), ...problems(400, 401, 409) } })
const patchSchedule = createRoute({
  method: 'patch', path: '/schedules/{id}', ...asked,
  request: { params: byId, body: body(ScheduleChange) },
  responses: { 200: json(Schedule, 'Saved'), ...problems(400, 401, 404, 409) },
})
const deleteSchedule = createRoute({ method: 'delete', path: '/schedules/{id}', ...asked, request: { params: byId }, responses: { 204: gone, ...problems(401, 404, 409) } })

/** Pages, event types and hours, for the people of a workspace. */
export const routes = router<SignedIn>()
  .openapi(getPages, async (c) => {
    const { deps, scope } = c.var
    return c.json({ pages: await deps.db.inWorkspace(scope.workspaceId, (tx) => listPages(tx, scope, deps.now())) }, 200)
  })
  .openapi(postPage, async (c) => {
    const outcome = await createPage(c.var.deps, c.var.scope, c.req.valid('json'))
    return outcome.kind === 'created' ? c.json(outcome.page, 201) : notCreated(c, outcome)
  })
  .openapi(getPage, async (c) => {
    const { deps, scope } = c.var
    const page = await deps.db.inWorkspace(scope.workspaceId, (tx) => findPage(tx, scope, c.req.valid('param').id, deps.now()))
    return page ? c.json(page, 200) : problem(c, 404, 'not-found')
  })
  .openapi(patchPage, async (c) => {
    const outcome = await changePage(c.var.deps, c.var.scope, c.req.valid('param').id, c.req.valid('json'))
    switch (outcome.kind) {
      case 'changed':
        return c.json(outcome.page, 200)
      case 'bad-input':
        return problem(c, 400, outcome.kind, undefined, { fields: outcome.fields })
      case 'slug-taken':
        return problem(c, 409, outcome.kind, undefined, { suggestion: outcome.suggestion })
      case 'stale-version':
        return problem(c, 409, outcome.kind)
      case 'not-allowed':
        return problem(c, 403, outcome.kind)
      case 'not-found':
        return problem(c, 404, outcome.kind)
    }
  })
  .openapi(postClone, async (c) => {
    const outcome = await clonePage(c.var.deps, c.var.scope, c.req.valid('param').id)
    if (outcome.kind === 'not-found') return problem(c, 404, outcome.kind)
    return outcome.kind === 'created' ? c.json(outcome.page, 201) : notCreated(c, outcome)
  })
  .openapi(deletePage, async (c) => {
    const { kind } = await removePage(c.var.deps, c.var.scope, c.req.valid('param').id)
    return kind === 'removed' ? c.body(null, 204) : problem(c, kind === 'not-found' ? 404 : 403, kind)
  })
  .openapi(postPreview, async (c) => {
    const outcome = await previewPage(c.var.deps, c.var.scope, c.req.valid('param').id, c.req.valid('json'))
    return outcome.kind === 'shown' ? c.json(outcome.preview, 200) : problem(c, outcome.kind === 'not-found' ? 404 : 403, outcome.kind)
  })
  .openapi(getExplain, async (c) => {
    const outcome = await explainDay(c.var.deps, c.var.scope, c.req.valid('param').id, c.req.valid('query').date)
    return outcome.kind === 'explained' ? c.json(outcome.day, 200) : problem(c, outcome.kind === 'not-found' ? 404 : 403, outcome.kind)
  })
  .openapi(getSchedules, async (c) => c.json({ schedules: await listSchedules(c.var.deps, c.var.scope, c.req.valid('query').owner) }, 200))
  .openapi(postSchedule, async (c) => {
    const outcome = await createSchedule(c.var.deps, c.var.scope, c.req.valid('json'))
    return outcome.kind === 'created' ? c.json(outcome.schedule, 201) : problem(c, 409, outcome.kind)
  })
  .openapi(patchSchedule, async (c) => {
    const outcome = await changeSchedule(c.var.deps, c.var.scope, c.req.valid('param').id, c.req.valid('json'))
    return outcome.kind === 'changed' ? c.json(outcome.schedule, 200) : problem(c, outcome.kind === 'not-found' ? 404 : 409, outcome.kind)
  })
  .openapi(deleteSchedule, async (c) => {
    const { kind } = await removeSchedule(c.var.deps, c.var.scope, c.req.valid('param').id)
    return kind === 'removed' ? c.body(null, 204) : problem(c, kind === 'not-found' ? 404 : 409, kind)
  })

const notCreated = (c: Context, outcome: Exclude<CreateOutcome, { kind: 'created' }>) =>
  problem(c, 409, outcome.kind, undefined, outcome.kind === 'slug-taken' ? { suggestion: outcome.suggestion } : {})
