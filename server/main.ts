import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

// The next start need not compile what this one has: a fifth of its time. Where this folder may not be written it does without.
if (import.meta.filename.endsWith('.js')) enableCompileCache({ directory: join(import.meta.dirname, '.compiled'), portable: true })

const { command } = await import('./cli.ts')
process.exitCode = await command(process.argv.slice(2), process.env)
