import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

// The two status tables are how we find our place again: what they call proven must be there to read.
const ROOT = join(import.meta.dirname, '..')
type Row = { id: string; state: string; proof: string }
const rows = (file: string): Row[] =>
  [...readFileSync(join(ROOT, 'docs', file), 'utf8').matchAll(/^\| ([A-Z]-?\d\d[\dA]?) \| .* \| (\w+) \| (.*) \|$/gm)].map(([, id, state, proof]) => ({ id: id!, state: state!, proof: proof! }))

test.each(['requirements-status.md', 'reliability-status.md'])('%s: every row has one state, and what is done names a test that carries its id', (file) => {
  const table = rows(file)
  expect(table.length).toBeGreaterThan(70)
  expect(table.map(({ id }) => id)).toEqual([...new Set(table.map(({ id }) => id))])
  const wrong = table.flatMap(({ id, state, proof }) => {
    if (!['done', 'part', 'none'].includes(state)) return [`${id}: ${state}`]
    if (state !== 'done') return []
    const named = [...proof.matchAll(/`([^`]+)`/g)].map(([, path]) => path!)
    if (named.length === 0) return [`${id}: done without a test`]
    return named.flatMap((path) => (!existsSync(join(ROOT, path)) ? [`${id}: ${path} is not there`] : readFileSync(join(ROOT, path), 'utf8').includes(id) ? [] : [`${id}: ${path} does not name it`]))
  })
  expect(wrong).toEqual([])
})
