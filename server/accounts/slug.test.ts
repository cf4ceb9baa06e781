import { expect, test } from 'vitest'
import { isReserved, SLUG, slugCandidates, slugFrom } from './slug.ts'

test('V04 every name becomes a plain slug, whatever letters it is written in', () => {
  const slugs = Object.entries({
    'Giulia Ferri': 'giulia-ferri',
    'Zoë Müller-Straße': 'zoe-muller-strasse',
    'Łukasz Żółć': 'lukasz-zolc',
    'İpek Işık': 'ipek-isik',
    'ⓐdmin': 'admin',
    'ﬀ Kelvin': 'ff-kelvin',
    'Søren Ærø': 'soren-aero',
    'O’Brien, J.': 'o-brien-j',
    李明: 'host',
    '👩‍👩‍👧': 'host',
    '  --  ': 'host',
  })
  for (const [name, slug] of slugs) expect(slugFrom(name), name).toBe(slug)
  expect(slugFrom('x'.repeat(120))).toHaveLength(50)
})

test('a name that is ours gets a number at once', () => {
  expect(slugCandidates('admin')[0]).toBe('admin-2')
  expect(slugCandidates('giulia').slice(0, 3)).toEqual(['giulia', 'giulia-2', 'giulia-3'])
  for (const path of [
    'api',
    'b',
    'app',
    'setup',
    'login',
    'invite',
    'outbox',
    'healthz',
    'readyz',
    'docs',
    'openapi',
    'privacy',
    'assets',
    'settings',
    'today',
    'meetings',
    'contacts',
    'embed',
  ])
    expect(isReserved(path), path).toBe(true)
  for (const file of ['openapi.json', 'embed.js']) expect(SLUG.test(file)).toBe(false)
})
