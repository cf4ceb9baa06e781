import {
  Appointment,
  CalendarView,
  ConflictResolutionMode,
  DateTime,
  DeleteMode,
  FolderView,
  MessageBody,
  PropertySet,
  SendCancellationsMode,
  SendInvitationsMode,
  SendInvitationsOrCancellationsMode,
  WellKnownFolderName,
} from 'ews-javascript-api'
import { XMLParser } from 'fast-xml-parser'
import { XmlDocument, XsdValidator } from 'libxml2-wasm'
import { xmlRegisterFsInputProviders } from 'libxml2-wasm/lib/nodejs.mjs'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { HOUR } from '#core/time/model.ts'
import { FIELDS } from '#practice/exchange/fields.ts'
import { ask, judge, within } from '#practice/exchange/judge.ts'
import { GROUPS, TYPES } from '#practice/exchange/order.ts'
import { judge as ours, MESSAGE_NS, SOAP, TYPE_NS } from '#practice/exchange/schema.ts'
import { startPracticeExchange, type Exchange, type PracticeExchange } from '#practice/exchange/server.ts'
import { VALUES } from '#practice/exchange/values.ts'
import { escapeXml, NotXml, readXml, type Node } from '#practice/exchange/xml.ts'
import { startExchangelib } from '#tests/counterparts/exchangelib.ts'

// Whatever two foreign clients and our practice server say to each other must be something Microsoft's own schema can say; and our
// tables must say of every envelope, right or spoilt, what that schema says of it.
const CONTRACT = join(import.meta.dirname, '..', '..', '..', 'shared', 'contracts', 'ews')
const GIULIA = 'giulia@studio.example'
const ANNA = 'anna@studio.example'
const NINE = '2026-12-01T09:00:00Z'
const TEN = '2026-12-01T10:00:00Z'
const MONTH = { start: '2026-12-01T00:00:00Z', end: '2027-01-01T00:00:00Z' }

xmlRegisterFsInputProviders()
const entry = join(CONTRACT, 'soap11-ews.xsd')
const validator = XsdValidator.fromDoc(XmlDocument.fromBuffer(readFileSync(entry), { url: entry }))

/** Microsoft's word on an envelope; null: nothing is wrong with it. */
function theirs(text: string): string | null {
  let document: XmlDocument | null = null
  try {
    document = XmlDocument.fromString(text)
    validator.validate(document)
    return null
  } catch (error) {
    return (error as { details?: { message: string }[] }).details?.[0]?.message ?? String(error)
  } finally {
    document?.dispose()
  }
}
function mine(text: string): string | null {
  try {
    return ours(readXml(text)).wrong?.text ?? null
  } catch (error) {
    if (error instanceof NotXml) return error.message
    throw error
  }
}

let practice: PracticeExchange
const heard: Exchange[] = []

beforeAll(async () => {
  practice = await startPracticeExchange()
  for (const [email, name] of [
    [GIULIA, 'Giulia Riva'],
    [ANNA, 'Anna Neri'],
  ] as const)
    practice.store.addUser({ email, name })
  practice.store.addCalendar(GIULIA, { name: 'Second' })
  practice.exchanges((exchange) => void heard.push(exchange))
  await withPython()
  await withManagedApi()
  await byHand()
})
afterAll(() => practice.stop())

async function withPython(): Promise<void> {
  const giulia = startExchangelib({ ewsUrl: practice.ewsUrl, email: GIULIA })
  const anna = startExchangelib({ ewsUrl: practice.ewsUrl, email: ANNA })
  const made = await giulia.ask<{ id: string; changekey: string }>({
    do: 'create',
    send: 'SendToAllAndSaveCopy',
    wish: { subject: 'One', start: NINE, end: TEN, attendees: [ANNA], mark: 'bk_1' },
  })
  const recurrence = { kind: 'weekly', days: ['Monday'], from: '2026-12-07', count: 3 }
  const series = await giulia.ask<{ id: string }>({
    do: 'create',
    wish: { subject: 'Series', start: '2026-12-07T09:00:00Z', end: '2026-12-07T10:00:00Z', recurrence },
  })
  await giulia.ask({
    do: 'create',
    wish: { subject: 'Day', is_all_day: true, start: '2026-12-24', end: '2026-12-24' },
  })
  const days = await giulia.ask<{ id: string }[]>({ do: 'view', ...MONTH })
  await giulia.ask({
    do: 'update',
    id: days[1]!.id,
    fields: { start: '2026-12-07T12:00:00Z', end: '2026-12-07T13:00:00Z' },
  })
  await giulia.ask({ do: 'delete', id: days[2]!.id })
  for (const command of [
    { do: 'get', id: series.id },
    { do: 'series', id: series.id },
    { do: 'sync' },
    { do: 'marked', mark: 'bk_1' },
    { do: 'titled', text: 'One' },
    { do: 'folders' },
    { do: 'free_busy', who: [ANNA, GIULIA], ...MONTH },
    { do: 'zones' },
    { do: 'resolve', name: 'Anna' },
    { do: 'send', subject: 'Ciao', body: 'Hello', to: [ANNA] },
    { do: 'update', ...made, fields: { subject: 'Two' }, send: 'SendToAllAndSaveCopy' },
    { do: 'move', id: series.id, to: 'Second' },
  ])
    await giulia.ask(command)
  const [hers] = await anna.ask<{ id: string }[]>({ do: 'view', ...MONTH })
  await anna.ask({ do: 'answer', id: hers!.id, answer: 'accept' })
  await anna.ask({ do: 'inbox' })
  await giulia.ask({ do: 'bin', id: made.id, send: 'SendToAllAndSaveCopy' })
  const happens = setInterval(
    () => practice.store.putEvent(practice.store.calendarOf(GIULIA).id, { start: 0, end: HOUR }),
    200,
  )
  await (
    await giulia.listen({ do: 'stream' })
  ).heard
  clearInterval(happens)
  const pulled = await giulia.listen({ do: 'pull' })
  pulled.nudge()
  await pulled.heard
  giulia.close()
  anna.close()
}

async function withManagedApi(): Promise<void> {
  const service = judge(practice, GIULIA)
  const made = new Appointment(service)
  made.Subject = 'Three'
  made.Start = new DateTime(NINE)
  made.End = new DateTime(TEN)
  made.Body = new MessageBody('Hello')
  made.RequiredAttendees.Add(ANNA)
  await made.Save(WellKnownFolderName.Calendar, SendInvitationsMode.SendToAllAndSaveCopy)
  const bound = await Appointment.Bind(service, made.Id)
  bound.Location = 'Room 1'
  await bound.Update(
    ConflictResolutionMode.AutoResolve,
    SendInvitationsOrCancellationsMode.SendToAllAndSaveCopy,
  )
  await service.FindAppointments(
    WellKnownFolderName.Calendar,
    new CalendarView(new DateTime(MONTH.start), new DateTime(MONTH.end)),
  )
  await service.FindFolders(WellKnownFolderName.MsgFolderRoot, new FolderView(10))
  await service.SyncFolderHierarchy(PropertySet.FirstClassProperties, null!)
  await bound.Delete(DeleteMode.MoveToDeletedItems, SendCancellationsMode.SendToAllAndSaveCopy)
}

const samples = () =>
  readdirSync(join(CONTRACT, 'samples')).map((file) => ({
    file,
    text: readFileSync(join(CONTRACT, 'samples', file), 'utf8'),
  }))

/** The contract's own samples, and refusals of each kind. */
async function byHand(): Promise<void> {
  for (const { text } of samples()) await ask(practice, text)
  practice.store.version = 'Exchange2016'
  await ask(
    practice,
    '<m:GetItem><m:ItemShape><t:BaseShape>AllProperties</t:BaseShape></m:ItemShape><m:ItemIds><t:ItemId Id="x"/></m:ItemIds></m:GetItem>',
    { version: 'Exchange2013' },
  )
  const { id } = practice.store.putEvent(practice.store.calendarOf(GIULIA).id, { start: 0, end: HOUR })
  await ask(
    practice,
    `<m:GetItem><m:ItemShape><t:BaseShape>AllProperties</t:BaseShape></m:ItemShape><m:ItemIds><t:ItemId Id="${id}"/></m:ItemIds></m:GetItem>`,
    { version: 'Exchange2013' },
  )
  practice.store.version = 'Exchange2010_SP2'
  practice.faults.next({ fault: { code: 'ErrorServerBusy', backOff: 100 } })
  await ask(
    practice,
    `<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:ItemIds><t:ItemId Id="${id}"/></m:ItemIds></m:GetItem>`,
  )
  practice.faults.next({ message: { code: 'ErrorServerBusy', backOff: 100 } })
  await ask(
    practice,
    `<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:ItemIds><t:ItemId Id="${id}"/></m:ItemIds></m:GetItem>`,
  )
  practice.store.prefixes = 'odd'
  const odd = await ask(
    practice,
    `<m:GetItem><m:ItemShape><t:BaseShape>AllProperties</t:BaseShape></m:ItemShape><m:ItemIds><t:ItemId Id="${id}"/></m:ItemIds></m:GetItem>`,
  )
  expect(within(odd, 'UID')).toHaveLength(1)
  practice.store.prefixes = 'usual'
}

const envelopesOf = () => heard.filter(({ operation, faulty }) => operation !== null && !faulty)
// Push would call us from outside; this server knows no such subscription.
const LEFT_OUT = 'Subscribe-Push.xml'

test('every envelope of two foreign clients and of our practice server is one of Microsoft’s schema, both ways', () => {
  const all = envelopesOf()
  expect(new Set(all.map(({ operation }) => operation)).size).toBeGreaterThanOrEqual(16)
  const wrong = all.flatMap(({ operation, body, answer }) => [
    ...(theirs(body) === null ? [] : [`${operation}: ${theirs(body)}`]),
    ...(theirs(answer) === null ? [] : [`${operation} answer: ${theirs(answer)}\n${answer.slice(0, 2000)}`]),
  ])
  expect(wrong).toEqual([])
})

test('the contract’s own samples are good to us as they are to the schema', () => {
  for (const { file, text } of samples())
    expect([file, theirs(text), mine(text)]).toEqual([
      file,
      null,
      file === LEFT_OUT ? expect.any(String) : null,
    ])
})

const PREFIX: Record<string, string> = { [SOAP]: 's', [TYPE_NS]: 't', [MESSAGE_NS]: 'm', '': '' }
function written(node: Node, root = true): string {
  const prefix = PREFIX[node.ns]
  const name = prefix ? `${prefix}:${node.name}` : node.name
  const names = root ? ` xmlns:s="${SOAP}" xmlns:t="${TYPE_NS}" xmlns:m="${MESSAGE_NS}"` : ''
  const attributes = Object.entries(node.attributes).map(([key, value]) => ` ${key}="${escapeXml(value)}"`)
  return `<${name}${names}${attributes.join('')}>${escapeXml(node.text)}${node.children.map((one) => written(one, false)).join('')}</${name}>`
}

const nodesOf = (node: Node): Node[] => [node, ...node.children.flatMap(nodesOf)]
/** The ways to spoil a document at one of its elements, each undone by what it gives back. */
const SPOILERS: Record<string, (node: Node) => (() => void) | null> = {
  'children turned round': (node) =>
    keep(node, 'children', [...node.children].reverse(), node.children.length > 1),
  'the first two changed places': ({ children }) => (children.length > 1 ? exchange(children) : null),
  'the first child gone': (node) => keep(node, 'children', node.children.slice(1), node.children.length > 0),
  'the last child gone': (node) =>
    keep(node, 'children', node.children.slice(0, -1), node.children.length > 0),
  'the last child twice': (node) =>
    keep(node, 'children', [...node.children, node.children.at(-1)!], node.children.length > 0),
  'another name': (node) => keep(node, 'name', 'Nonsense'),
  'the other namespace': (node) => keep(node, 'ns', node.ns === TYPE_NS ? MESSAGE_NS : TYPE_NS),
  'no text': (node) => keep(node, 'text', '', node.text !== ''),
  'other text': (node) => keep(node, 'text', 'nonsense -1'),
  'a number': (node) => keep(node, 'text', ' 99999 ', node.children.length === 0),
  'a word': (node) => keep(node, 'text', 'true', node.children.length === 0),
  'a date': (node) => keep(node, 'text', '2026-02-29T24:00:00Z', node.children.length === 0),
  'one attribute more': (node) => keep(node, 'attributes', { ...node.attributes, Colour: 'red' }),
  'no attributes': (node) => keep(node, 'attributes', {}, Object.keys(node.attributes).length > 0),
  'other values': (node) =>
    keep(
      node,
      'attributes',
      Object.fromEntries(Object.keys(node.attributes).map((name) => [name, 'nonsense'])),
      Object.keys(node.attributes).length > 0,
    ),
}
function keep<K extends keyof Node>(node: Node, key: K, value: Node[K], fits = true): (() => void) | null {
  if (!fits) return null
  const before = node[key]
  node[key] = value
  return () => void (node[key] = before)
}
function exchange(children: Node[]): () => void {
  const swap = () => void ([children[0], children[1]] = [children[1]!, children[0]!])
  swap()
  return swap
}

test('our tables judge spoilt envelopes as Microsoft’s schema does', () => {
  const seen = new Set<string>()
  const disagreed: string[] = []
  let refused = 0
  for (const { operation, status, body, answer } of envelopesOf())
    for (const [way, text] of [
      ['asked', body],
      ['told', answer],
    ] as const) {
      if (status !== 200 || mine(text) !== null) continue
      const root = readXml(text)
      const places = new Set<string>()
      for (const node of nodesOf(root)) {
        // Each kind of element once an operation and way: what it may hold is the same wherever it stands.
        const place =
          `${operation} ${way} ${node.ns} ${node.name} ${node.children.map(({ name }) => name).join()}`.slice(
            0,
            200,
          )
        if (seen.has(place) || places.has(place) || node.name === 'MessageXml' || node.name === 'Value')
          continue
        seen.add(place)
        for (const [how, spoil] of Object.entries(SPOILERS)) {
          const undo = spoil(node)
          if (!undo) continue
          const wrong = written(root)
          undo()
          const [a, b] = [mine(wrong), theirs(wrong)]
          if (b !== null) refused++
          if ((a === null) !== (b === null))
            disagreed.push(
              `${operation} ${way}, ${node.name}, ${how}: ours ${a ?? 'good'}; theirs ${b ?? 'good'}`,
            )
        }
      }
    }
  expect(disagreed.slice(0, 20)).toEqual([])
  expect(refused).toBeGreaterThan(1000)
}, 120_000)

const minimum = JSON.parse(readFileSync(join(CONTRACT, 'field-min-version.json'), 'utf8')) as Record<
  string,
  string
>

test('each field came with the version that Microsoft’s client library says', () => {
  for (const [field, version] of FIELDS)
    if (minimum[field] !== undefined) expect([field, version]).toEqual([field, minimum[field]])
  // The five that the library leaves out came with Exchange 2013 (the contract's README).
  expect([...FIELDS.keys()].filter((field) => minimum[field] === undefined).sort()).toEqual([
    'calendar:EndTimeZoneId',
    'calendar:EndWallClock',
    'calendar:IsOrganizer',
    'calendar:StartTimeZoneId',
    'calendar:StartWallClock',
  ])
  const strange = Object.keys(minimum).filter((field) => !FIELDS.has(field))
  expect(strange).toEqual(['cal:IsOrganizer'])
})

type Xsd = { kind: string; is: Record<string, string>; inside: Xsd[] }
function readXsd(file: string): Xsd[] {
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    removeNSPrefix: true,
  })
  const convert = (raw: Record<string, unknown>): Xsd[] => {
    const kind = Object.keys(raw).find((key) => key !== ':@')!
    if (/^[#?]|^annotation$/.test(kind)) return []
    const inside = (raw[kind] as Record<string, unknown>[]).flatMap(convert)
    return [{ kind, is: (raw[':@'] ?? {}) as Record<string, string>, inside }]
  }
  const text = readFileSync(join(CONTRACT, file), 'utf8')
  return (parser.parse(text) as Record<string, unknown>[])
    .flatMap(convert)
    .find(({ kind }) => kind === 'schema')!.inside
}
const short = (type = '') => type.replace(/^(xs|t):/, '')

/** Of each complex type its elements and attributes in our way of writing, of each simple type its values and bounds. */
function readSchema(): { types: Map<string, string[]>; values: Map<string, string[]> } {
  const types = new Map<string, string[]>()
  const values = new Map<string, string[]>()
  // Groups are declared beside the types only.
  const groups = readXsd('types.xsd')
  const named = (kind: string, ref: string) =>
    groups.find((one) => one.kind === kind && one.is['name'] === short(ref))!
  for (const [prefix, file] of [
    ['', 'types.xsd'],
    ['m:', 'messages.xsd'],
  ] as const) {
    const top = readXsd(file)
    const whole = (one: Xsd): Xsd[] =>
      /^(group|attributeGroup)$/.test(one.kind) && one.is['ref']
        ? whole(named(one.kind, one.is['ref']))
        : [one, ...one.inside.flatMap(whole)]
    const said = ({ kind, is }: Xsd): string[] => {
      if (kind === 'attribute')
        return [`@${is['name']}:${short(is['type'])}${is['use'] === 'required' ? '!' : ''}`]
      if (kind !== 'element') return []
      return [is['ref'] ? `ref ${short(is['ref'])}` : `${is['name']}:${short(is['type'])}`]
    }
    for (const one of top) {
      const name = `${prefix}${one.is['name'] ?? ''}`
      if (one.kind === 'simpleType')
        values.set(
          name,
          whole(one).flatMap(({ kind, is }) => (is['value'] === undefined ? [] : [`${kind} ${is['value']}`])),
        )
      else if (one.inside.length > 0) types.set(name, whole(one).flatMap(said))
    }
  }
  return { types, values }
}

test('every row of our tables stands in Microsoft’s schema: its elements in that order and of that type', () => {
  const { types } = readSchema()
  const wrong: string[] = []
  for (const [type, row] of Object.entries(TYPES)) {
    // The one type without a name, in the middle of ResponseMessageType.
    if (type === 'm:MessageXml') continue
    const known = types.get(type) ?? []
    const written = row.replace(/<\S+/g, '').replace(/%(\w+)/g, (_, name: string) => GROUPS[name]!)
    const tokens = written.match(/@?[A-Za-z:]+:[\w.:]+!?/g) ?? []
    let at = -1
    for (const token of tokens) {
      const plain = token.replace(/^[tm]:/, '')
      const bare = plain.split(':')[0]!
      const fits = (one: string) =>
        one === plain || one === `ref ${bare}` || one === `${bare}:` || ABSTRACT[one]?.test(bare)
      const found = known.findIndex((one, index) => (plain.startsWith('@') || index >= at) && fits(one))
      if (found < 0) wrong.push(`${type}: ${token} is not there, or not in that place`)
      if (!plain.startsWith('@')) at = found
    }
  }
  expect(wrong).toEqual([])
})
/** What may stand in the place of an element that is only a name for others. */
const ABSTRACT: Record<string, RegExp> = {
  'ref Path': /FieldURI$/,
  'ref Transition': /Transition$/,
  'ref SearchExpression': /^(Contains|Excludes|Exists|Is\w+|And|Or|Not)$/,
}

test('the values and bounds of our tables are those of Microsoft’s schema', () => {
  const { values } = readSchema()
  for (const [type, value] of Object.entries(VALUES)) {
    const known = values.get(type)
    if (known === undefined || 'list' in value || 'any' in value) continue
    const said =
      'one' in value
        ? value.one.map((one) => `enumeration ${one}`)
        : [
            ...(value.from === undefined ? [] : [`minInclusive ${value.from}`, `maxInclusive ${value.to}`]),
            ...(value.least === undefined ? [] : [`minLength ${value.least}`]),
          ]
    if ('one' in value || said.length > 0) expect([type, known]).toEqual([type, said])
  }
})
