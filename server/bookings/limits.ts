import type { Context } from 'hono'
import { clientBucket, type Rule } from '#server/platform/limits.ts'
import type { Env } from '#server/platform/http.ts'

/** What one client may do to public pages (I22). Holds are an anonymous write, so they are the dearest. */
const RULES: Record<'hold' | 'book' | 'manage', Rule> = {
  hold: { name: 'hold', limit: 60, seconds: 600 },
  book: { name: 'book', limit: 120, seconds: 600 },
  manage: { name: 'manage', limit: 60, seconds: 600 },
}

/** Counts one more of this kind for whoever asks; false when it was too many. */
export async function allows(c: Context<Env>, kind: keyof typeof RULES): Promise<boolean> {
  const verdict = await c.get('deps').limiter.take(RULES[kind], clientBucket(c.get('client')))
  return verdict.kind === 'within'
}
