import type { Locale } from '#core/locale/locale.ts'
import { speak } from '#core/locale/say.ts'
import { connectionWords } from '#core/locale/words/connections.ts'
import { PROVIDER_NAMES, type OAuthProvider } from './model.ts'

/** Changes with every sentence of the disclosure: what somebody agreed to is known by it for ever (S-075). */
export const DISCLOSURE_VERSION = '2026-11'

/** What a permission is asked for. */
export type Purpose = 'identity' | 'zone' | 'list' | 'events' | 'mail'
export type Scope = { scope: string; purpose: Purpose }

const GOOGLE = 'https://www.googleapis.com/auth/'

/** The narrowest permission for each purpose, least first (protocols.md §7.1). */
export const SCOPES: Record<OAuthProvider, Scope[]> = {
  google: [
    { scope: 'openid', purpose: 'identity' },
    { scope: 'email', purpose: 'identity' },
    { scope: `${GOOGLE}calendar.calendarlist.readonly`, purpose: 'list' },
    // Free and busy are read from the events too: Google's own freeBusy wants one permission more and knows no UID.
    { scope: `${GOOGLE}calendar.events`, purpose: 'events' },
    { scope: `${GOOGLE}gmail.send`, purpose: 'mail' },
  ],
  microsoft: [
    { scope: 'openid', purpose: 'identity' },
    { scope: 'profile', purpose: 'identity' },
    { scope: 'email', purpose: 'identity' },
    { scope: 'offline_access', purpose: 'identity' },
    { scope: 'User.Read', purpose: 'identity' },
    { scope: 'MailboxSettings.Read', purpose: 'zone' },
    // One permission for reading, writing and the list: Graph has no narrower one that may write.
    { scope: 'Calendars.ReadWrite', purpose: 'events' },
    { scope: 'Mail.Send', purpose: 'mail' },
  ],
}

export const scopesAsked = (provider: OAuthProvider, mail: boolean): string[] =>
  SCOPES[provider].filter(({ purpose }) => mail || purpose !== 'mail').map(({ scope }) => scope)

/** One spelling: Graph may answer with its address before each scope, Google with a longer name of `email`. */
const plain = (scope: string): string =>
  scope
    .replace(/^https:\/\/graph\.microsoft\.com\//i, '')
    .replace(`${GOOGLE}userinfo.email`, 'email')
    .toLowerCase()

/** What was asked for and is not among what was given. Who somebody is stands in the signed identity, whatever the list says. */
export function scopesMissing(provider: OAuthProvider, asked: string[], granted: string[]): Scope[] {
  const given = new Set(granted.map(plain))
  return SCOPES[provider].filter(
    ({ scope, purpose }) => purpose !== 'identity' && asked.includes(scope) && !given.has(plain(scope)),
  )
}

/** Without these an account serves all the same. */
export const dispensable = (purpose: Purpose): boolean => purpose === 'mail' || purpose === 'zone'

/** Whether letters may go out from the account. */
export const coversMail = (provider: OAuthProvider, granted: string[]): boolean =>
  scopesMissing(provider, scopesAsked(provider, true), granted).every(({ purpose }) => purpose !== 'mail')

type Line = { key: string; text: string }
export type Disclosure = { version: string; lines: Line[]; scopes: { scope: string; why: string }[] }

// S-070 to S-074: each sentence stands for the permissions that make it true, and goes with them.
const LINES: { key: 'read' | 'write' | 'match' | 'mail'; of: Purpose[] }[] = [
  { key: 'read', of: ['list', 'events'] },
  { key: 'write', of: ['events'] },
  { key: 'match', of: ['events'] },
  { key: 'mail', of: ['mail'] },
]

/** What a person reads before they leave for the provider, made from the permissions that will really be asked for. */
export function disclose(
  provider: OAuthProvider | 'caldav',
  locale: Locale,
  options: { mail: boolean; testing: boolean },
): Disclosure {
  const say = speak(connectionWords, locale)
  const name = { provider: PROVIDER_NAMES[provider] }
  // A password opens everything, whatever we use of it.
  const asked: Scope[] =
    provider === 'caldav'
      ? [{ scope: 'password', purpose: 'events' }]
      : SCOPES[provider].filter(({ purpose }) => options.mail || purpose !== 'mail')
  const lines: Line[] = LINES.filter(({ of }) => asked.some(({ purpose }) => of.includes(purpose))).map(
    ({ key }) => ({ key, text: say(`cal.disclose.${key}`, name) }),
  )
  lines.push({ key: 'keys', text: say('cal.disclose.keys') })
  if (provider === 'google' && options.testing) {
    lines.push({ key: 'unverified', text: say('cal-error.CAL-UNVERIFIED-APP') })
    lines.push({ key: 'seven-days', text: say('cal.disclose.seven_days') })
  }
  return {
    version: DISCLOSURE_VERSION,
    lines,
    scopes: asked.map(({ scope, purpose }) => ({ scope, why: say(`scope.${purpose}.why`, name) })),
  }
}
