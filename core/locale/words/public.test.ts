import { expect, test } from 'vitest'
import { LOCALES } from '../locale.ts'
import { speak } from '../say.ts'
import { publicWords, type PublicKey } from './public.ts'

const keys = Object.keys(publicWords.en) as PublicKey[]
/** Every name that any message may ask for. */
const VALUES = {
  n: 2,
  hours: 1,
  minutes: 30,
  days: 2,
  host: 'H',
  day: 'D',
  time: 'T',
  name: 'N',
  email: 'E',
  guests: 'G',
  reason: 'R',
  a: 'A',
  b: 'B',
  when: 'W',
  title: 'I',
  text: 'X',
  workspace: 'S',
  id: '7',
  city: 'C',
}
const holes = (message: string): string[] =>
  [...new Set([...message.matchAll(/\{(\w+)[,}]/g)].map(([, name]) => name!))]
    .filter((name) => name in VALUES)
    .toSorted()

test.each(LOCALES)('every message of the public pages can be said in %s', (locale) => {
  const t = speak(publicWords, locale)
  for (const key of keys) expect(t(key, VALUES), key).not.toMatch(/[{}]/)
})

test('both languages say the same things: no hole is forgotten', () => {
  for (const key of keys) expect(holes(publicWords.it[key]), key).toEqual(holes(publicWords.en[key]))
})

test('one is one and two are more', () => {
  const it = speak(publicWords, 'it')
  expect([0, 1, 8].map((n) => it('book.count', { n }))).toEqual([
    'Nessun orario libero',
    '1 orario libero',
    '8 orari liberi',
  ])
  expect(it('length.both', { hours: 1, minutes: 30 })).toBe('1 ora e 30 minuti')
})
