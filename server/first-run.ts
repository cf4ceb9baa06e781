import { randomUUID } from 'node:crypto'
import { createRoute, z } from '@hono/zod-openapi'
import { setSessionCookie } from './accounts/cookie.ts'
import { findInvitation, joinByInvitation } from './accounts/invite.ts'
import { RULES, tooMany } from './accounts/limits.ts'
import { getMember, meOf, type Member } from './accounts/member.ts'
import { FirstRun, Me, Newcomer } from './accounts/model.ts'
import { hashOf } from './accounts/password.ts'
import { slowDown } from './accounts/routes.ts'
import { openSession } from './accounts/sessions.ts'
import { findSetup, setUpWorkspace } from './accounts/set-up.ts'
import { beginHost } from './event-types/begin-host.ts'
import type { Tx } from './platform/database.ts'
import type { Deps } from './platform/deps.ts'
import { body, json, problem, problems, router } from './platform/http.ts'
import { readToken } from './platform/secrets.ts'

export type SetUpOutcome =
  | { kind: 'ready'; member: Member; token: string }
  | { kind: 'closed' }
  | { kind: 'wrong-key' }
  | { kind: 'bad-input'; fields: string[] }

/** The first workspace with its first host, ready to be booked. `key` is null for whoever stands at the server's own console. */
export async function setUp(
  deps: Deps,
  given: FirstRun & { key: string | null; agent?: string | undefined },
): Promise<SetUpOutcome> {
  const { key, agent, ...words } = given
  const read = FirstRun.safeParse(words)
  if (!read.success)
    return { kind: 'bad-input', fields: [...new Set(read.error.issues.map(({ path }) => path.join('.')))] }
  const input = { ...read.data, key, agent }

  // Asked once before the costly hash, and again under the lock.
  const { open, keyOk } = await findSetup(deps, key ?? undefined)
  if (!open) return { kind: 'closed' }
  if (key !== null && !keyOk) return { kind: 'wrong-key' }

  const passwordHash = await hashOf(input.password)
  const workspaceId = randomUUID()
  return deps.db.inWorkspace(workspaceId, async (tx) => {
    const outcome = await setUpWorkspace(tx, deps.now(), { ...input, workspaceId, passwordHash })
    if (outcome.kind !== 'set-up') return outcome
    return { kind: 'ready', ...(await welcome(deps, tx, { ...input, workspaceId, userId: outcome.userId })) }
  })
}

export type AcceptOutcome =
  | { kind: 'joined'; member: Member; token: string }
  | { kind: 'known-address' }
  | { kind: 'not-found' }

/** A new colleague through their invitation's link, ready to be booked. */
export async function acceptInvitation(
  deps: Deps,
  token: string,
  input: Newcomer & { agent?: string | undefined },
): Promise<AcceptOutcome> {
  const read = readToken(token)
  const invitation = read && (await findInvitation(deps, token))
  if (!invitation) return { kind: 'not-found' }
  if (invitation.known) return { kind: 'known-address' }

  const passwordHash = await hashOf(input.password)
  const { workspaceId, hash } = read
  return deps.db.inWorkspace(workspaceId, async (tx) => {
    const outcome = await joinByInvitation(deps, tx, { ...input, workspaceId, hash, passwordHash })
    if (outcome.kind !== 'joined') return outcome
    return { kind: 'joined', ...(await welcome(deps, tx, { ...input, workspaceId, userId: outcome.userId })) }
  })
}

type Welcomed = Pick<Newcomer, 'locale' | 'zone'> & {
  workspaceId: string
  userId: string
  agent?: string | undefined
}

async function welcome(deps: Deps, tx: Tx, { workspaceId, userId, locale, zone, agent }: Welcomed) {
  await beginHost(tx, { workspaceId, userId, locale, zone })
  const token = await openSession(deps, tx, { workspaceId, userId, agent })
  return { member: await getMember(tx, { workspaceId, userId }), token }
}

const postSetup = createRoute({
  method: 'post',
  path: '/setup',
  tags: ['accounts'],
  request: { body: body(FirstRun.extend({ key: z.string().max(200) })) },
  responses: { 201: json(Me, 'Ready'), ...problems(400, 403, 409, 429) },
})
const postAccept = createRoute({
  method: 'post',
  path: '/invitations/by-token/{token}/accept',
  tags: ['accounts'],
  request: { params: z.object({ token: z.string().max(200) }), body: body(Newcomer) },
  responses: { 201: json(Me, 'Joined'), ...problems(400, 404, 409, 429) },
})

/** The two ways to become a user. */
export const firstRun = router()
  .openapi(postSetup, async (c) => {
    const { deps, client } = c.var
    const retryAfter = await tooMany(deps, [RULES.newcomer, client])
    if (retryAfter) return slowDown(c, retryAfter)
    const outcome = await setUp(deps, { ...c.req.valid('json'), agent: c.req.header('user-agent') })
    switch (outcome.kind) {
      case 'ready':
        setSessionCookie(c, outcome.token)
        return c.json(meOf(deps.config, outcome.member), 201)
      case 'closed':
        return problem(c, 409, 'setup-closed')
      case 'bad-input':
        return problem(c, 400, outcome.kind, undefined, {
          fields: Object.fromEntries(outcome.fields.map((field) => [field, 'custom'])),
        })
      case 'wrong-key':
        return problem(c, 403, 'wrong-setup-key')
    }
  })
  .openapi(postAccept, async (c) => {
    const { deps, client } = c.var
    const retryAfter = await tooMany(deps, [RULES.newcomer, client])
    if (retryAfter) return slowDown(c, retryAfter)
    const outcome = await acceptInvitation(deps, c.req.valid('param').token, {
      ...c.req.valid('json'),
      agent: c.req.header('user-agent'),
    })
    switch (outcome.kind) {
      case 'joined':
        setSessionCookie(c, outcome.token)
        return c.json(meOf(deps.config, outcome.member), 201)
      case 'known-address':
        return problem(c, 409, outcome.kind)
      case 'not-found':
        return problem(c, 404, 'not-found')
    }
  })
