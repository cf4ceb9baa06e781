import { MINUTE } from '#core/time/model.ts'
import { may, type Scope } from '#server/accounts/gate.ts'
import { arrive, type Arrived, type Returned } from '#server/connections/arrive.ts'
import { apisOf, bearerOf } from '#server/connections/bearer.ts'
import { findAccountIdentity } from '#server/connections/find.ts'
import { land, takeFromLanding } from '#server/connections/landing.ts'
import { capabilitiesOf, type CalCode, type OAuthProvider, type Way } from '#server/connections/model.ts'
import { reasonOf } from '#server/connections/reason.ts'
import { renewConnection, saveConnection, type SaveOutcome } from '#server/connections/save.ts'
import { isSharedInbox } from '#server/connections/shared-inboxes.ts'
import type { Deps } from '#server/platform/deps.ts'
import {
  NotFound,
  Unreachable,
  type CalendarProvider,
  type RemoteCalendar,
} from '#server/providers/provider.ts'
import { enterCalendars } from './enter.ts'
import { leave } from './leave.ts'

export type FinishOutcome =
  | { kind: 'connected'; connectionId: string; provider: OAuthProvider; refused: string[] }
  | { kind: 'landed'; landing: string }
  | { kind: 'stale' }

/** The way back from a provider, whole: what was allowed, whose it is, whether it may stand here, and whether it really answers. */
export async function finishTrip(
  deps: Deps,
  scope: Scope,
  provider: OAuthProvider,
  returned: Returned,
): Promise<FinishOutcome> {
  const outcome = await arrive(deps, scope, provider, returned)
  return outcome.kind === 'arrived' ? settle(deps, scope, outcome.arrived, { asExpected: false }) : outcome
}

/** What somebody decided at a landing: take the account they came back with, and what becomes of the one that stood here. */
export async function takeLanded(
  deps: Deps,
  scope: Scope,
  landing: string,
  as: 'replace' | 'add' | null,
): Promise<FinishOutcome> {
  const arrived = await takeFromLanding(deps, scope, landing)
  if (!arrived) return { kind: 'stale' }
  const { choice } = arrived
  const wish = as === null ? choice.wish : { ...choice.wish, as }
  return settle(deps, scope, { ...arrived, choice: { ...choice, wish } }, { asExpected: true })
}

async function settle(
  deps: Deps,
  scope: Scope,
  arrived: Arrived,
  { asExpected }: { asExpected: boolean },
): Promise<FinishOutcome> {
  const { workspaceId } = scope
  const { provider, identity, loginHint } = arrived
  const landed: Landed = async (code, ways, more = {}) => ({
    kind: 'landed',
    landing: await land(deps, scope, { provider, code, ways, ...more }),
  })
  // Asked again: roles are taken away, and teams' inboxes added, while somebody is at their provider (S-015, S-026).
  if (!may(scope, 'personal-email')) return landed('CAL-NO-PERMISSION', [])
  const shared = await deps.db.inWorkspace(workspaceId, (tx) =>
    isSharedInbox(tx, workspaceId, identity.email),
  )
  if (shared) return landed('CAL-SHARED-INBOX', ['other'])
  const reads = await probe(deps, scope, arrived)
  if (reads.kind === 'no-calendar')
    return landed('CAL-NO-MAILBOX', ['other'], { detail: { b: identity.email } })
  if (reads.kind === 'silent') return landed('CAL-UNREACHABLE', ['again'], { email: identity.email })

  const other = loginHint !== null && loginHint.toLowerCase() !== identity.email.toLowerCase()
  if (arrived.connectionId !== null && arrived.purpose !== 'connect') {
    const renewed = await renew(deps, scope, arrived, reads)
    if (renewed.kind === 'renewed') return connected(arrived, arrived.connectionId)
    if (renewed.kind === 'not-found') return landed('CAL-CANCELLED', ['again'])
    // B28: what we copied is the other account's. This one may only come in its place, whole.
    if (!asExpected)
      return landed('CAL-WRONG-ACCOUNT', ['use', 'again'], {
        detail: { a: renewed.account, b: identity.email },
        arrived: instead(arrived),
      })
  } else if (other && !asExpected)
    return landed('CAL-WRONG-ACCOUNT', ['use', 'again'], {
      detail: { a: loginHint, b: identity.email },
      arrived,
    })

  const saved = await save(deps, scope, arrived, reads)
  switch (saved.kind) {
    case 'saved':
      return connected(arrived, saved.connectionId)
    case 'already-used':
      return landed('CAL-ALREADY-USED', ['other'], {
        detail: { mail: saved.account, name: saved.name, b: identity.email },
      })
    case 'second':
      return landed('CAL-SECOND', saved.mayAdd ? ['replace', 'add'] : ['replace'], {
        detail: { a: saved.account, b: identity.email },
        arrived,
      })
  }
}

type Landed = (
  code: CalCode,
  ways: Way[],
  more?: Partial<Parameters<typeof land>[2]>,
) => Promise<{ kind: 'landed'; landing: string }>

const connected = ({ provider, refused }: Arrived, connectionId: string): FinishOutcome => ({
  kind: 'connected',
  connectionId,
  provider,
  refused,
})

const instead = (arrived: Arrived): Arrived => ({
  ...arrived,
  purpose: 'connect',
  connectionId: null,
  choice: {
    ...arrived.choice,
    wish: { ...arrived.choice.wish, as: 'replace', replaces: arrived.connectionId },
  },
})

type Reads = { kind: 'reads'; provider: CalendarProvider; calendars: RemoteCalendar[] }

// A person is waiting in front of an empty page.
const PATIENCE = MINUTE / 3

/** What was allowed is tried before it is called connected (C16): an account that cannot list its calendars is none. */
async function probe(
  deps: Deps,
  scope: Scope,
  { provider, identity, tokens }: Arrived,
): Promise<Reads | { kind: 'no-calendar' } | { kind: 'silent' }> {
  const client = deps.providers[provider]
  if (!client) throw new Error(`no provider is called ${provider}`)
  try {
    const calendars = await client.listCalendars({
      address: apisOf(deps.config, provider)[0],
      user: identity.email,
      secret: '',
      zone: scope.user.zone,
      fetch: bearerOf(deps, provider, tokens.access, { signal: AbortSignal.timeout(PATIENCE) }),
    })
    return calendars.length === 0 ? { kind: 'no-calendar' } : { kind: 'reads', provider: client, calendars }
  } catch (error) {
    if (error instanceof NotFound || (error instanceof Unreachable && error.reason === 'no-mailbox'))
      return { kind: 'no-calendar' }
    const reason = reasonOf(error)
    if (reason === null) throw error
    deps.log.info({ provider, reason }, 'an account that came back did not answer')
    return { kind: 'silent' }
  }
}

const accountOf = (scope: Scope, arrived: Arrived, { provider, calendars }: Reads) => ({
  workspaceId: scope.workspaceId,
  userId: scope.userId,
  provider: arrived.provider,
  account: arrived.identity.email,
  consent: arrived.choice.consent,
  lines: arrived.choice.lines,
  scopes: arrived.scopes,
  refused: arrived.refused,
  tokens: arrived.tokens,
  identity: arrived.identity,
  mail: arrived.mail,
  wish: arrived.choice.wish,
  capabilities: capabilitiesOf(
    provider,
    calendars.some(({ writable }) => writable),
  ),
})

const save = (deps: Deps, scope: Scope, arrived: Arrived, reads: Reads): Promise<SaveOutcome> =>
  deps.db.inWorkspace(scope.workspaceId, async (tx) => {
    const { workspaceId, userId } = scope
    const saved = await saveConnection(deps, tx, accountOf(scope, arrived, reads))
    if (saved.kind !== 'saved') return saved
    await leave(deps, tx, workspaceId, userId, saved.ended)
    await enterCalendars(deps, tx, workspaceId, userId, saved.connectionId, reads.calendars, saved.roles)
    return saved
  })

/** For a permission more the calendar stays as it is, ended or not; connecting again brings it back. */
const renew = (deps: Deps, scope: Scope, arrived: Arrived, reads: Reads) =>
  deps.db.inWorkspace(scope.workspaceId, async (tx) => {
    const { workspaceId, userId } = scope
    const connectionId = arrived.connectionId!
    const known = await findAccountIdentity(tx, workspaceId, connectionId)
    const calendar = arrived.purpose === 'reconnect'
    const outcome = await renewConnection(
      deps,
      tx,
      connectionId,
      { ...accountOf(scope, arrived, reads), calendar },
      known,
    )
    if (outcome.kind === 'renewed') {
      const { roles, calendarEnded } = outcome
      if (!calendarEnded)
        await enterCalendars(deps, tx, workspaceId, userId, connectionId, reads.calendars, roles)
    }
    return outcome
  })
