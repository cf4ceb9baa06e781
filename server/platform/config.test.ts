import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { BadConfig, describeConfig, readConfig, smtpPairs } from './config.ts'

const folder = mkdtempSync(join(tmpdir(), 'ritrovo-config-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}
const mistakes = (env: Record<string, string>): string[] => {
  try {
    readConfig(env)
  } catch (error) {
    if (error instanceof BadConfig) return error.message.split('\n')
    throw error
  }
  return []
}

test('nothing need be set', () => {
  expect(readConfig({})).toEqual({
    port: 3000,
    host: '127.0.0.1',
    data: resolve('data'),
    databaseUrl: null,
    url: null,
    masterKeyFile: null,
    smtp: null,
    mailFrom: null,
    egressAllow: [],
    extraCa: new Map(),
    trustProxy: [],
    syncMinutes: 2,
    googleClientId: null,
    googleClientSecret: null,
    googleIssuer: 'https://accounts.google.com',
    googleAuthorizeUrl: 'https://accounts.google.com/o/oauth2/v2/auth',
    googleTokenUrl: 'https://oauth2.googleapis.com/token',
    googleRevokeUrl: 'https://oauth2.googleapis.com/revoke',
    googleJwksUrl: 'https://www.googleapis.com/oauth2/v3/certs',
    googleCalendarApi: 'https://www.googleapis.com/calendar/v3',
    googleGmailApi: 'https://gmail.googleapis.com/gmail/v1',
    microsoftClientId: null,
    microsoftClientSecret: null,
    microsoftTenant: 'common',
    microsoftIssuer: 'https://login.microsoftonline.com/{tenantid}/v2.0',
    microsoftAuthorizeUrl: 'https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize',
    microsoftTokenUrl: 'https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token',
    microsoftJwksUrl: 'https://login.microsoftonline.com/{tenant}/discovery/v2.0/keys',
    microsoftGraphApi: 'https://graph.microsoft.com/v1.0',
    logLevel: 'info',
  })
  expect(readConfig({ PORT: ' ', RITROVO_URL: '', RITROVO_EGRESS_ALLOW: '' })).toEqual(readConfig({}))
})

test('every variable is read', () => {
  const pem = file('ca.pem', '-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n')
  const config = readConfig({
    PORT: '0',
    HOST: '::',
    RITROVO_DATA: folder,
    DATABASE_URL: 'postgres://u:p@db:5432/x',
    RITROVO_URL: 'https://Meet.Example.com/',
    RITROVO_MASTER_KEY_FILE: '/run/key',
    RITROVO_SMTP_URL: 'smtps://u:p@mail.example.com',
    RITROVO_MAIL_FROM: 'Studio Ferri <ciao@ferri.example>',
    RITROVO_EGRESS_ALLOW: '192.168.1.5:5232, LOCALHOST:5232,[::1]:80',
    RITROVO_EXTRA_CA: `nas.lan:5232=${pem}`,
    RITROVO_TRUST_PROXY: '10.0.0.0/8,127.0.0.1',
    RITROVO_SYNC_MINUTES: '3',
    RITROVO_LOG_LEVEL: 'debug',
  })
  expect(config).toMatchObject({
    port: 0,
    host: '::',
    data: folder,
    url: 'https://meet.example.com',
    masterKeyFile: '/run/key',
    mailFrom: { name: 'Studio Ferri', email: 'ciao@ferri.example' },
    egressAllow: ['192.168.1.5:5232', 'localhost:5232', '[::1]:80'],
    trustProxy: [
      { family: 4, bits: 8 },
      { family: 4, bits: 32 },
    ],
    syncMinutes: 3,
    logLevel: 'debug',
  })
  expect([config.databaseUrl?.open(), config.smtp?.open()]).toEqual([
    'postgres://u:p@db:5432/x',
    'smtps://u:p@mail.example.com',
  ])
  expect(config.extraCa.get('nas.lan:5232')).toContain('BEGIN CERTIFICATE')
  expect(smtpPairs(config)).toEqual(['mail.example.com:465'])
  expect(readConfig({ RITROVO_MAIL_FROM: 'ciao@ferri.example' }).mailFrom).toEqual({
    name: '',
    email: 'ciao@ferri.example',
  })
})

test('a secret may come in a file', () => {
  const config = readConfig({
    DATABASE_URL_FILE: file('db', 'postgres://u:p@db/x\n'),
    RITROVO_SMTP_URL_FILE: file('smtp', 'smtp://mail:2525\n'),
  })
  expect([config.databaseUrl?.open(), config.smtp?.open(), smtpPairs(config)]).toEqual([
    'postgres://u:p@db/x',
    'smtp://mail:2525',
    ['mail:2525'],
  ])
})

test('all mistakes are told at once, by name, and no secret among them', () => {
  const told = mistakes({
    PORT: '99999',
    HOST: 'a b',
    DATABASE_URL: 'mysql://root:canary@db/x',
    RITROVO_URL: 'https://me:canary@meet.example/',
    RITROVO_SMTP_URL: 'http://canary',
    RITROVO_MAIL_FROM: 'Studio <x@y',
    RITROVO_EGRESS_ALLOW: '10.0.0.0/8:80',
    RITROVO_EXTRA_CA: 'nas.lan:5232=/nowhere.pem',
    RITROVO_TRUST_PROXY: '10.0.0.0/99',
    RITROVO_SYNC_MINUTES: '0',
    RITROVO_LOG_LEVEL: 'loud',
  })
  expect(told.map((sentence) => sentence.split(' ')[0])).toEqual([
    'PORT',
    'HOST',
    'DATABASE_URL',
    'RITROVO_URL',
    'RITROVO_SMTP_URL',
    'RITROVO_MAIL_FROM',
    'RITROVO_EGRESS_ALLOW',
    'RITROVO_EXTRA_CA',
    'RITROVO_TRUST_PROXY',
    'RITROVO_SYNC_MINUTES',
    'RITROVO_LOG_LEVEL',
  ])
  expect(told[0]).toBe('PORT must be a whole number from 0 to 65535.')
  expect(told.join()).not.toContain('canary')
})

test.each([
  [{ PORT: '3000x' }],
  [{ PORT: '-1' }],
  [{ PORT: '1e3' }],
  [{ RITROVO_URL: 'meet.example.com' }],
  [{ RITROVO_URL: 'ftp://meet.example.com' }],
  [{ RITROVO_URL: 'https://meet.example.com/?x=1' }],
  [{ RITROVO_EGRESS_ALLOW: '*:443' }],
  [{ RITROVO_EGRESS_ALLOW: 'localhost' }],
  [{ RITROVO_MAIL_FROM: 'Evil\r\nBcc: x@y.example <a@b.example>' }],
  [{ RITROVO_MAIL_FROM: 'a@b@c' }],
  [{ DATABASE_URL: 'postgres://u:p@db/x', DATABASE_URL_FILE: '/x' }],
  [{ DATABASE_URL_FILE: '/nowhere' }],
  [{ DATABASE_URL_FILE: file('empty', '\n') }],
  [{ RITROVO_EXTRA_CA: `nas.lan:5232=${file('not.pem', 'hello')}` }],
])('%j is one mistake', (env) => expect(mistakes(env as Record<string, string>)).toHaveLength(1))

test('the description names every variable, its value and its source, and shows no secret', () => {
  const text = describeConfig({
    PORT: '8080',
    DATABASE_URL: 'postgres://u:canary@db/x',
    RITROVO_SMTP_URL_FILE: file('smtp2', 'smtp://u:canary@mail'),
    RITROVO_LOG_LEVEL: 'loud',
  })
  expect(text).toContain('PORT = 8080  (PORT)')
  expect(text).toContain('HOST = 127.0.0.1  (default)')
  expect(text).toContain('DATABASE_URL = set  (DATABASE_URL)')
  expect(text).toContain('RITROVO_SMTP_URL = set  (RITROVO_SMTP_URL_FILE)')
  expect(text).toContain('RITROVO_URL = not set  (default)')
  expect(text).not.toContain('canary')
})

test('J10 a config that is printed shows no secret', () => {
  const config = readConfig({
    DATABASE_URL: 'postgres://u:canary@db/x',
    RITROVO_SMTP_URL: 'smtp://u:canary@mail',
  })
  expect(inspect(config, { depth: 9 }) + JSON.stringify(config)).not.toContain('canary')
})
