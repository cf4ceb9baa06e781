import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { readNet, readPair, type Net } from './addresses.ts'
import { Secret } from './secret.ts'

/** Ritrovo cannot run as it is set up; the message is for whoever runs the server, one sentence per mistake. */
export class BadConfig extends Error {
  override name = 'BadConfig'
}

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** Every variable that Ritrovo reads, once: `ritrovo config` prints this table, and `Config` is its type. A secret may come as `NAME_FILE`. */
const VARIABLES = {
  port: variable('PORT', 'Port of the web server; 0 takes any free one.', '3000', wholeNumber(0, 65_535)),
  host: variable('HOST', 'Address the web server listens on; 0.0.0.0 for all networks.', '127.0.0.1', line),
  data: variable('RITROVO_DATA', 'Folder for the database and the master key.', './data', (text) => value(resolve(text))),
  databaseUrl: secret('DATABASE_URL', 'A PostgreSQL server (15 or later) instead of the built-in one.', databaseUrl),
  url: optional('RITROVO_URL', 'The address people reach this server by: links and cookies follow it.', webUrl),
  masterKeyFile: optional('RITROVO_MASTER_KEY_FILE', 'File with the key that opens stored passwords; without it, master.key in RITROVO_DATA.', (text) => value(resolve(text))),
  smtp: secret('RITROVO_SMTP_URL', 'Mail server, smtp[s]://user:password@host:port; without it letters wait in the practice mailbox.', smtpUrl),
  mailFrom: optional('RITROVO_MAIL_FROM', 'Sender of every letter: Name <address>.', sender),
  egressAllow: variable('RITROVO_EGRESS_ALLOW', 'Private or unencrypted servers we may call, host:port each, with commas between: 192.168.1.5:5232,localhost:5232.', '', list(pair)),
  extraCa: variable('RITROVO_EXTRA_CA', 'Certificate authorities of one server each: host:port=/path/ca.pem, with commas between.', '', certificates),
  trustProxy: variable('RITROVO_TRUST_PROXY', 'Reverse proxies whose X-Forwarded-For is believed: addresses or networks, with commas between.', '', list(network)),
  syncMinutes: variable('RITROVO_SYNC_MINUTES', 'How old the copy of a calendar may get before it is read again.', '5', wholeNumber(1, 60)),
  logLevel: variable('RITROVO_LOG_LEVEL', `How much is written: ${LOG_LEVELS.join(', ')}.`, 'info', (text) => (isLevel(text) ? value(text) : wrong(`must be one of ${LOG_LEVELS.join(', ')}`))),
}

export type Config = { [Key in keyof typeof VARIABLES]: (typeof VARIABLES)[Key] extends Variable<infer Value> ? Value : never }
type Env = Readonly<Record<string, string | undefined>>

/** The settings of this process; all mistakes are told at once. No secret stands in a message. */
export function readConfig(env: Env): Config {
  const mistakes: string[] = []
  const config = Object.entries(VARIABLES as Record<string, Variable<unknown>>).map(([key, row]) => {
    const { text, source, trouble } = find(env, row)
    const read = trouble ? wrong(trouble) : text === null ? value(null) : row.read(text)
    if ('wrong' in read) mistakes.push(`${source} ${read.wrong}.`)
    return [key, 'value' in read ? read.value : null]
  })
  if (mistakes.length > 0) throw new BadConfig(mistakes.join('\n'))
  return Object.fromEntries(config) as Config
}

/** Every variable with its value and where that comes from, for `ritrovo config`. */
export function describeConfig(env: Env): string {
  return Object.values(VARIABLES as Record<string, Variable<unknown>>)
    .map((row) => {
      const { text, source, trouble, from } = find(env, row)
      const shown = trouble ?? (text === null ? 'not set' : row.secret ? 'set' : text === '' ? 'none' : text)
      return `${row.name} = ${shown}  (${from === 'default' ? 'default' : source})\n    ${row.what}${row.secret ? ` Also as ${row.name}_FILE.` : ''}`
    })
    .join('\n')
}

/** The operator's mail server as a pair that only `openSocket` may reach. */
export function smtpPairs({ smtp }: Pick<Config, 'smtp'>): string[] {
  const url = smtp && URL.parse(smtp.open())
  return url ? [`${url.hostname}:${url.port || (url.protocol === 'smtps:' ? 465 : 587)}`] : []
}

type Read<Value> = { value: Value } | { wrong: string }
type Variable<Value> = { name: string; what: string; fallback: string | null; secret: boolean; read(text: string): Read<Value> }
type Found = { text: string | null; source: string; from: 'environment' | 'file' | 'default'; trouble?: string }

function find(env: Env, { name, secret, fallback }: Variable<unknown>): Found {
  const [direct, file] = [env[name]?.trim(), secret ? env[`${name}_FILE`]?.trim() : undefined]
  if (direct && file) return { text: null, source: name, from: 'environment', trouble: `is set twice: keep ${name} or ${name}_FILE` }
  if (direct) return { text: direct, source: name, from: 'environment' }
  if (!file) return { text: fallback, source: name, from: 'default' }
  const source = `${name}_FILE`
  try {
    const text = readFileSync(file, 'utf8').trim()
    return text === '' ? { text: null, source, from: 'file', trouble: 'names an empty file' } : { text, source, from: 'file' }
  } catch (error) {
    return { text: null, source, from: 'file', trouble: `names a file that cannot be read (${(error as NodeJS.ErrnoException).code})` }
  }
}

function variable<Value>(name: string, what: string, fallback: string, read: (text: string) => Read<Value>): Variable<Value> {
  return { name, what, fallback, secret: false, read }
}
function optional<Value>(name: string, what: string, read: (text: string) => Read<Value>): Variable<Value | null> {
  return { name, what, fallback: null, secret: false, read }
}
function secret(name: string, what: string, check: (text: string) => Read<string>): Variable<Secret | null> {
  const read = (text: string): Read<Secret> => {
    const read = check(text)
    return 'value' in read ? value(new Secret(read.value)) : read
  }
  return { name, what, fallback: null, secret: true, read }
}

function value<Value>(it: Value): { value: Value } {
  return { value: it }
}
function wrong(why: string): { wrong: string } {
  return { wrong: why }
}

function line(text: string): Read<string> {
  return /^[\w.:[\]-]+$/.test(text) ? value(text) : wrong('must be an address or a host name')
}
function wholeNumber(least: number, most: number) {
  return (text: string): Read<number> => (/^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most ? value(Number(text)) : wrong(`must be a whole number from ${least} to ${most}`))
}
function list<Value>(one: (text: string) => Read<Value>) {
  return (text: string): Read<Value[]> => {
    const read = text.split(',').map((part) => part.trim()).filter(Boolean).map(one)
    const bad = read.find((each) => 'wrong' in each)
    return bad ?? value(read.flatMap((each) => ('value' in each ? [each.value] : [])))
  }
}
function pair(text: string): Read<string> {
  const read = readPair(text)
  return read ? value(read) : wrong(`must name host:port pairs, and “${text}” is not one`)
}
function network(text: string): Read<Net> {
  const read = readNet(text)
  return read ? value(read) : wrong(`must name addresses or networks such as 10.0.0.0/8, and “${text}” is neither`)
}
function certificates(text: string): Read<ReadonlyMap<string, string>> {
  const read = list((entry): Read<[string, string]> => {
    const [, name = '', file = ''] = /^([^=]+)=(.+)$/.exec(entry) ?? []
    const server = readPair(name)
    if (!server) return wrong(`must be host:port=/path/ca.pem, and “${entry}” is not`)
    try {
      const pem = readFileSync(file, 'utf8')
      return pem.includes('-----BEGIN CERTIFICATE-----') ? value([server, pem]) : wrong(`names ${file}, which holds no certificate in PEM`)
    } catch (error) {
      return wrong(`names ${file}, which cannot be read (${(error as NodeJS.ErrnoException).code})`)
    }
  })(text)
  return 'value' in read ? value(new Map(read.value)) : read
}
function webUrl(text: string): Read<string> {
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash) return wrong('must be an address such as https://meet.example.com')
  return value(url.href.replace(/\/+$/, ''))
}
function databaseUrl(text: string): Read<string> {
  return /^postgres(?:ql)?:\/\//.test(text) && URL.canParse(text) ? value(text) : wrong('must be postgres://user:password@host:port/database')
}
function smtpUrl(text: string): Read<string> {
  const url = URL.parse(text)
  return url && /^smtps?:$/.test(url.protocol) && url.hostname ? value(text) : wrong('must be smtp://user:password@host:port or smtps://…')
}
function sender(text: string): Read<{ name: string; email: string }> {
  // oxlint-disable-next-line no-control-regex
  const [, name = '', email] = /^(?:([^<>"@\u0000-\u001f]{0,80})<)?([^\s@<>",;]{1,64}@[a-z\d.-]{1,190})>?$/i.exec(text) ?? []
  return email && text.includes('<') === text.endsWith('>') ? value({ name: name.trim(), email }) : wrong('must be Name <address> or an address')
}
function isLevel(text: string): text is LogLevel {
  return (LOG_LEVELS as readonly string[]).includes(text)
}
