import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

// PostgreSQL and Node each bring zone rules of their own, of different years: only core/time converts.
const CODE = /\/\*[\s\S]*?\*\/|(^|\s)(?:\/\/|--).*$/gm
/** Said to PostgreSQL, these turn an instant into somebody's wall clock, or wall clock into an instant. */
const CONVERSIONS =
  /\bat\s+time\s+zone\s+(?!\s|'utc')|\bat\s+local\b|\btimezone\s*\(\s*(?!\s|'utc')['$:a-z]|\bset\s+(?:local\s+|session\s+)?(?:time\s+zone|timezone\s*(?:=|to\b))\s*(?!\s|'?utc\b)|\bset_config\s*\(\s*'timezone'\s*,\s*(?!'utc')|\bmake_timestamptz\s*\(|\bto_char\s*\(|\blocal(?:time|timestamp)\b|\bcurrent_(?:date|time)\b|::\s*(?:date|time|timestamp)\b|\btimestamp\s+without\s+time\s+zone\b|\bdate_trunc\s*\(\s*'(?!hour|minute|second|milliseconds)/gi

// `timeZone(` is a function of TypeScript: SQL is written in one case.
const conversions = (text: string): string[] =>
  [...text.replace(CODE, '$1').matchAll(CONVERSIONS)].map(([found]) => found.trim()).filter((found) => !found.startsWith('timeZone'))

test('D12 no SQL converts between zones: there is one zone database that counts', () => {
  const files = globSync(['server/**/*.{ts,tsx}', 'migrations/*.sql'], { exclude: ['**/*.test.ts', '**/*.test.tsx'] })
  expect(files.length).toBeGreaterThan(50)
  expect(files.some((file) => file.endsWith('.sql'))).toBe(true)
  expect(files.flatMap((file) => conversions(readFileSync(file, 'utf8')).map((found) => `${file}: ${found}`))).toEqual([])
})

test.each([
  `select starts_at at time zone 'Europe/Rome'`,
  `select starts_at AT TIME ZONE b.zone`,
  `select at at time zone $1`,
  `select timezone('Europe/Rome', starts_at)`,
  `select timezone(u.zone, starts_at)`,
  `select timezone($2, starts_at)`,
  `set time zone 'Europe/Rome'`,
  `set local timezone = 'Europe/Rome'`,
  `select set_config('TimeZone', $1, true)`,
  `select make_timestamptz(2027, 3, 28, 2, 30, 0, $1)`,
  `select to_char(starts_at, 'HH24:MI')`,
  `where starts_at::date = $1`,
  `where starts_at > current_date`,
  `select date_trunc('day', starts_at)`,
  `starts_at timestamp without time zone not null`,
])('the rule sees %j', (line) => expect(conversions(line)).not.toEqual([]))

test.each([
  `select starts_at at time zone 'UTC'`,
  `select timezone('utc', starts_at)`,
  `set time zone 'UTC'`,
  `select date_trunc('hour', first_at)`,
  `starts_at timestamptz not null`,
  `zone text not null -- never used with at time zone here`,
  `timeZone('StartTimeZone', zone, inUtc)`,
  `select extract(epoch from starts_at) * 1000`,
])('the rule lets pass %j', (line) => expect(conversions(line)).toEqual([]))
