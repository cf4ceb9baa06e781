import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import {
  certificates,
  clientId,
  databaseUrl,
  endpoint,
  level,
  LOG_LEVELS,
  list,
  listenHost,
  network,
  pair,
  sender,
  smtpUrl,
  tenant,
  value,
  webUrl,
  wholeNumber,
  wrong,
  type Read,
} from './config-values.ts'
import { Secret } from './secret.ts'

/** Ritrovo cannot run as it is set up; the message is for whoever runs the server, one sentence per mistake. */
export class BadConfig extends Error {
  override name = 'BadConfig'
}

/** Every variable that Ritrovo reads, once: `ritrovo config` prints this table, and `Config` is its type. A secret may come as `NAME_FILE`. */
const VARIABLES = {
  port: variable('PORT', 'Port of the web server; 0 takes any free one.', '3000', wholeNumber(0, 65_535)),
  host: variable(
    'HOST',
    'Address the web server listens on; 0.0.0.0 for all networks.',
    '127.0.0.1',
    listenHost,
  ),
  data: variable('RITROVO_DATA', 'Folder for the database and the master key.', './data', (text) =>
    value(resolve(text)),
  ),
  databaseUrl: secret(
    'DATABASE_URL',
    'A PostgreSQL server (15 or later) instead of the built-in one.',
    databaseUrl,
  ),
  url: optional(
    'RITROVO_URL',
    'The address people reach this server by: links and cookies follow it.',
    webUrl,
  ),
  masterKeyFile: optional(
    'RITROVO_MASTER_KEY_FILE',
    'File with the key that opens stored passwords; without it, master.key in RITROVO_DATA.',
    (text) => value(resolve(text)),
  ),
  smtp: secret(
    'RITROVO_SMTP_URL',
    'Mail server, smtp[s]://user:password@host:port; without it letters wait in the practice mailbox.',
    smtpUrl,
  ),
  mailFrom: optional('RITROVO_MAIL_FROM', 'Sender of every letter: Name <address>.', sender),
  egressAllow: variable(
    'RITROVO_EGRESS_ALLOW',
    'Private or unencrypted servers we may call, host:port each, with commas between: 192.168.1.5:5232,localhost:5232.',
    '',
    list(pair),
  ),
  extraCa: variable(
    'RITROVO_EXTRA_CA',
    'Certificate authorities of one server each: host:port=/path/ca.pem, with commas between.',
    '',
    certificates,
  ),
  trustProxy: variable(
    'RITROVO_TRUST_PROXY',
    'Reverse proxies whose X-Forwarded-For is believed: addresses or networks, with commas between.',
    '',
    list(network),
  ),
  syncMinutes: variable(
    'RITROVO_SYNC_MINUTES',
    'How old the copy of a calendar may get before it is read again.',
    '2',
    wholeNumber(1, 60),
  ),
  googleClientId: optional(
    'RITROVO_GOOGLE_CLIENT_ID',
    'OAuth client at Google for every workspace; an admin may also enter one in the settings.',
    clientId,
  ),
  googleClientSecret: secret('RITROVO_GOOGLE_CLIENT_SECRET', 'Its secret.', value),
  googleIssuer: variable(
    'RITROVO_GOOGLE_ISSUER',
    'Who signs what Google says about a person.',
    'https://accounts.google.com',
    endpoint,
  ),
  googleAuthorizeUrl: variable(
    'RITROVO_GOOGLE_AUTHORIZE_URL',
    'Where people say yes at Google.',
    'https://accounts.google.com/o/oauth2/v2/auth',
    endpoint,
  ),
  googleTokenUrl: variable(
    'RITROVO_GOOGLE_TOKEN_URL',
    'Where Google gives tokens.',
    'https://oauth2.googleapis.com/token',
    endpoint,
  ),
  googleRevokeUrl: variable(
    'RITROVO_GOOGLE_REVOKE_URL',
    'Where a grant at Google is ended.',
    'https://oauth2.googleapis.com/revoke',
    endpoint,
  ),
  googleJwksUrl: variable(
    'RITROVO_GOOGLE_JWKS_URL',
    'The keys Google signs with.',
    'https://www.googleapis.com/oauth2/v3/certs',
    endpoint,
  ),
  googleCalendarApi: variable(
    'RITROVO_GOOGLE_CALENDAR_API',
    'Base of the Google Calendar API.',
    'https://www.googleapis.com/calendar/v3',
    endpoint,
  ),
  googleGmailApi: variable(
    'RITROVO_GOOGLE_GMAIL_API',
    'Base of the Gmail API.',
    'https://gmail.googleapis.com/gmail/v1',
    endpoint,
  ),
  microsoftClientId: optional(
    'RITROVO_MICROSOFT_CLIENT_ID',
    'Application at Microsoft for every workspace; an admin may also enter one in the settings.',
    clientId,
  ),
  microsoftClientSecret: secret('RITROVO_MICROSOFT_CLIENT_SECRET', 'Its secret.', value),
  microsoftTenant: variable(
    'RITROVO_MICROSOFT_TENANT',
    'Who may sign in at Microsoft: common, organizations, consumers, or one tenant.',
    'common',
    tenant,
  ),
  microsoftIssuer: variable(
    'RITROVO_MICROSOFT_ISSUER',
    'Who signs what Microsoft says about a person.',
    'https://login.microsoftonline.com/{tenantid}/v2.0',
    endpoint,
  ),
  microsoftAuthorizeUrl: variable(
    'RITROVO_MICROSOFT_AUTHORIZE_URL',
    'Where people say yes at Microsoft.',
    'https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize',
    endpoint,
  ),
  microsoftTokenUrl: variable(
    'RITROVO_MICROSOFT_TOKEN_URL',
    'Where Microsoft gives tokens.',
    'https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token',
    endpoint,
  ),
  microsoftJwksUrl: variable(
    'RITROVO_MICROSOFT_JWKS_URL',
    'The keys Microsoft signs with.',
    'https://login.microsoftonline.com/{tenant}/discovery/v2.0/keys',
    endpoint,
  ),
  microsoftGraphApi: variable(
    'RITROVO_MICROSOFT_GRAPH_API',
    'Base of Microsoft Graph.',
    'https://graph.microsoft.com/v1.0',
    endpoint,
  ),
  logLevel: variable('RITROVO_LOG_LEVEL', `How much is written: ${LOG_LEVELS.join(', ')}.`, 'info', level),
}

export type Config = {
  [Key in keyof typeof VARIABLES]: (typeof VARIABLES)[Key] extends Variable<infer Value> ? Value : never
}
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

type Variable<Value> = {
  name: string
  what: string
  fallback: string | null
  secret: boolean
  read(text: string): Read<Value>
}
type Found = {
  text: string | null
  source: string
  from: 'environment' | 'file' | 'default'
  trouble?: string
}

function find(env: Env, { name, secret, fallback }: Variable<unknown>): Found {
  const [direct, file] = [env[name]?.trim(), secret ? env[`${name}_FILE`]?.trim() : undefined]
  if (direct && file)
    return {
      text: null,
      source: name,
      from: 'environment',
      trouble: `is set twice: keep ${name} or ${name}_FILE`,
    }
  if (direct) return { text: direct, source: name, from: 'environment' }
  if (!file) return { text: fallback, source: name, from: 'default' }
  const source = `${name}_FILE`
  try {
    const text = readFileSync(file, 'utf8').trim()
    return text === ''
      ? { text: null, source, from: 'file', trouble: 'names an empty file' }
      : { text, source, from: 'file' }
  } catch (error) {
    return {
      text: null,
      source,
      from: 'file',
      trouble: `names a file that cannot be read (${(error as NodeJS.ErrnoException).code})`,
    }
  }
}

function variable<Value>(
  name: string,
  what: string,
  fallback: string,
  read: (text: string) => Read<Value>,
): Variable<Value> {
  return { name, what, fallback, secret: false, read }
}
function optional<Value>(
  name: string,
  what: string,
  read: (text: string) => Read<Value>,
): Variable<Value | null> {
  return { name, what, fallback: null, secret: false, read }
}
function secret(name: string, what: string, check: (text: string) => Read<string>): Variable<Secret | null> {
  const read = (text: string): Read<Secret> => {
    const read = check(text)
    return 'value' in read ? value(new Secret(read.value)) : read
  }
  return { name, what, fallback: null, secret: true, read }
}
