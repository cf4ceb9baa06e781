import { capabilitiesOf, type ReasonCode } from '#server/connections/model.ts'
import { enterPair, type Half } from '#server/connections/import-pair.ts'
import type { Tx } from '#server/platform/database.ts'
import type { Deps } from '#server/platform/deps.ts'
import type { ProviderName, RemoteCalendar } from '#server/providers/provider.ts'
import { findCalendars } from './connect.ts'
import { enterCalendars } from './enter.ts'

export type OldAccount = {
  provider: ProviderName
  account: string
  /** CalDAV only: then it is connected at once. */
  address?: string | undefined
  user?: string | undefined
  password?: string | undefined
}
export type ProvenHalf = Half & { calendars: RemoteCalendar[] }
export type ProveOutcome =
  | { kind: 'proven'; halves: ProvenHalf[] }
  | { kind: 'refused'; account: string; reason: ReasonCode }

/** Tries what can be tried before anything is stored: an account that came with a password answers, the others wait for their owner. */
export async function provePair(
  deps: Deps,
  zone: string,
  { calendar, meetings }: { calendar: OldAccount; meetings: OldAccount },
): Promise<ProveOutcome> {
  const halves: ProvenHalf[] = []
  for (const [legacy, account] of [
    ['calendar', calendar],
    ['meetings', meetings],
  ] as const) {
    const half = await prove(deps, zone, legacy, account)
    if ('reason' in half) return { kind: 'refused', account: account.account, reason: half.reason }
    halves.push(half)
  }
  return { kind: 'proven', halves }
}

/** Both accounts of a person from before 13 March 2023, in the transaction that makes the person. */
export async function importPair(
  deps: Deps,
  tx: Tx,
  who: { workspaceId: string; userId: string },
  halves: ProvenHalf[],
): Promise<void> {
  const entered = await enterPair(deps, tx, who, halves)
  if (!entered) throw new Error('somebody new has an account already')
  for (const { connectionId, legacy, roles } of entered) {
    const { calendars } = halves.find((half) => half.legacy === legacy)!
    if (calendars.length > 0)
      await enterCalendars(deps, tx, who.workspaceId, who.userId, connectionId, calendars, roles)
  }
}

async function prove(
  deps: Deps,
  zone: string,
  legacy: Half['legacy'],
  { provider, account, address, user, password }: OldAccount,
): Promise<ProvenHalf | { reason: ReasonCode }> {
  const dormant: ProvenHalf = { legacy, provider, account, proven: null, calendars: [] }
  if (provider !== 'caldav' || !address || !user || !password) return dormant
  const caldav = deps.providers.caldav!
  const found = await findCalendars(deps, caldav, { address, user, secret: password }, zone)
  if (found.kind === 'refused') return { reason: found.reason }
  const writable = found.calendars.some((one) => one.writable)
  return {
    ...dormant,
    proven: {
      credentials: { address: found.address, user, secret: password },
      capabilities: capabilitiesOf(caldav, writable),
    },
    calendars: found.calendars,
  }
}
