// What every npm script runs first, on whatever node the machine has: it installs what the lockfile says, finds the node that
// npm carried, builds what changed, and hands over. Plain JavaScript, so that Node 20 can read it.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..')
const NEEDED = [26, 10]
const VITE = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js')

export function say(line) {
  process.stderr.write(`${line}\n`)
}

function stop(sentence) {
  say(sentence)
  process.exit(1)
}

/** Runs a program in the project's folder and waits; its failure is ours. */
export function run(program, args, options = {}) {
  const done = spawnSync(program, args, { cwd: ROOT, stdio: 'inherit', ...options })
  if (done.error) stop(`${program} could not be run: ${done.error.message}`)
  if (done.status !== 0) process.exit(done.status ?? 1)
}

/** node_modules is what package-lock.json says, remembered by a mark inside it. */
export function install() {
  const lock = createHash('sha256').update(readFileSync(join(ROOT, 'package-lock.json'))).digest('hex')
  const mark = join(ROOT, 'node_modules', '.ritrovo-installed')
  if (existsSync(mark) && readFileSync(mark, 'utf8') === lock) return
  say('Installing what the lockfile says (once) …')
  const npm = process.env.npm_execpath
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  // npm reports on itself to stdout, which belongs to the command that was asked for.
  const stdio = ['ignore', 2, 2]
  if (npm && /\.[cm]?js$/.test(npm)) run(process.execPath, [npm, ...args], { stdio })
  else run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, { stdio, shell: process.platform === 'win32' })
  writeFileSync(mark, lock)
}

/** The node to run on: this one if it is new enough, else the one that came with npm. */
export function node() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) return process.execPath
  for (const name of [`node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`, 'node']) {
    const path = join(ROOT, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
    if (existsSync(path)) return path
  }
  return stop(`Ritrovo needs Node ${NEEDED.join('.')} or later, and npm carries none for ${process.platform} on ${process.arch}: install it from nodejs.org, then run this again.`)
}

function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* files(path)
    else if (!/\.test\.tsx?$/.test(entry.name)) yield path
  }
}

const SOURCES = ['core', 'server', 'web', 'practice', 'package-lock.json', 'vite.config.ts', 'vite.server.config.ts']

/** Builds browser and server bundles when a source is not the one they were built from. */
export function build(program) {
  const hash = createHash('sha256')
  for (const source of SOURCES) {
    const path = join(ROOT, source)
    if (!existsSync(path)) continue
    for (const file of statSync(path).isDirectory() ? [...files(path)].sort((a, b) => (a < b ? -1 : 1)) : [path]) hash.update(file.slice(ROOT.length)).update(readFileSync(file))
  }
  const mark = join(ROOT, 'dist', '.built-from')
  const sources = hash.digest('hex')
  if (existsSync(mark) && readFileSync(mark, 'utf8') === sources) return
  say('Building …')
  const stdio = ['ignore', 2, 2]
  run(program, [VITE, 'build', '--logLevel', 'warn'], { stdio })
  run(program, [VITE, 'build', '--logLevel', 'warn', '--config', 'vite.server.config.ts'], { stdio })
  mkdirSync(dirname(mark), { recursive: true })
  writeFileSync(mark, sources)
}

const COMMANDS = {
  start: (program, args) => {
    build(program)
    return [join(ROOT, 'dist', 'server', 'main.js'), 'start', ...args]
  },
  build: (program) => {
    build(program)
    return null
  },
  dev: (program, args) => {
    build(program)
    for (const config of ['vite.config.ts', 'vite.server.config.ts']) spawn(program, [VITE, 'build', '--watch', '--logLevel', 'warn', '--config', config], { cwd: ROOT, stdio: 'inherit' })
    return ['--watch', '--watch-preserve-output', join(ROOT, 'dist', 'server', 'main.js'), 'start', ...args]
  },
  test: (_program, args) => [join(ROOT, 'tests', 'run.ts'), 'test', ...args],
  check: (_program, args) => [join(ROOT, 'tests', 'run.ts'), 'check', ...args],
  'test:gallery': (_program, args) => [join(ROOT, 'tests', 'run.ts'), 'gallery', ...args],
  'test:contracts': (_program, args) => [join(ROOT, 'tests', 'run.ts'), 'contracts', ...args],
  bench: (program, args) => {
    build(program)
    run(program, [VITE, 'build', '--logLevel', 'warn', '--config', 'vite.bench.config.ts'], { stdio: ['ignore', 2, 2] })
    return [join(ROOT, 'bench', 'run.ts'), ...args]
  },
  cli: (program, args) => {
    build(program)
    return [join(ROOT, 'dist', 'server', 'main.js'), ...args]
  },
}

/** Installs, builds and becomes the wanted program; signals reach it, its exit code is ours. */
export async function launch(name, args) {
  const command = COMMANDS[name]
  if (!command) stop(`There is no command ${name}: ${Object.keys(COMMANDS).join(', ')}.`)
  install()
  const program = node()
  const line = command(program, args)
  if (!line) return
  const cwd = name === 'cli' || name === 'start' ? process.cwd() : ROOT
  const child = spawn(program, line, { cwd, stdio: 'inherit', env: { ...process.env, PATH: `${dirname(program)}:${process.env.PATH ?? ''}` } })
  // A terminal sends Ctrl-C to the whole group; others send to us alone. Either way the child is told, and we wait for it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(signal ? 128 + ({ SIGINT: 2, SIGTERM: 15, SIGKILL: 9 }[signal] ?? 1) : (code ?? 1)))
}

if (process.argv[1] && fileURLToPath(import.meta.url) === process.argv[1]) await launch(process.argv[2] ?? 'start', process.argv.slice(3))
