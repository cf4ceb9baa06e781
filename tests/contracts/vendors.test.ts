import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { XMLParser } from 'fast-xml-parser'
import { expect, test } from 'vitest'
import type { EventKind } from '#server/providers/provider.ts'

// The one suite that reads the vendors' contracts beside the project. It fails where they are missing: what the port promises for
// every provider must be something that each vendor's own contract can say.
const CONTRACTS = join(import.meta.dirname, '..', '..', '..', 'shared', 'contracts')
const read = (...path: string[]) => readFileSync(join(CONTRACTS, ...path), 'utf8')
const json = (...path: string[]) => JSON.parse(read(...path)) as Record<string, Record<string, never>>

/** Every place in a contract where a closed list of words stands, by the key it stands under. */
function enums(node: unknown, key = '', found: Map<string, Set<string>> = new Map()): Map<string, Set<string>> {
  if (Array.isArray(node)) for (const item of node) enums(item, key, found)
  else if (node && typeof node === 'object')
    for (const [name, value] of Object.entries(node)) {
      if (name === 'enum' && Array.isArray(value)) found.set(key, new Set([...(found.get(key) ?? []), ...value.map(String)]))
      else enums(value, name, found)
    }
  return found
}

const KINDS: EventKind[] = ['busy', 'tentative', 'unanswered', 'out-of-office', 'declined', 'cancelled', 'transparent', 'unknown']

test('B32 every word of Graph’s freeBusyStatus has a kind in our port', () => {
  const words = enums(json('microsoft-graph', 'graph-v1.0.schemas.json'))
  const statuses = [...words.values()].find((set) => set.has('oof') && set.has('workingElsewhere'))
  expect([...statuses!].sort()).toEqual(['busy', 'free', 'oof', 'tentative', 'unknown', 'unknownFutureValue', 'workingElsewhere'].filter((word) => statuses!.has(word)).sort())
  const kindOf: Record<string, EventKind> = { busy: 'busy', free: 'transparent', oof: 'out-of-office', tentative: 'tentative', unknown: 'unknown', workingElsewhere: 'busy', unknownFutureValue: 'unknown' }
  for (const status of statuses!) expect(KINDS).toContain(kindOf[status])
})

test('B32 every LegacyFreeBusyStatus of Exchange has a kind in our port', () => {
  const types = read('ews', 'types.xsd')
  const block = /<xs:simpleType name="LegacyFreeBusyType">[\s\S]*?<\/xs:simpleType>/.exec(types)![0]
  const statuses = [...block.matchAll(/enumeration value="(\w+)"/g)].map((match) => match[1]!)
  const kindOf: Record<string, EventKind> = { Free: 'transparent', Tentative: 'tentative', Busy: 'busy', OOF: 'out-of-office', WorkingElsewhere: 'busy', NoData: 'unknown' }
  expect(statuses.length).toBeGreaterThan(3)
  for (const status of statuses) expect(KINDS).toContain(kindOf[status])
})

test('our draft of an event fits what Google, Graph and Exchange let an event say', () => {
  const google = JSON.stringify(json('google', 'calendar-v3.schemas.json'))
  const graph = JSON.stringify(json('microsoft-graph', 'graph-v1.0.schemas.json'))
  const ews = read('ews', 'types.xsd')
  for (const name of ['iCalUID', 'sequence', 'attendees', 'location', 'summary', 'start', 'end']) expect(google).toContain(`"${name}"`)
  for (const name of ['iCalUId', 'transactionId', 'attendees', 'location', 'subject', 'start', 'end']) expect(graph).toContain(`"${name}"`)
  for (const name of ['UID', 'RequiredAttendees', 'Location', 'Subject', 'Start', 'End']) expect(ews).toContain(`name="${name}"`)
})

test('the published schemas are well formed where later suites will compile them', () => {
  const parser = new XMLParser({ ignoreAttributes: false })
  for (const file of ['types.xsd', 'messages.xsd', 'soap11-ews.xsd', 'services.wsdl']) expect(Object.keys(parser.parse(read('ews', file)) as object).length).toBeGreaterThan(0)
  for (const [folder, file] of [['google', 'calendar-v3.discovery.json'], ['google', 'oauth2-v2.discovery.json'], ['microsoft-graph', 'graph-v1.0.operations.json'], ['ews', 'field-min-version.json']]) expect(Object.keys(json(folder!, file!)).length).toBeGreaterThan(0)
})
