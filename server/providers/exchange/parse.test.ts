import { describe, expect, test } from 'vitest'
import { cpuNow } from '#tests/cpu.ts'
import { envelope, item } from '#tests/exchange-script.ts'
import { attribute, child, childrenOf, parse, textAt } from './parse.ts'
import { escapeXml, xml } from './soap.ts'

const DTD = '<?xml version="1.0"?><!DOCTYPE r ['

describe('V11 XML that means harm is refused, in time', () => {
  test.each([
    ['billion laughs', `${DTD}<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY c "&b;&b;">]><r>&c;</r>`],
    [
      'one entity of 50 KB a thousand times',
      `${DTD}<!ENTITY a "${'x'.repeat(50_000)}">]><r>${'&a;'.repeat(1000)}</r>`,
    ],
    ['an external file', `${DTD}<!ENTITY a SYSTEM "file:///etc/passwd">]><r>&a;</r>`],
    ['an external address', `<!DOCTYPE r SYSTEM "http://169.254.169.254/"><r/>`],
    ['a parameter entity', `${DTD}<!ENTITY % p SYSTEM "http://example.test/x">%p;]><r/>`],
    ['DOCTYPE in lower case', '<!doctype html><html></html>'],
    ['DOCTYPE behind the root', '<r><!DOCTYPE r></r>'],
    ['more levels than any answer has', '<a>'.repeat(41) + '</a>'.repeat(41)],
    ['20 000 levels', '<a>'.repeat(20_000) + '</a>'.repeat(20_000)],
    ['half a million elements', `<r>${'<a/>'.repeat(500_000)}</r>`],
    ['too much', `<r>${'x'.repeat(5_000_000)}</r>`],
    ['no end', '<r><a>'],
    ['an end too many', '<r></r></r>'],
    ['crossed ends', '<r><a><b></a></b></r>'],
    ['two roots', '<r/><r/>'],
    ['an open quote', '<r a="x>y</r>'],
    ['an open comment', '<r><!-- x</r>'],
    ['an open CDATA', '<r><![CDATA[ x</r>'],
    ['nothing', ''],
    ['text', 'hello'],
    ['JSON', '{"a":1}'],
  ])('%s', (_, text) => {
    const began = cpuNow()
    expect(parse(text)).toBe(null)
    expect(cpuNow() - began).toBeLessThan(1500)
  })

  test('as many numeric references as fit cost their length, no more', () => {
    const began = cpuNow()
    expect(parse(`<r>${'&#65;'.repeat(290_000)}</r>`)!.text.length).toBe(290_000)
    expect(cpuNow() - began).toBeLessThan(1500)
  })

  test.each(['__proto__', 'constructor', 'prototype', 'toString'])(
    'an element or attribute called %s poisons nothing',
    (name) => {
      for (const text of [
        `<r><${name}><x>1</x></${name}></r>`,
        `<r><a ${name}="1"/></r>`,
        `<r><a x="1" ${name}="2"/></r>`,
      ])
        expect(parse(text)?.name ?? 'r').toBe('r')
      expect(({} as Record<string, unknown>)['x']).toBe(undefined)
      expect(String({})).toBe('[object Object]')
    },
  )

  test('a view of 500 entries is read in proportion', () => {
    const text = envelope(Array.from({ length: 500 }, (_, i) => item(`id-${i}`)).join(''))
    const began = cpuNow()
    expect(child(parse(text), 'Body')!.children).toHaveLength(500)
    expect(cpuNow() - began).toBeLessThan(800)
  })
})

describe('what Exchange writes is understood', () => {
  test.each([
    '<s:a xmlns:s="x"><t:b Id="1">x</t:b></s:a>',
    '<a xmlns="x"><b Id="1">x</b></a>',
    "<?xml version='1.0'?>\n<a>\r\n <q1:b xmlns:q1='y' Id='1' >x</q1:b >\n</a>",
    '\ufeff<a><b Id="1"><![CDATA[x]]></b></a>',
    '<a><!-- <b Id="0"/> --><b t:Id="1">x</b></a>',
  ])('whatever its prefixes: %s', (text) => {
    const root = parse(text)
    expect([textAt(root, 'b'), attribute(child(root, 'b'), 'Id')]).toEqual(['x', '1'])
  })

  test('entities once, numbers, and a `>` within quotes', () => {
    const root = parse(
      '<r a="1 &gt; 0 > &#x41;">&lt;b&gt; &amp;amp; &quot;&apos;&#8364;<![CDATA[&amp;<x>]]></r>',
    )!
    expect([attribute(root, 'a'), root.text]).toEqual(['1 > 0 > A', `<b> &amp; "'€&amp;<x>`])
  })

  test('control characters that Exchange should not have written are left out', () => {
    expect(parse('<r>a&#x1F;b&#0;c&#xD800;d&#13;</r>')!.text).toBe('abcd\r')
  })

  test('repeated elements stay in their order', () => {
    const root = parse('<r><a>1</a><b/><a>2</a></r>')
    expect(childrenOf(root, 'a').map(({ text }) => text)).toEqual(['1', '2'])
  })
})

describe('what we write is inert', () => {
  test.each(['<a href="x">&amp;\'', 'a\u0000b\u000bc\u001fd\u0085', '\ud800x', ']]>', 'a\rb\tc\nd', '🙂'])(
    '%j',
    (text) => {
      const clean = text.toWellFormed().replace(/(?![\t\n\r])\p{Cc}/gu, '')
      expect(parse(xml`<r b="${text}">${text}</r>`.markup)!.text).toBe(clean)
      expect(escapeXml(text)).not.toMatch(/[<>"']|(?![\t\n])\p{Cc}/u)
    },
  )
})
