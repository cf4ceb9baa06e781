import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Me } from '#server/accounts/model.ts'
import { ask } from '#tests/connected.ts'
import { aBrowser, aColleague, PASSWORD, signedInAs } from '#tests/house.ts'
import { anOAuthWorld, ME } from '#tests/oauth-world.ts'

const VICTIM = ME.google
const NEWCOMER = { name: 'Not The Owner', password: PASSWORD, locale: 'en', zone: 'Europe/Rome' } as const

test('F07 a stranger makes no account for an address: only the link of an invitation does, and it goes to that address', async () => {
  const world = await anOAuthWorld()
  const { deps, workspaceId, app, browser } = world
  const stranger = aBrowser(app)
  const accounts = () => ask<{ email: string }>(deps, workspaceId, 'select email from users order by email')
  const sessions = () => ask(deps, workspaceId, 'select 1 from sessions')
  const before = { accounts: await accounts(), sessions: await sessions() }

  expect((await stranger.post('/setup', { ...NEWCOMER, email: VICTIM, workspaceName: 'Mine', key: 'x'.repeat(32) })).status).toBe(403)
  expect((await stranger.post('/sessions', { email: VICTIM, password: PASSWORD })).status).toBe(401)
  for (const path of ['/people', '/users', '/accounts', '/sign-up', '/register', '/invitations'])
    expect((await stranger.post(path, { ...NEWCOMER, email: VICTIM })).status, path).toBeOneOf([401, 404, 405])
  expect(await accounts()).toEqual(before.accounts)
  const { roleId } = await aColleague(deps, workspaceId, { email: 'luca@example.test' })
  const { body } = await browser.post<{ link: string }>('/invitations', { email: VICTIM, roleId })
  const token = body.link.split('/').at(-1)!
  const accept = (of: string, more: object = {}) => stranger.post<Me>(`/invitations/by-token/${of}/accept`, { ...NEWCOMER, ...more })
  // Whoever guesses, or holds a link and would rather be somebody else.
  const off = token.slice(0, -1) + (token.endsWith('A') ? 'E' : 'A')
  for (const wrong of [off, 'A'.repeat(54), '']) expect((await accept(wrong)).status).toBe(404)
  expect((await accept(token, { email: 'boss@example.test' })).status).toBe(400)
  expect(stranger.jar.size).toBe(0)
  expect((await accounts()).filter(({ email }) => email === VICTIM)).toEqual([])
  expect(await ask(deps, workspaceId, `select recipient from letters where kind = 'team-invitation'`)).toEqual([{ recipient: VICTIM }])
  expect(await sessions()).toHaveLength(before.sessions.length)

  // The link alone, as it stands in that one mailbox, makes the account of that one address.
  expect((await accept(token)).body.user.email).toBe(VICTIM)
})

test('F07 nothing in the server makes a user but the first run, an invitation and the import at the console', () => {
  const callers = globSync('server/**/*.{ts,tsx}', { exclude: ['**/*.test.ts', '**/*.test.tsx'] }).filter((file) =>
    /(?<!function )\b(?:createUser|insertUser)\(/.test(readFileSync(file, 'utf8')),
  )
  expect(callers.sort()).toEqual([
    'server/accounts/create-user.ts',
    'server/accounts/invite.ts',
    'server/accounts/set-up.ts',
    'server/import-legacy.ts',
  ])
})

test('F07 who sits on an account with somebody’s address gets nothing of what its owner proves, and is no way in to it', async () => {
  const world = await anOAuthWorld()
  const { deps, workspaceId, userId, app } = world
  const squatter = await aColleague(deps, workspaceId, { email: VICTIM, name: 'Squatter' })
  const theirs = await signedInAs(deps, app, squatter)
  const before = await ask<{ user_id: string }>(deps, workspaceId, 'select user_id from sessions order by 1')

  // The owner of the address proves it at Google, from an account of their own.
  expect((await world.trip('google', { email: VICTIM })).connected).not.toBeNull()
  expect((await world.connections()).map(({ account }) => account)).toEqual([VICTIM])
  expect(await world.connections(theirs)).toEqual([])
  expect(await ask(deps, workspaceId, 'select distinct user_id from connections')).toEqual([{ user_id: userId }])
  // The proof opened a session for nobody and joined no two accounts by their address.
  expect(await ask(deps, workspaceId, 'select user_id from sessions order by 1')).toEqual(before)
  expect((await world.browser.get<Me>('/me')).body.user.id).toBe(userId)
  expect((await theirs.get<Me>('/me')).body.user.id).toBe(squatter.userId)
})
