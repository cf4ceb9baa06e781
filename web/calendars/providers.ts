import type { ProviderName } from '../api-types.ts'

type Word = 'google' | 'o365' | 'exchange' | 'caldav'

/** The ways in, in the order of the source page. `ready` is what this version speaks. */
export const PROVIDERS: { name: ProviderName; word: Word; letter: string; ready: boolean }[] = [
  { name: 'google', word: 'google', letter: 'G', ready: false },
  { name: 'microsoft', word: 'o365', letter: 'O', ready: false },
  { name: 'exchange', word: 'exchange', letter: 'E', ready: false },
  { name: 'caldav', word: 'caldav', letter: 'C', ready: true },
]

export const providerOf = (name: ProviderName) => PROVIDERS.find((provider) => provider.name === name)!

/** The text a person agrees to; a change of its meaning is a new version, so that a consent says what it was given to. */
export const DISCLOSURE_VERSION = 'caldav-1'
