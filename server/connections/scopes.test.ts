import { expect, test } from 'vitest'
import { LOCALES } from '#core/locale/locale.ts'
import { speak } from '#core/locale/say.ts'
import { connectionWords } from '#core/locale/words/connections.ts'
import { CAL_CODES, OAUTH_PROVIDERS } from './model.ts'
import { coversMail, disclose, SCOPES, scopesAsked, scopesMissing } from './scopes.ts'

test.each(OAUTH_PROVIDERS)(
  'S-070 the disclosure names every permission that %s is asked for, and none besides',
  (provider) => {
    for (const mail of [true, false])
      for (const locale of LOCALES) {
        const { scopes, lines } = disclose(provider, locale, { mail, testing: false })
        expect(scopes.map(({ scope }) => scope)).toEqual(scopesAsked(provider, mail))
        expect(scopes.every(({ why }) => why.length > 20 && !/[{}]/.test(why))).toBe(true)
        expect(lines.some(({ key }) => key === 'mail')).toBe(mail)
        expect(lines.map(({ text }) => text).join()).not.toMatch(/[{}]|undefined/)
      }
  },
)

test('S-070 S-072 S-073 S-074 its sentences are those of the copy table', () => {
  const texts = disclose('google', 'en', { mail: true, testing: true }).lines.map(({ key, text }) => [
    key,
    text,
  ])
  expect(texts).toEqual([
    ['read', 'See events in this calendar and in the others you reach with Google'],
    ['write', 'Create and change events and calendars'],
    ['match', 'Match events with your contacts'],
    ['mail', 'Your mailbox will be linked as well. You can unlink it later.'],
    ['keys', 'Keys stay encrypted on your server.'],
    ['unverified', 'Google will warn you: you host this yourself.'],
    [
      'seven-days',
      'As long as this server’s app at Google is in “Testing”, Google signs us out after seven days. We remind you before.',
    ],
  ])
  expect(disclose('microsoft', 'it', { mail: false, testing: true }).lines.map(({ key }) => key)).toEqual([
    'read',
    'write',
    'match',
    'keys',
  ])
})

test('what was left off is found, however the provider spells what it gave', () => {
  const google = scopesAsked('google', true)
  expect(scopesMissing('google', google, google)).toEqual([])
  const without = google.filter((scope) => !scope.endsWith('calendar.events'))
  expect(scopesMissing('google', google, without)).toMatchObject([{ purpose: 'events' }])
  expect(
    scopesMissing(
      'google',
      google,
      without.map((scope) => (scope === 'email' ? 'https://www.googleapis.com/auth/userinfo.email' : scope)),
    ),
  ).toHaveLength(1)
  const graph = SCOPES.microsoft.map(({ scope }) =>
    /^[A-Z]/.test(scope) ? `https://graph.microsoft.com/${scope}` : scope,
  )
  expect(scopesMissing('microsoft', scopesAsked('microsoft', true), graph)).toEqual([])
  // Entra does not list the openid scopes, nor offline_access, among what it gave.
  expect(
    scopesMissing('microsoft', scopesAsked('microsoft', true), [
      'calendars.readwrite',
      'MAIL.SEND',
      'MailboxSettings.Read',
    ]),
  ).toEqual([])
  expect(coversMail('microsoft', ['Calendars.ReadWrite'])).toBe(false)
  expect(coversMail('google', google)).toBe(true)
})

test('every error has its sentence and its way out in both languages, with nothing left open', () => {
  const told = {
    provider: 'Google',
    a: 'a@x.test',
    b: 'b@x.test',
    scope: 'S',
    effect: 'E',
    name: 'N',
    mail: 'm@x.test',
    host: 'h.test',
    admin: 'no',
  }
  for (const locale of LOCALES) {
    const say = speak(connectionWords, locale)
    for (const code of CAL_CODES) {
      const words = `${say(`cal-error.${code}`, told)} ${say(`cal-error.${code}.way`, told)}`
      expect(words).not.toMatch(/[{}\n!]|undefined/)
    }
  }
})
