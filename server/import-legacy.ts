import { z } from '@hono/zod-openapi'
import { parseDate, parseInstant, startOfDay } from '#core/time/wall.ts'
import { createUser } from './accounts/create-user.ts'
import { findHouse } from './accounts/find.ts'
import { INVITED_SEAT, localeField, personName, zoneField } from './accounts/model.ts'
import { importPair, provePair, type ProveOutcome } from './calendars/import-pair.ts'
import { isFromBefore } from './connections/legacy.ts'
import { beginHost } from './event-types/begin-host.ts'
import type { Deps } from './platform/deps.ts'
import { emailAddress } from './platform/http.ts'
import { everyWorkspace } from './platform/workspaces.ts'

const oldAccount = z.strictObject({
  provider: z.enum(['google', 'microsoft', 'exchange', 'caldav']),
  account: z.string().min(3).max(254),
  address: z.string().max(2000).optional(),
  user: z.string().max(254).optional(),
  password: z.string().max(1000).optional(),
})

/** A person with two connected accounts, as another system gives them (S-016 to S-019). */
export const LegacyAccount = z.strictObject({
  email: emailAddress,
  name: personName,
  /** The day they got their account there, by the clock of their workspace, or the instant. */
  createdAt: z.string(),
  locale: localeField.default('en'),
  zone: zoneField.optional(),
  calendar: oldAccount,
  meetings: oldAccount,
})
export type LegacyAccount = z.input<typeof LegacyAccount>

export type ImportOutcome =
  | { kind: 'imported'; waiting: string[] }
  | { kind: 'bad-input'; fields: string[] }
  | { kind: 'no-workspace' }
  | { kind: 'known-address' }
  /** Only who is from before the date has two (S-019). */
  | { kind: 'too-young' }
  | Extract<ProveOutcome, { kind: 'refused' }>

/** Brings one such person in: their user, their first page, and both accounts in their roles. Tried first, then stored all at once. */
export async function importLegacyAccount(
  deps: Deps,
  given: unknown,
  workspace?: string,
): Promise<ImportOutcome> {
  const read = LegacyAccount.safeParse(given)
  if (!read.success)
    return { kind: 'bad-input', fields: [...new Set(read.error.issues.map(({ path }) => path.join('.')))] }
  const { email, name, locale, calendar, meetings } = read.data
  const workspaces = await everyWorkspace(deps.db)
  const workspaceId = workspace ?? (workspaces.length === 1 ? workspaces[0] : undefined)
  if (!workspaceId || !workspaces.includes(workspaceId)) return { kind: 'no-workspace' }
  const house = await deps.db.inWorkspace(workspaceId, (tx) => findHouse(tx, workspaceId))

  const createdAt = instantOf(read.data.createdAt, house.zone)
  if (createdAt === null) return { kind: 'bad-input', fields: ['createdAt'] }
  if (!isFromBefore(createdAt, house.zone)) return { kind: 'too-young' }
  const zone = read.data.zone ?? house.zone
  const proven = await provePair(deps, zone, { calendar, meetings })
  if (proven.kind === 'refused') return proven
  return deps.db.inWorkspace(workspaceId, async (tx): Promise<ImportOutcome> => {
    const roleId = house.memberRoleId
    const person = {
      workspaceId,
      email,
      name,
      passwordHash: null,
      roleId,
      locale,
      zone,
      seat: INVITED_SEAT,
      createdAt,
    }
    const made = await createUser(tx, person)
    if (made.kind !== 'created') return made
    await beginHost(tx, { workspaceId, userId: made.userId, locale, zone })
    await importPair(deps, tx, { workspaceId, userId: made.userId }, proven.halves)
    const waiting = proven.halves.filter((half) => half.proven === null).map(({ account }) => account)
    return { kind: 'imported', waiting }
  })
}

function instantOf(text: string, zone: string): number | null {
  const day = parseDate(text)
  return day ? startOfDay(zone, day) : parseInstant(text)
}
