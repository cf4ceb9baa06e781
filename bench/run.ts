import { benchGoogle } from './google.ts'
import type { Line } from './line.ts'
import { join } from 'node:path'
import { benchSlots } from './slots.ts'
import { benchStart } from './start.ts'
import { benchSync } from './sync.ts'

// Pages are JSX, which only a bundle can run: this part is built like the server.
const benchHttp = async (): Promise<Line[]> => ((await import(join(import.meta.dirname, '..', 'dist', 'bench', 'http.js'))) as { benchHttp(): Promise<Line[]> }).benchHttp()

const PARTS: Record<string, () => Promise<Line[]>> = { slots: benchSlots, http: benchHttp, sync: benchSync, google: benchGoogle, start: benchStart }

const wanted = process.argv.slice(2)
let missed = 0
for (const [name, part] of Object.entries(PARTS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  for (const line of await part()) {
    if (!line.ok) missed++
    process.stdout.write(`${line.ok ? '✓' : '✗'} ${line.name.padEnd(78)} ${show(line.ours).padStart(10)} ${line.unit.padEnd(6)} limit ${show(line.limit).padStart(10)} ${line.note ?? ''}\n`)
  }
}
process.stdout.write(missed === 0 ? '\nevery budget is met\n' : `\n${missed} budgets missed\n`)
process.exit(missed === 0 ? 0 : 1)

function show(value: number): string {
  return Number.isInteger(value) ? String(value) : value >= 100 ? value.toFixed(0) : value.toPrecision(3)
}
