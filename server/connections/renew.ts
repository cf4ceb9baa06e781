import { setTimeout as sleep } from 'node:timers/promises'
import { MINUTE, type Instant } from '#core/time/model.ts'
import type { Deps } from '#server/platform/deps.ts'
import { failpoint } from '#server/platform/failpoint.ts'
import { leaseSeconds } from '#server/platform/lease.ts'
import { SlowDown, Unreachable, type UnreachableReason } from '#server/providers/provider.ts'
import { AppRefused, SignedOut } from './faults.ts'
import { place } from './sealed-tokens.ts'
import type { OAuthProvider, ReasonCode } from './model.ts'
import { refreshTokens, type Refused } from './oauth.ts'
import { getApp } from './provider-apps.ts'
import { dropRenewal, saveRenewal, takeRenewal } from './store.ts'
import { tellAppRefused } from './tell-admins.ts'

export type Account = { workspaceId: string; connectionId: string; provider: OAuthProvider }
/** An open access token, and the sealed form by which everyone knows which one it is. */
export type Access = { token: string; sealed: string; expiresAt: Instant }

// Longer than the one call may take, so that nobody takes over what is still under way.
const LEASE = leaseSeconds(40) * 1000
const PATIENCE = 6_000
const LOOK_EVERY = 120

// Of the calls of one process that find the same token dead, one asks and the others wait for its answer.
const underWay = new Map<string, Promise<Access>>()

/**
 * A living access token in place of `tried`, which was refused or is about to run out. However many processes ask, one goes to the
 * provider (C13); a rotated refresh token is saved before anything is done with it; a grant is called dead only when the token that
 * was refused is still the one that stands (C15).
 */
export async function renewAccess(deps: Deps, account: Account, tried: string): Promise<Access> {
  const running = underWay.get(account.connectionId)
  const access = await (running ?? began(account.connectionId, renew(deps, account, tried)))
  // Whoever renewed before us may have bought the very token we tried.
  return access.sealed === tried ? renewAccess(deps, account, tried) : access
}

function began(connectionId: string, work: Promise<Access>): Promise<Access> {
  underWay.set(connectionId, work)
  const over = () => void underWay.delete(connectionId)
  work.then(over, over)
  return work
}

async function renew(deps: Deps, account: Account, tried: string): Promise<Access> {
  const { workspaceId, connectionId } = account
  for (let waited = 0; waited < PATIENCE; waited += LOOK_EVERY) {
    const now = deps.now()
    const row = await deps.db.inWorkspace(workspaceId, (tx) =>
      takeRenewal(tx, workspaceId, connectionId, tried, now, now + LEASE),
    )
    if (row.kind === 'closed') throw new SignedOut(`connection ${connectionId} is not open`)
    if (row.kind === 'renewed') return opened(deps, account, row.secret, row.expiresAt)
    if (row.kind === 'ours') {
      const access = await ask(deps, account, row)
      if (access) return access
      continue
    }
    // Another process asks just now. Its answer is a second away, and a person or a visitor may be waiting for ours: the one place
    // where waiting is not left to the queue, and briefly.
    await sleep(LOOK_EVERY)
  }
  throw new SlowDown(`the token of connection ${connectionId} is being renewed elsewhere`, 2_000)
}

/** Null when somebody else has put another refresh token there meanwhile: look again. */
async function ask(
  deps: Deps,
  account: Account,
  { fence, refresh }: { fence: number; refresh: string },
): Promise<Access | null> {
  const { workspaceId, connectionId, provider } = account
  const app = await getApp(deps, workspaceId, provider)
  const answer = app
    ? await refreshTokens(
        deps,
        provider,
        app,
        deps.secrets.unseal(refresh, place('refresh', workspaceId, connectionId)),
      )
    : ({ kind: 'app-refused' } as const)
  if (answer.kind !== 'refreshed') return refused(deps, account, { fence, refresh }, answer)
  await failpoint('token_before_save')

  const { tokens } = answer
  const seal = (field: 'secret' | 'refresh', text: string) =>
    deps.secrets.seal(text, place(field, workspaceId, connectionId))
  const sealed = seal('secret', tokens.access)
  const saved = await deps.db.inWorkspace(workspaceId, (tx) =>
    saveRenewal(tx, workspaceId, connectionId, {
      used: refresh,
      fence,
      access: sealed,
      refresh: tokens.refresh === null ? null : seal('refresh', tokens.refresh),
      expiresAt: tokens.expiresAt,
      now: deps.now(),
    }),
  )
  return saved ? { token: tokens.access, sealed, expiresAt: tokens.expiresAt } : null
}

async function refused(
  deps: Deps,
  { workspaceId, connectionId, provider }: Account,
  { fence, refresh }: { fence: number; refresh: string },
  answer: Refused,
): Promise<null> {
  const answered = answer.kind !== 'unreachable' || answer.reason === 'slow-down'
  const row = await deps.db.inWorkspace(workspaceId, async (tx) => {
    if (answer.kind === 'app-refused') await tellAppRefused(deps, tx, workspaceId, provider)
    return dropRenewal(tx, workspaceId, connectionId, fence, answered)
  })
  switch (answer.kind) {
    case 'tokens-refused':
      // Its owner has said yes again, or another process was faster: there is a newer one.
      if (row?.refresh && row.refresh !== refresh) return null
      throw new SignedOut(`${provider} no longer honours the grant of connection ${connectionId}`)
    case 'app-refused':
      throw new AppRefused(`${provider} does not take this server's client`)
    case 'unreachable':
      if (answer.reason === 'slow-down')
        throw new SlowDown(`${provider} asks us to wait`, answer.wait ?? MINUTE)
      throw new Unreachable(`${provider} gave no token`, faultOf(answer.reason))
  }
}

const FAULTS: Partial<Record<ReasonCode, UnreachableReason>> = {
  'refused-address': 'refused-address',
  dns: 'dns',
  connect: 'connect',
  tls: 'tls',
  timeout: 'timeout',
  'too-large': 'too-large',
  'server-error': 'server-error',
}
const faultOf = (reason: ReasonCode): UnreachableReason => FAULTS[reason] ?? 'bad-answer'

export const opened = (
  deps: Deps,
  { workspaceId, connectionId }: Account,
  sealed: string,
  expiresAt: Instant,
): Access => ({
  token: deps.secrets.unseal(sealed, place('secret', workspaceId, connectionId)),
  sealed,
  expiresAt,
})
