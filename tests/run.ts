import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'

// The commands behind `npm test`, `npm run check` and `npm run test:contracts`: what they need is installed or named, nothing is skipped.
const ROOT = join(import.meta.dirname, '..')
const CACHE = join(ROOT, '.cache')

const DEBIAN: [string, string][] = [
  ['chromium', '/usr/bin/chromium'],
  ['radicale', '/usr/lib/python3/dist-packages/radicale/__init__.py'],
  ['xandikos', '/usr/bin/xandikos'],
  ['cyrus-imapd', '/usr/sbin/cyrmaster'],
  ['cyrus-caldav', '/usr/lib/cyrus/bin/httpd'],
  ['python3-aiosmtpd', '/usr/lib/python3/dist-packages/aiosmtpd/__init__.py'],
  ['python3-caldav', '/usr/lib/python3/dist-packages/caldav/__init__.py'],
  ['python3-exchangelib', '/usr/lib/python3/dist-packages/exchangelib/__init__.py'],
  ['python3-requests-ntlm', '/usr/lib/python3/dist-packages/requests_ntlm/__init__.py'],
  ['openssl', '/usr/bin/openssl'],
  ['python3-icalendar', '/usr/lib/python3/dist-packages/icalendar/__init__.py'],
  ['gss-ntlmssp', '/etc/gss/mech.d/mech.ntlmssp.conf'],
  ['python3-gssapi', '/usr/lib/python3/dist-packages/gssapi/__init__.py'],
  ['postgresql-15', '/usr/lib/postgresql/15/bin/postgres'],
]

function run(program: string, args: string[], options: { quiet?: boolean } = {}): void {
  const done = spawnSync(program, args, { cwd: ROOT, stdio: options.quiet ? ['ignore', 'ignore', 'inherit'] : ['ignore', 'inherit', 'inherit'] })
  if (done.status !== 0) process.exit(done.status ?? 1)
}

const say = (line: string) => process.stderr.write(`${line}\n`)
const step = <T>(name: string, work: () => T): T => {
  const begun = performance.now()
  const result = work()
  say(`✓ ${name} (${((performance.now() - begun) / 1000).toFixed(1)} s)`)
  return result
}

function debianPackages(): void {
  const missing = DEBIAN.filter(([, file]) => !existsSync(file)).map(([name]) => name)
  if (missing.length === 0) return
  const mayInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
  if (!mayInstall) {
    say(`The tests talk to real servers and a real browser. Install these Debian packages first:\n  sudo apt-get install --no-install-recommends ${missing.join(' ')}`)
    process.exit(1)
  }
  say(`Installing Debian packages for the tests: ${missing.join(' ')}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  for (const args of [['update', '-qq'], ['install', '-y', '-qq', '--no-install-recommends', ...missing]]) {
    const done = spawnSync('apt-get', args, { stdio: ['ignore', 2, 2], env })
    if (done.status !== 0) process.exit(done.status ?? 1)
  }
}

function build(): void {
  run(process.execPath, [join(ROOT, 'bin', 'launch.mjs'), 'build'])
}

/** Runs the named projects and closes with one plain line of what passed and failed. */
function tests(projects: string[], args: string[]): boolean {
  mkdirSync(CACHE, { recursive: true })
  const report = join(CACHE, `tests-${projects[0]}.json`)
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs')
  const done = spawnSync(process.execPath, [vitest, 'run', ...projects.map((name) => `--project=${name}`), '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, NODE_ENV: 'test' },
  })
  if (!existsSync(report)) return false
  const result = JSON.parse(readFileSync(report, 'utf8')) as { numPassedTests: number; numFailedTests: number; numPendingTests: number; numTodoTests: number }
  const silent = result.numPendingTests + result.numTodoTests
  if (silent > 0) say(`${silent} tests were skipped: a test that cannot run must fail.`)
  process.stdout.write(`\n${result.numPassedTests} passed, ${result.numFailedTests + silent} failed\n`)
  return done.status === 0 && silent === 0 && result.numPassedTests > 0
}

function contracts(): boolean {
  const place = join(ROOT, '..', 'shared', 'contracts')
  if (!existsSync(place)) {
    say('The vendors’ contracts are missing: they are read from ../shared/contracts.')
    return false
  }
  return tests(['contracts'], [])
}

const bin = (name: string, ...path: string[]) => join(ROOT, 'node_modules', name, ...path)
const [command = 'test', ...args] = process.argv.slice(2)

if (command === 'contracts') process.exit(contracts() ? 0 : 1)
if (command === 'check') {
  step('types', () => run(process.execPath, [bin('typescript', 'bin', 'tsc'), '-b']))
  step('lint', () => run(process.execPath, [bin('oxlint', 'bin', 'oxlint'), '--type-aware', '--quiet', '--deny-warnings']))
}
step('packages of the machine', debianPackages)
step('build', build)
if (command === 'gallery') process.exit(tests(['gallery'], args) ? 0 : 1)
const passed = tests(['house', 'postgres-18', 'postgres-15', 'browser'], args)
if (command === 'check' && passed) process.exit(step('contracts', contracts) ? 0 : 1)
process.exit(passed ? 0 : 1)
