import type { Address, Query } from './views.ts'

/** The same address with other parameters; null takes one out. */
export function hrefOf(address: Address, changes: { [Name in keyof Query]?: string | null } = {}): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(carried(address, changes))) query.set(name, value)
  return query.size === 0 ? address.path : `${address.path}?${query}`
}

/** What a form or link of this page must send along; slot and hold belong to one step. */
export function carried(
  { query }: Address,
  changes: { [Name in keyof Query]?: string | null } = {},
): Record<string, string> {
  const { slot: _slot, hold: _hold, ...kept } = query
  return Object.fromEntries(
    Object.entries({ ...kept, ...changes }).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  )
}
