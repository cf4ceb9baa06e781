import { expect, test } from 'vitest'
import { headerText, quoted, said, unlinked } from './plain.ts'

test('V03 a name that turns the text around is disarmed, a right-to-left name is kept to itself', () => {
  expect(said('\u202egnp.exe')).toBe('gnp.exe')
  expect(said('Anna \u2067x\u2069\u2069')).toBe('Anna x')
  expect(said('دانيال')).toBe('\u2068دانيال\u2069')
  expect(said('דניאל \u2069evil')).toBe('\u2068דניאל evil\u2069')
  expect(said('Nina Bérg')).toBe('Nina Bérg')
})

test('V03 a tower of marks loses its height, real languages keep theirs', () => {
  expect(said(`z${'\u0301'.repeat(500)}`)).toBe(`z${'\u0301'.repeat(4)}`)
  expect(said('Nguyễn Thị Ệ')).toBe('Nguyễn Thị Ệ')
})

test('G04 a name has at most 80 signs, and a family of emoji is one of them', () => {
  const family = '👩‍👩‍👧‍👦'
  expect(said('a'.repeat(200))).toBe(`${'a'.repeat(79)}…`)
  expect(said('a'.repeat(80))).toBe('a'.repeat(80))
  expect(said(family.repeat(10))).toBe(family.repeat(10))
  expect([...new Intl.Segmenter().segment(said(family.repeat(200)))].length).toBeLessThanOrEqual(80)
  expect(said(family.repeat(200)).length).toBeLessThanOrEqual(80 * 4 + 1)
})

test('V02 a name is one line without controls, a longer text keeps its lines', () => {
  expect(said('Anna\r\nBcc: x\u0000\u0007 \u2028y')).toBe('Anna Bcc: x y')
  expect(said('\ud800x')).toBe('\ufffdx')
  expect(quoted('one\r\ntwo\u2028three\n\n\n\nfour')).toBe('one\ntwo\nthree\n\nfour')
  expect(quoted('x'.repeat(5000)).length).toBe(2000)
})

test('G04 what looks like an address of the web no longer does to a mail program', () => {
  const dead = (text: string) => unlinked(text).replaceAll('\u200b', '|')
  expect(dead('http://evil.example/a?b=c')).toBe('http:|//evil.|example/a?b=c')
  expect(dead('see evil.com now')).toBe('see evil.|com now')
  expect(dead('www.evil.com, HTTPS://EVIL.COM, javascript://x')).toBe('www.|evil.|com, HTTPS:|//EVIL.|COM, javascript:|//x')
  expect(dead('éviĺ.рф 例。中国')).toBe('éviĺ.|рф 例。|中国')
  expect(dead('10.30, 3.5 h. Then home.')).toBe('10.30, 3.5 h. Then home.')
})

test('G05 a header is one line of bearable length', () => {
  expect(headerText('a\r\nBcc: evil@x.example\r\n\r\nbody\u0000\u2028z')).toBe('a Bcc: evil@x.example body z')
  expect(headerText('x'.repeat(1000)).length).toBe(200)
})
