import { describe, expect, test } from 'vitest'
import { readMultistatus } from './multistatus.ts'
import { child, escapeXml, parseXml, textIn } from './xml.ts'
import { cpuNow } from '#tests/cpu.ts'

const DTD = '<?xml version="1.0"?><!DOCTYPE r ['
const wrapped = (inside: string): string => `<d:multistatus xmlns:d="DAV:">${inside}</d:multistatus>`

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
    ['an entity nobody defined', '<r>&nbsp;</r>'],
    ['20 000 levels', '<a>'.repeat(20_000) + '</a>'.repeat(20_000)],
    ['two million elements', `<r>${'<a/>'.repeat(2_000_000)}</r>`],
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
  ])('%s', (_, xml) => {
    const began = cpuNow()
    expect(parseXml(xml)).toBe(null)
    expect(cpuNow() - began).toBeLessThan(1500)
  })

  test('two million numeric references cost their length, no more', () => {
    const began = cpuNow()
    const root = parseXml(`<r>${'&#65;'.repeat(2_000_000)}</r>`)
    expect(root!.text.length).toBe(2_000_000)
    expect(cpuNow() - began).toBeLessThan(3000)
  })

  test('a multistatus of 10 000 responses is read in proportion', () => {
    const one = (i: number) =>
      `<d:response><d:href>/c/${i}.ics</d:href><d:propstat><d:prop><d:getetag>"${i}"</d:getetag></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>`
    const xml = wrapped(Array.from({ length: 10_000 }, (_, i) => one(i)).join(''))
    const began = cpuNow()
    expect(readMultistatus(xml)!.responses.length).toBe(10_000)
    expect(cpuNow() - began).toBeLessThan(1000)
  })

  test('names like __proto__ are names', () => {
    const root = parseXml('<r><__proto__>x</__proto__><constructor name="__proto__"/></r>')!
    expect(root.children.map(({ tag, name }) => [tag, name])).toEqual([
      ['other:__proto__', null],
      ['other:constructor', '__proto__'],
    ])
    expect(({} as Record<string, unknown>)['x']).toBe(undefined)
  })
})

describe('what WebDAV servers write is understood', () => {
  test('any prefix, a default namespace, one declared on the element itself', () => {
    for (const xml of [
      '<D:a xmlns:D="DAV:"><D:b>x</D:b></D:a>',
      '<a xmlns="DAV:"><b>x</b></a>',
      '<a xmlns="DAV:"><y:b xmlns:y="DAV:">x</y:b></a>',
      "<a xmlns='DAV:'>\n <b >x</b >\n</a>",
    ])
      expect(textIn(child(parseXml(xml)!, 'dav:b'))).toBe('x')
    expect(
      parseXml('<a xmlns="DAV:"><c xmlns="urn:ietf:params:xml:ns:caldav"/><b xmlns=""/></a>')!.children.map(
        ({ tag }) => tag,
      ),
    ).toEqual(['caldav:c', 'other:b'])
  })
  test('entities, numbers, CDATA, comments, instructions and a byte order mark', () => {
    expect(
      parseXml(
        '\ufeff<?xml version="1.0"?><!-- c --><r>&lt;a&gt; &amp;amp; &#13;&#x41;&quot;&apos;<![CDATA[<b>&amp;]]><!-- <x> --><?pi?>!</r>',
      )!.text,
    ).toBe('<a> &amp; \rA"\'<b>&amp;!')
  })
  test('numbers that are no characters become the replacement character', () => {
    expect(parseXml('<r>&#0;&#xD800;&#x110000;</r>')!.text).toBe('\ufffd\ufffd\ufffd')
  })
  test('only properties with a good status are found; a status of the whole response is kept', () => {
    const xml = wrapped(
      '<d:response><d:href>/a</d:href><d:propstat><d:prop><d:getetag>1</d:getetag></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat><d:propstat><d:prop><d:displayname/></d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat></d:response>' +
        '<d:response><d:href>/b</d:href><d:href>/c</d:href><d:status>HTTP/1.1 404 Not Found</d:status></d:response><d:sync-token>t</d:sync-token>',
    )
    const read = readMultistatus(xml)!
    expect(read.syncToken).toBe('t')
    expect(
      read.responses.map(({ href, status, found }) => [href, status, found.map(({ tag }) => tag)]),
    ).toEqual([
      ['/a', null, ['dav:getetag']],
      ['/b', 404, []],
      ['/c', 404, []],
    ])
  })
  test('what we send is inert', () => {
    const text = '<a href="x">\'&\u0000\u000b\ud800'
    expect(parseXml(`<r>${escapeXml(text)}</r>`)!.text).toBe('<a href="x">\'&\ufffd')
  })
})
