import { command } from './cli.ts'

process.exitCode = await command(process.argv.slice(2), process.env)
