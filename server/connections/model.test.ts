import { expect, test } from 'vitest'
import { LOCALES } from '#core/locale/locale.ts'
import { speak } from '#core/locale/say.ts'
import { connectionWords } from '#core/locale/words/connections.ts'
import {
  AccessRevoked,
  CursorExpired,
  NotFound,
  SlowDown,
  Unreachable,
  type UnreachableReason,
} from '#server/providers/provider.ts'
import {
  accountName,
  after,
  hostOf,
  REASONS,
  statesBefore,
  type ConnectionState,
  type Step,
} from './model.ts'
import { AppRefused, SignedOut } from './faults.ts'
import { passes, reasonOf } from './reason.ts'

const STATES: ('none' | ConnectionState)[] = ['none', 'connecting', 'connected', 'broken', 'disconnected']
const STEPS: Step[] = ['begin', 'prove', 'revoke', 'disconnect']

test('S-110 a connection goes none, connecting, connected, broken, disconnected, and nowhere else', () => {
  const table = Object.fromEntries(
    STATES.map((state) => [state, Object.fromEntries(STEPS.map((step) => [step, after(state, step)]))]),
  )
  expect(table).toEqual({
    none: { begin: 'connecting', prove: null, revoke: null, disconnect: null },
    connecting: { begin: null, prove: 'connected', revoke: null, disconnect: 'disconnected' },
    connected: { begin: null, prove: 'connected', revoke: 'broken', disconnect: 'disconnected' },
    broken: { begin: null, prove: 'connected', revoke: null, disconnect: 'disconnected' },
    disconnected: { begin: 'connecting', prove: null, revoke: null, disconnect: null },
  })
})

test('S-110 only a connected account can be called broken, so its owner is told once', () => {
  expect(statesBefore('revoke')).toEqual(['connected'])
  expect(statesBefore('disconnect')).toEqual(['connecting', 'connected', 'broken'])
})

test('every reason has a cause and a way out in both languages, with the server named where it matters', () => {
  for (const locale of LOCALES) {
    const say = speak(connectionWords, locale)
    for (const reason of REASONS) {
      const cause = say(`reason.${reason}.cause`, { host: 'cal.example.org' })
      const way = say(`reason.${reason}.way`, { host: 'cal.example.org' })
      expect(cause).toContain('cal.example.org')
      expect(`${cause}${way}`).not.toMatch(/[{}\n]|undefined|!/)
      expect(way.length).toBeGreaterThan(10)
    }
  }
})

test('each of the five faults becomes a reason that a person can read, and a bug does not', () => {
  const unreachable: UnreachableReason[] = [
    'refused-address',
    'dns',
    'connect',
    'tls',
    'timeout',
    'too-large',
    'server-error',
    'not-this-protocol',
    'bad-answer',
    'forbidden',
    'conflict',
  ]
  expect(unreachable.map((reason) => reasonOf(new Unreachable('x', reason)))).toEqual([
    'refused-address',
    'dns',
    'connect',
    'tls',
    'timeout',
    'too-large',
    'server-error',
    'not-caldav',
    'bad-answer',
    'forbidden',
    'write-refused',
  ])
  expect(
    [new AccessRevoked(), new SlowDown('x', 1), new NotFound(), new CursorExpired()].map(reasonOf),
  ).toEqual(['wrong-password', 'slow-down', 'not-found', 'bad-answer'])
  expect([new SignedOut(), new AppRefused('x')].map(reasonOf)).toEqual(['signed-out', 'app-refused'])
  expect(reasonOf(new TypeError('ours'))).toBeNull()
})

test('only what asking again may cure is asked again', () => {
  expect(REASONS.filter((reason) => passes(reason))).toEqual([
    'tls',
    'dns',
    'connect',
    'timeout',
    'server-error',
    'too-large',
    'bad-answer',
    'no-calendars',
    'other-host',
    'plain-http',
    'slow-down',
    'app-refused',
  ])
})

test('an account is called by who it is and where, once', () => {
  expect(accountName('alice', 'cal.example.org')).toBe('alice@cal.example.org')
  expect(accountName('giulia@studioferri.it', 'dav.studioferri.it')).toBe('giulia@studioferri.it')
  expect(accountName('giulia@studioferri.it', 'cloud.example.org')).toBe(
    'giulia@studioferri.it (cloud.example.org)',
  )
  expect(
    ['alice@cal.example.org', 'giulia@studioferri.it', 'giulia@studioferri.it (cloud.example.org)'].map(
      (account) => hostOf(account),
    ),
  ).toEqual(['cal.example.org', 'studioferri.it', 'cloud.example.org'])
})
