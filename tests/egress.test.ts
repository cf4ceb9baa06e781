import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

// Who may open a connection or a listener, and why nobody else needs to.
const DOORS: Record<string, RegExp> = {
  'server/platform/egress.ts': /^undici$/,
  // Asks the system's resolver for a name; what it learns goes through the policy like any other address.
  'server/platform/lookup-srv.ts': /^node:dns\/promises$/,
  'server/platform/dial.ts': /^node:(?:net|tls|dns\/promises)$/,
}

const NETWORK =
  /^(?:node:)?(?:net|tls|http|https|http2|dgram|dns|dns\/promises|inspector|quic)$|^(?:undici|node-fetch|axios|got|ws|superagent|needle|request|smtp-server|imapflow)$/
const IMPORTS =
  /(?:^|\n)\s*(?:import|export)\s+(?!type\b)[^'"]*?\bfrom\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|\b(?:import|require|getBuiltinModule)\s*\(\s*['"]([^'"]+)['"]/g
const GLOBALS =
  /(?<![.\w$'"`-])(?:fetch|WebSocket|EventSource|WebSocketStream)\s*\(|\bnew\s+(?:WebSocket|EventSource)\b|\b(?:globalThis|global|window|self)\s*\.\s*(?:fetch|WebSocket|EventSource)\b|(?<=[=(,?:]\s*)fetch\b(?!\s*[:(?.])/

/** Code without its comments, so that words about `fetch(` are not calls of it. */
const code = (text: string) => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1')

/** What in this file could reach the network on its own. */
function waysOut(text: string): string[] {
  const plain = code(text)
  const imports = [...plain.matchAll(IMPORTS)]
    .map(([, from, bare, dynamic]) => from ?? bare ?? dynamic ?? '')
    .filter((name) => NETWORK.test(name))
  // A type names no connection: `typeof fetch` is how the policy's own door is passed on.
  const globals = plain.replace(/typeof\s+fetch/g, 'Door').match(new RegExp(GLOBALS, 'g')) ?? []
  return [...imports, ...globals.map((call) => call.trim())]
}

test('I19 nothing under server/ or core/ reaches the network but through the egress module', () => {
  const files = globSync(['server/**/*.{ts,tsx}', 'core/**/*.ts'], {
    exclude: ['**/*.test.ts', '**/*.test.tsx', '**/node_modules/**'],
  })
  expect(files.length).toBeGreaterThan(20)
  const out = files.flatMap((file) =>
    waysOut(readFileSync(file, 'utf8'))
      .filter((way) => !DOORS[file]?.test(way))
      .map((way) => `${file}: ${way}`),
  )
  expect(out).toEqual([])
})

test('each door is still used as one', () => {
  for (const [file, allowed] of Object.entries(DOORS))
    expect(
      waysOut(readFileSync(file, 'utf8')).some((way) => allowed.test(way)),
      file,
    ).toBe(true)
})

test.each([
  `import net from 'node:net'`,
  `import { connect } from 'net'`,
  `import {\n  request,\n} from 'node:https'`,
  `export { request } from 'undici'`,
  `import 'undici'`,
  `const http = await import('node:http')`,
  `const tls = require('tls')`,
  `process.getBuiltinModule('node:net')`,
  `import dgram from 'node:dgram'`,
  `await fetch(url)`,
  `return fetch (url)`,
  `globalThis.fetch(url)`,
  `const ask = fetch`,
  `go({ send: fetch })`,
  `retry(fetch)`,
  `options.fetch ?? fetch`,
  `new WebSocket(url)`,
  `new EventSource(url)`,
])('the rule sees %j', (line) => expect(waysOut(line)).not.toEqual([]))

test.each([
  `import type { Socket } from 'node:net'`,
  `await session.fetch(url)`,
  `deps.egress.fetch(url)`,
  `fetch: typeof fetch`,
  `const { fetch } = session`,
  `// then fetch(url)`,
  `/* import net from 'node:net' */`,
  `prefetch(x)`,
  `within(limits): typeof fetch`,
  `import { createHash } from 'node:crypto'`,
  `fetch: egress.fetch,`,
])('the rule lets pass %j', (line) => expect(waysOut(line)).toEqual([]))
