import type { Deps } from '#server/platform/deps.ts'
import type { Rule } from '#server/platform/limits.ts'

const QUARTER = 900
/** How often a stranger may try. Guessing at one account is cut short per client, so that nobody can lock out its owner from afar. */
export const RULES = {
  signInHere: { name: 'sign-in-here', limit: 10, seconds: QUARTER },
  signInClient: { name: 'sign-in-client', limit: 60, seconds: QUARTER },
  signInAccount: { name: 'sign-in-account', limit: 200, seconds: QUARTER },
  password: { name: 'password', limit: 10, seconds: QUARTER },
  newcomer: { name: 'newcomer', limit: 20, seconds: QUARTER },
  invite: { name: 'invite', limit: 60, seconds: 3600 },
} as const satisfies Record<string, Rule>

/** Seconds to wait when one of these is used up, else null. */
export async function tooMany(
  { limiter }: Pick<Deps, 'limiter'>,
  ...takes: [Rule, string][]
): Promise<number | null> {
  const verdicts = await Promise.all(takes.map(([rule, key]) => limiter.take(rule, key)))
  const waits = verdicts.flatMap((verdict) => (verdict.kind === 'over' ? [verdict.retryAfter] : []))
  return waits.length > 0 ? Math.max(...waits) : null
}
