import { ROLES, type ConnectionRow, type Role } from './model.ts'

/** What the workspace and a person's own past allow. */
export type Rights = {
  /** The workspace lets people have several accounts, each with its roles. */
  several: boolean
  /** The person is from before 13 March 2023 and has not disconnected one of two accounts since (S-016 to S-019). */
  pair: boolean
}
export type Wish = {
  as: 'replace' | 'add' | null
  roles: Role[] | null
  /** Which account is replaced, where there is more than one. */
  replaces: string | null
}

type Half = 'calendar' | 'meetings'
/** What each account of a pair serves: one the calendar with the contacts, the other the bookings; both keep their owner's time. */
export const HALVES: Record<Half, Role[]> = {
  calendar: ['busy', 'crm', 'mail'],
  meetings: ['busy', 'bookings'],
}

export type Placed =
  | {
      kind: 'place'
      slot: number
      roles: Role[]
      legacy: Half | null
      /** What has to go for it. */
      ends: ConnectionRow[]
      /** The account that becomes the other half of a pair. */
      partner: { connectionId: string; legacy: Half } | null
    }
  | { kind: 'second'; account: string; connectionId: string; mayAdd: boolean }

const MOST = 10

/** Where a new account goes beside those that stand (S-014, S-016 to S-019). What only lends its mailbox is not in the way. */
export function placeFor(live: ConnectionRow[], rights: Rights, wish: Wish): Placed {
  const standing = live.filter(({ calendarEnded }) => !calendarEnded)
  const free = freeSlot(live)
  const alone = (slot: number, ends: ConnectionRow[], roles: Role[] = [...ROLES]): Placed => ({
    kind: 'place',
    slot,
    roles,
    legacy: null,
    ends,
    partner: null,
  })
  const [first] = standing
  if (!first) return alone(free, [])
  const addable = mayAdd(live, rights)

  if (wish.as === 'add' && addable) {
    if (rights.several) return alone(free, [], wish.roles ?? ['busy'])
    const half: Half = first.legacy === 'meetings' ? 'calendar' : 'meetings'
    return {
      kind: 'place',
      slot: free,
      roles: HALVES[half],
      legacy: half,
      ends: [],
      partner: { connectionId: first.connectionId, legacy: half === 'meetings' ? 'calendar' : 'meetings' },
    }
  }
  if (wish.as === 'replace') {
    const chosen = standing.find(({ connectionId }) => connectionId === wish.replaces)
    // Without several accounts one stays in the end: replacing half of a pair is disconnecting it, which ends the pair.
    if (!rights.several) return alone(first.slot, standing)
    const replaced = chosen ?? (standing.length === 1 ? first : null)
    if (replaced) return alone(replaced.slot, [replaced], wish.roles ?? replaced.roles)
  }
  return {
    kind: 'second',
    account: standing.map(({ account }) => account).join(', '),
    connectionId: first.connectionId,
    mayAdd: addable,
  }
}

/** Whether one more account may stand beside those that do. */
export function mayAdd(live: ConnectionRow[], { several, pair }: Rights): boolean {
  if (live.length >= MOST) return false
  return several || (pair && live.filter(({ calendarEnded }) => !calendarEnded).length < 2)
}

function freeSlot(live: ConnectionRow[]): number {
  const taken = new Set(live.map(({ slot }) => slot))
  for (let slot = 0; ; slot++) if (!taken.has(slot)) return slot
}
