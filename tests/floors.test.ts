import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

// Lowest first. A file may import its own floor and the floors before it; files right under server/ are the roof.
const FLOORS = [
  'core/time', 'core/locale', 'core/icalendar', 'core/availability',
  'server/providers', 'server/platform',
  'server/mail', 'server/accounts', 'server/contacts', 'server/connections', 'server/calendars',
  'server/meetings', 'server/event-types', 'server/bookings', 'server/mailboxes', 'server/integrations',
]
const folder = (path: string) => path.split('/').slice(0, 2).join('/')
const floor = (path: string) => (/^server\/[\w-]+\.tsx?$/.test(path) ? FLOORS.length : FLOORS.indexOf(folder(path)))

type Door = { from: string; to: string; typeOnly: boolean }
const doors = (root: string): Door[] =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path) && !/(^|\/)contract\.ts$/.test(path))
    .flatMap((path) =>
      [...readFileSync(join(root, path), 'utf8').matchAll(/^(?:import|export) (type )?[^'"]*?from ['"](#|\.\.?\/)([^'"]+)['"]/gm)].map(([, type, kind, rest]) => {
        const to = kind === '#' ? rest! : join(root, dirname(path), kind!, rest!)
        return { from: join(root, path), to, typeOnly: Boolean(type) }
      }),
    )
const told = (list: Door[]) => list.map(({ from, to }) => `${from} → ${to}`)
const house = [...doors('core'), ...doors('server')]

test('imports go down', () => {
  // Only the roof knows the practice servers: the demo starts them.
  const allowed = ({ from, to }: Door) => to.startsWith('practice/') && floor(from) === FLOORS.length
  expect(told(house.filter((door) => !allowed(door) && (floor(door.to) < 0 || floor(door.to) > floor(door.from))))).toEqual([])
})

test('a store is opened only by its own folder', () => {
  expect(told(house.filter(({ from, to }) => to.endsWith('/store.ts') && folder(to) !== folder(from)))).toEqual([])
})

test('the browser runs only core and knows the server by type', () => {
  expect(told(doors('web').filter(({ to, typeOnly }) => to.startsWith('server/') && !typeOnly))).toEqual([])
})

test('one provider never imports another', () => {
  const provider = (path: string) => /^server\/providers\/([\w-]+)\//.exec(path)?.[1]
  expect(told(house.filter(({ from, to }) => provider(from) && provider(to) && provider(from) !== provider(to)))).toEqual([])
})

test('practice servers learn nothing from our own clients', () => {
  expect(told(doors('practice').filter(({ to }) => to.startsWith('server/')))).toEqual([])
})

test('every folder of core and server stands in the list', () => {
  const folders = ['core', 'server'].flatMap((root) => readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => `${root}/${entry.name}`))
  expect(folders.filter((name) => !FLOORS.includes(name))).toEqual([])
})
