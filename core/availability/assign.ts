/** `recent`: bookings of this event type given to the host lately. `priority`: the higher goes first. */
export type Candidate = { hostId: string; recent: number; priority: number }

/**
 * Whose turn it is: the fewest recent bookings, then the higher priority, then the order of the list; null
 * when nobody is free.
 */
export function chooseHost(candidates: readonly Candidate[]): string | null {
  let chosen: Candidate | null = null
  for (const next of candidates) {
    if (
      !chosen ||
      next.recent < chosen.recent ||
      (next.recent === chosen.recent && next.priority > chosen.priority)
    )
      chosen = next
  }
  return chosen?.hostId ?? null
}
