import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { body, json, problem, problems, router } from '#server/platform/http.ts'
import { clearSessionCookie, readSessionCookie, setSessionCookie } from './cookie.ts'
import { signedIn, withPermission, type SignedIn } from './gate.ts'
import { invite } from './invite.ts'
import { meOf } from './member.ts'
import {
  anyPassword,
  Invite,
  Me,
  newPassword,
  People,
  Person,
  PersonChange,
  ProfileChange,
  Role,
  RoleChange,
  RoleDraft,
  WorkspaceChange,
} from './model.ts'
import { changePassword } from './password.ts'
import { changePerson, listPeople, withdrawInvitation } from './people.ts'
import { changeProfile, changeWorkspace } from './profile.ts'
import { changeRole, createRole, removeRole } from './roles.ts'
import { signOut } from './sign-in.ts'

const byId = z.object({ id: z.uuid() })
const nothing = { description: 'Done' }
const tags = ['accounts']
const manager = [signedIn(), withPermission('manage-people')]

/** @param retryAfter seconds */
export const slowDown = (c: Context, retryAfter: number) => {
  c.header('retry-after', String(retryAfter))
  return problem(c, 429, 'slow-down')
}

const getMe = createRoute({
  method: 'get',
  path: '/me',
  tags,
  middleware: signedIn(),
  responses: { 200: json(Me, 'Who is signed in'), ...problems(401) },
})
const patchMe = createRoute({
  method: 'patch',
  path: '/me',
  tags,
  middleware: signedIn(),
  request: { body: body(ProfileChange) },
  responses: { 200: json(Me, 'Changed'), ...problems(400, 401, 409) },
})
const postPassword = createRoute({
  method: 'post',
  path: '/me/password',
  tags,
  middleware: signedIn(),
  request: { body: body(z.strictObject({ current: anyPassword, next: newPassword })) },
  responses: {
    204: { description: 'Changed; every other session has ended' },
    ...problems(400, 401, 403, 429),
  },
})
const deleteSession = createRoute({
  method: 'delete',
  path: '/sessions/current',
  tags,
  responses: { 204: nothing },
})
const getPeople = createRoute({
  method: 'get',
  path: '/people',
  tags,
  middleware: signedIn(),
  responses: { 200: json(People, 'Everyone in the workspace'), ...problems(401) },
})
const patchPerson = createRoute({
  method: 'patch',
  path: '/people/{id}',
  tags,
  middleware: manager,
  request: { params: byId, body: body(PersonChange) },
  responses: { 200: json(Person, 'Changed'), ...problems(400, 401, 403, 404, 409) },
})
const postInvitation = createRoute({
  method: 'post',
  path: '/invitations',
  tags,
  middleware: manager,
  request: { body: body(Invite) },
  responses: {
    201: json(z.object({ id: z.uuid(), link: z.string() }), 'Invited; a letter is on its way'),
    ...problems(400, 401, 403, 404, 409, 429),
  },
})
const deleteInvitation = createRoute({
  method: 'delete',
  path: '/invitations/{id}',
  tags,
  middleware: manager,
  request: { params: byId },
  responses: { 204: nothing, ...problems(401, 403, 404) },
})
const postRole = createRoute({
  method: 'post',
  path: '/roles',
  tags,
  middleware: manager,
  request: { body: body(RoleDraft) },
  responses: { 201: json(Role, 'Created'), ...problems(400, 401, 403) },
})
const patchRole = createRoute({
  method: 'patch',
  path: '/roles/{id}',
  tags,
  middleware: manager,
  request: { params: byId, body: body(RoleChange) },
  responses: { 200: json(Role, 'Changed'), ...problems(400, 401, 403, 404, 409) },
})
const deleteRole = createRoute({
  method: 'delete',
  path: '/roles/{id}',
  tags,
  middleware: manager,
  request: { params: byId },
  responses: { 204: nothing, ...problems(401, 403, 404, 409) },
})
const patchWorkspace = createRoute({
  method: 'patch',
  path: '/workspace',
  tags,
  middleware: [signedIn(), withPermission('manage-workspace')],
  request: { body: body(WorkspaceChange) },
  responses: { 200: json(Me, 'Changed'), ...problems(400, 401, 403) },
})

/** What signed-in people do with themselves, each other and their workspace. */
export const accounts = router<SignedIn>()
  .openapi(getMe, (c) => c.json(meOf(c.var.deps.config, c.var.scope), 200))
  .openapi(patchMe, async (c) => {
    const outcome = await changeProfile(c.var.deps, c.var.scope, c.req.valid('json'))
    if (outcome.kind !== 'changed') return problem(c, 409, outcome.kind)
    return c.json(meOf(c.var.deps.config, outcome.member), 200)
  })
  .openapi(postPassword, async (c) => {
    const outcome = await changePassword(c.var.deps, c.var.scope, {
      ...c.req.valid('json'),
      agent: c.req.header('user-agent'),
    })
    switch (outcome.kind) {
      case 'changed':
        setSessionCookie(c, outcome.token)
        return c.body(null, 204)
      case 'wrong-password':
        return problem(c, 403, outcome.kind)
      case 'slow-down':
        return slowDown(c, outcome.retryAfter)
    }
  })
  .openapi(deleteSession, async (c) => {
    const token = readSessionCookie(c)
    if (token) await signOut(c.var.deps, token)
    clearSessionCookie(c)
    return c.body(null, 204)
  })
  .openapi(getPeople, async (c) => c.json(await listPeople(c.var.deps, c.var.scope), 200))
  .openapi(patchPerson, async (c) => {
    const outcome = await changePerson(c.var.deps, c.var.scope, c.req.valid('param').id, c.req.valid('json'))
    switch (outcome.kind) {
      case 'changed':
        return c.json(outcome.person, 200)
      case 'not-found':
      case 'unknown-role':
        return problem(c, 404, 'not-found')
      case 'beyond-you':
        return problem(c, 403, outcome.kind)
      case 'last-admin':
        return problem(c, 409, outcome.kind)
    }
  })
  .openapi(postInvitation, async (c) => {
    const outcome = await invite(c.var.deps, c.var.scope, c.req.valid('json'))
    switch (outcome.kind) {
      case 'invited':
        return c.json({ id: outcome.id, link: outcome.link }, 201)
      case 'already-here':
        return problem(c, 409, outcome.kind)
      case 'unknown-role':
        return problem(c, 404, 'not-found')
      case 'beyond-you':
        return problem(c, 403, outcome.kind)
      case 'slow-down':
        return slowDown(c, outcome.retryAfter)
    }
  })
  .openapi(deleteInvitation, async (c) =>
    (await withdrawInvitation(c.var.deps, c.var.scope, c.req.valid('param').id))
      ? c.body(null, 204)
      : problem(c, 404, 'not-found'),
  )
  .openapi(postRole, async (c) => {
    const outcome = await createRole(c.var.deps, c.var.scope, c.req.valid('json'))
    return outcome.kind === 'saved' ? c.json(outcome.role, 201) : problem(c, 403, outcome.kind)
  })
  .openapi(patchRole, async (c) => {
    const outcome = await changeRole(c.var.deps, c.var.scope, c.req.valid('param').id, c.req.valid('json'))
    if (outcome.kind === 'saved') return c.json(outcome.role, 200)
    return problem(c, ROLE_REFUSAL[outcome.kind], outcome.kind)
  })
  .openapi(deleteRole, async (c) => {
    const outcome = await removeRole(c.var.deps, c.var.scope, c.req.valid('param').id)
    return outcome.kind === 'removed'
      ? c.body(null, 204)
      : problem(c, ROLE_REFUSAL[outcome.kind], outcome.kind)
  })
  .openapi(patchWorkspace, async (c) =>
    c.json(meOf(c.var.deps.config, await changeWorkspace(c.var.deps, c.var.scope, c.req.valid('json'))), 200),
  )

const ROLE_REFUSAL = { 'not-found': 404, 'built-in': 409, 'in-use': 409, 'beyond-you': 403 } as const
