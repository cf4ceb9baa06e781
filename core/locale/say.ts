import { IntlMessageFormat } from 'intl-messageformat'
import type { Locale } from './locale.ts'

/** One language of a catalogue: ICU messages by key. */
export type Messages<Key extends string = string> = Readonly<Record<Key, string>>

/** A catalogue is complete by type: each language has the keys of English. */
export type Catalogue<Key extends string = string> = Readonly<Record<Locale, Messages<Key>>>

export type Say<Key extends string> = (key: Key, values?: Readonly<Record<string, string | number>>) => string

const compiled = new Map<string, IntlMessageFormat>()

/** The voice of one catalogue in one language. Values are inserted as plain text; whoever writes HTML escapes the result. */
export function speak<Key extends string>(catalogue: Catalogue<Key>, locale: Locale): Say<Key> {
  const messages = catalogue[locale]
  return (key, values) => {
    const message = messages[key]
    if (values === undefined && !message.includes('{') && !message.includes("'")) return message
    const name = `${locale}\u0000${message}`
    let format = compiled.get(name)
    if (!format) compiled.set(name, (format = new IntlMessageFormat(message, locale, undefined, { ignoreTag: true })))
    return String(format.format(values))
  }
}
