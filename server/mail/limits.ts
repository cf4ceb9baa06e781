import type { Deps } from '#server/platform/deps.ts'
import { emailKey } from '#server/platform/http.ts'
import type { Rule } from '#server/platform/limits.ts'

const RULES: Rule[] = [
  { name: 'letters-hour', limit: 3, seconds: 3600 },
  { name: 'letters-day', limit: 10, seconds: 86_400 },
]

/**
 * Whether a stranger's doing may send one more letter to an address nobody has confirmed; counted over all workspaces, or fifty
 * pages would be fifty cannons (K02).
 */
export async function mayWriteTo(deps: Pick<Deps, 'limiter'>, email: string): Promise<boolean> {
  const verdicts = await Promise.all(RULES.map((rule) => deps.limiter.take(rule, emailKey(email))))
  return verdicts.every(({ kind }) => kind === 'within')
}
