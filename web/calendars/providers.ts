import type { ProviderName, TripProvider } from '../api-types.ts'

type Word = 'google' | 'o365' | 'exchange' | 'caldav'

/** The ways in, in the order of the source page. What this server can do with each of them is told by its offers. */
export const PROVIDERS: { name: ProviderName; word: Word; letter: string }[] = [
  { name: 'google', word: 'google', letter: 'G' },
  { name: 'microsoft', word: 'o365', letter: 'O' },
  { name: 'exchange', word: 'exchange', letter: 'E' },
  { name: 'caldav', word: 'caldav', letter: 'C' },
]

export const providerOf = (name: ProviderName) => PROVIDERS.find((provider) => provider.name === name)!

/** Whether one signs in at the provider itself, instead of typing a password here. */
export const isTripProvider = (name: ProviderName): name is TripProvider =>
  name === 'google' || name === 'microsoft'

/** How a provider is called in a sentence about what it did. */
export const companyOf = (name: ProviderName): string =>
  ({ google: 'Google', microsoft: 'Microsoft', exchange: 'Exchange', caldav: 'CalDAV' })[name]
