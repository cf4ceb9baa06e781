import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { DAY } from '#core/time/model.ts'
import { parseDate, startOfDay } from '#core/time/wall.ts'
import { explain } from '#core/availability/reasons.ts'
import { BadConfig, describeConfig, readConfig, type Config } from '#server/platform/config.ts'
import { DatabaseAway } from '#server/platform/database.ts'
import { DatabaseRefused } from '#server/platform/migrate.ts'
import { NoEmbeddedDatabase } from '#server/platform/postgres.ts'
import { resetPassword } from './accounts/password.ts'
import { loadInputs, modeOf, questionOf } from './bookings/inputs.ts'
import { doctor } from './doctor.ts'
import { setUp } from './first-run.ts'
import { importLegacyAccount } from './import-legacy.ts'
import { open } from './open.ts'
import { start } from './start.ts'

const HELP = `ritrovo — meeting software that you host yourself

  ritrovo start [--only web|worker] [--demo]    serve (the default)
  ritrovo setup --email E --password P --name N [--workspace W] [--locale en|it] [--zone Z]
                                                make the first workspace and its admin
  ritrovo doctor                                check everything this server needs, with the fix in words
  ritrovo explain HOST/PAGE YYYY-MM-DD          why each time of a day is, or is not, offered
  ritrovo config                                every variable, its value and where it comes from
  ritrovo user reset-password --email E --password P
  ritrovo import legacy-account --email E --name N --created-at YYYY-MM-DD --calendar ADDRESS --meetings ADDRESS
      [--calendar-provider P] [--meetings-provider P] [--locale en|it] [--zone Z] [--workspace ID]
  ritrovo import legacy-account --file FILE|-   bring in a person from before 13 March 2023 with both their accounts

The password may come from standard input with --password -.
`

/** One command line; the exit code is its answer. Everything works without a terminal. */
export async function command(args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const [name = 'start', ...rest] = args[0]?.startsWith('-') ? ['start', ...args] : args
  try {
    switch (name) {
      case 'start':
        return await serve(readConfig(env), rest)
      case 'setup':
        return await setup(readConfig(env), rest)
      case 'doctor':
        return await doctor(readConfig(env), print)
      case 'explain':
        return await explainDay(readConfig(env), rest)
      case 'config':
        print(describeConfig(env))
        return 0
      case 'user':
        return await user(readConfig(env), rest)
      case 'import':
        return await importOld(readConfig(env), rest)
      case 'help':
      case '--help':
        print(HELP)
        return 0
      default:
        complain(`There is no command “${name}”.\n\n${HELP}`)
        return 2
    }
  } catch (error) {
    // What the person at the console can mend is said in its own words; the rest keeps its trace.
    if (error instanceof BadConfig || error instanceof DatabaseRefused || error instanceof NoEmbeddedDatabase || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS')) complain((error as Error).message)
    else if (error instanceof DatabaseAway) complain('The database went away in the middle: start again once it runs.')
    else if ((error as { code?: string }).code === 'EADDRINUSE') complain(`Port ${readConfig(env).port} is taken: set PORT to another one.`)
    else complain((error as Error).stack ?? String(error))
    return 1
  }
}

const print = (line: string): void => void process.stdout.write(`${line}\n`)
const complain = (line: string): void => void process.stderr.write(`${line}\n`)

async function serve(config: Config, args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { only: { type: 'string' }, demo: { type: 'boolean' }, open: { type: 'boolean' } } })
  if (values.only !== undefined && values.only !== 'web' && values.only !== 'worker') {
    complain('--only takes web or worker.')
    return 2
  }
  const asked = askedToStop()
  const demo = values.demo ? await (await import('./demo.ts')).prepareDemo(config) : null
  try {
    const started = await start(demo?.config ?? config, { say: print, ...(values.only ? { only: values.only } : {}), ...(demo ? { fill: demo.fill, notice: demo.notice } : {}) })
    await asked
    await started.stop()
  } finally {
    await demo?.stop()
  }
  return 0
}

// npm, the launcher and the terminal each pass a Ctrl-C on: they are one wish. Whoever presses again later is out of patience.
const ONE_WISH_MS = 1_000

function askedToStop(): Promise<void> {
  return new Promise((done) => {
    let first = 0
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.on(signal, () => {
        first ||= Date.now()
        if (Date.now() - first > ONE_WISH_MS) process.exit(1)
        done()
      })
  })
}

async function setup(config: Config, args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { email: { type: 'string' }, password: { type: 'string' }, name: { type: 'string' }, workspace: { type: 'string' }, locale: { type: 'string' }, zone: { type: 'string' } },
  })
  if (!values.email || !values.password || !values.name) {
    complain('setup needs --email, --password and --name.')
    return 2
  }
  const password = values.password === '-' ? await readStdin() : values.password
  const { deps, close } = await open(config)
  try {
    const outcome = await setUp(deps, {
      email: values.email,
      password,
      name: values.name,
      workspaceName: values.workspace ?? values.name,
      locale: values.locale === 'it' ? 'it' : 'en',
      zone: values.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
      key: null,
    })
    switch (outcome.kind) {
      case 'ready':
        print(`${values.name} may now sign in with ${values.email}.`)
        return 0
      case 'closed':
        complain('This server already has a workspace: invite people from Team instead.')
        return 1
      default:
        complain(`That cannot be: ${outcome.kind}.`)
        return 1
    }
  } finally {
    await close()
  }
}

async function user(config: Config, args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { email: { type: 'string' }, password: { type: 'string' } } })
  if (positionals[0] !== 'reset-password' || !values.email || !values.password) {
    complain('ritrovo user reset-password --email E --password P')
    return 2
  }
  const password = values.password === '-' ? await readStdin() : values.password
  const { deps, close } = await open(config)
  try {
    const outcome = await resetPassword(deps, { email: values.email, password })
    if (outcome.kind === 'reset') {
      print('The password is changed; every session of this user has ended.')
      return 0
    }
    complain(outcome.kind === 'unknown' ? 'Nobody signs in with that address.' : 'That password is too short: use 10 characters or more.')
    return 1
  } finally {
    await close()
  }
}

async function importOld(config: Config, args: string[]): Promise<number> {
  const text = { type: 'string' } as const
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      email: text,
      name: text,
      'created-at': text,
      calendar: text,
      'calendar-provider': text,
      meetings: text,
      'meetings-provider': text,
      file: text,
      workspace: text,
      locale: text,
      zone: text,
    },
  })
  if (positionals[0] !== 'legacy-account' || !(values.file || (values.email && values.calendar && values.meetings))) {
    complain('ritrovo import legacy-account needs --file, or --email, --name, --created-at, --calendar and --meetings.')
    return 2
  }
  const given: unknown = values.file
    ? readJson(values.file === '-' ? await readStdin() : readFileSync(values.file, 'utf8'))
    : {
        email: values.email,
        name: values.name ?? values.email,
        createdAt: values['created-at'],
        calendar: { provider: values['calendar-provider'] ?? 'google', account: values.calendar },
        meetings: { provider: values['meetings-provider'] ?? 'google', account: values.meetings },
        ...(values.locale ? { locale: values.locale } : {}),
        ...(values.zone ? { zone: values.zone } : {}),
      }
  const { deps, close } = await open(config)
  try {
    const outcome = await importLegacyAccount(deps, given, values.workspace)
    if (outcome.kind === 'imported') {
      for (const account of outcome.waiting) print(`${account} waits to be connected again by its owner.`)
      print('Both accounts stand. The person signs in once you have set a password: ritrovo user reset-password.')
      return 0
    }
    complain(
      {
        'bad-input': () => `These fields are missing or wrong: ${'fields' in outcome ? outcome.fields.join(', ') : ''}.`,
        'no-workspace': () => 'Say which workspace with --workspace ID.',
        'known-address': () => 'Somebody signs in with that address already.',
        'too-young': () => 'Only accounts from before 13 March 2023 keep two connections.',
        refused: () => `${'account' in outcome ? outcome.account : ''} did not let us in: ${'reason' in outcome ? outcome.reason : ''}. Nothing was stored.`,
      }[outcome.kind](),
    )
    return 1
  } finally {
    await close()
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

async function explainDay(config: Config, [address = '', day = '']: string[]): Promise<number> {
  const [host, page] = address.split('/')
  const date = parseDate(day)
  if (!host || !page || !date) {
    complain('ritrovo explain HOST/PAGE YYYY-MM-DD')
    return 2
  }
  const { deps, close } = await open(config)
  try {
    const inputs = await loadInputs(deps.db, { host, page })
    if (!inputs) {
      complain(`There is no page ${host}/${page}.`)
      return 1
    }
    const now = deps.now()
    const mode = modeOf(inputs, now)
    print(mode.kind === 'bookable' ? 'The page takes bookings.' : `The page ${mode.kind === 'requests' ? 'takes requests' : 'is closed'}: ${mode.reason}.`)
    const zone = inputs.hosts[0]?.schedule.zone ?? 'UTC'
    const begin = startOfDay(zone, date)
    const duration = inputs.type.durations[0]!
    const question = questionOf(inputs, { duration, window: { start: begin, end: begin + DAY }, now, mode })
    for (let start = begin; start < begin + DAY; start += inputs.type.increment * 60_000) {
      const reasons = [...new Set(explain(question, start).map((reason) => reason.kind))]
      if (reasons.length === 1 && reasons[0] === 'outside-hours') continue
      const clock = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' }).format(start)
      print(`${clock}  ${reasons.length === 0 ? 'free' : reasons.join(', ')}`)
    }
    return 0
  } finally {
    await close()
  }
}

async function readStdin(): Promise<string> {
  let text = ''
  for await (const chunk of process.stdin) text += String(chunk)
  return text.replace(/\r?\n$/, '')
}
