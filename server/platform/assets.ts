import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './root.ts'

export const WEB_BUILD = join(ROOT, 'dist', 'web')

/** Where each browser file of the build is, by its source name; empty before the first build. */
const manifest = ((): Record<string, { file: string }> => {
  const path = join(WEB_BUILD, '.vite', 'manifest.json')
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Record<string, { file: string }>) : {}
})()

/** The address of a built browser file by the end of its source's name, or null when it was not built. */
export function asset(source: string): string | null {
  const found = manifest[source] ?? Object.entries(manifest).find(([name]) => name.endsWith(source))?.[1]
  return found ? `/${found.file}` : null
}
