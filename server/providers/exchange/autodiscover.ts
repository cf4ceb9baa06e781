import { AccessRevoked, Unreachable } from '../provider.ts'
import { isExchangeOnline } from './cloud.ts'
import { ask } from './door.ts'
import type { Asker } from './door.ts'
import { faultOf, unreached } from './faults.ts'
import { pox, readPox } from './pox.ts'

export type Autodiscovery =
  /** `address` is the EWS URL, to be kept as the session's address. */
  | { kind: 'found'; address: string; mailbox: string | null }
  /**
   * Another host than the mail domain's own would get the password: the person decides. `again` says whether to look further from this
   * address (`start`), or whether it is the EWS URL itself.
   */
  | { kind: 'other-host'; host: string; address: string; again: boolean }
  /** The mailbox goes by another address, of perhaps another company. */
  | { kind: 'other-address'; email: string }
  | { kind: 'moved-to-cloud' }
  | { kind: 'not-found' }

/** The servers a domain names for a service over TLS in DNS, best first. */
export type LookupSrv = (name: string) => Promise<{ name: string; port: number }[]>

type Search = { asker: Asker; email: string; hosts: ReadonlySet<string>; domain: string; hops: number }

const PATH = '/autodiscover/autodiscover.xml'
const MOST_HOPS = 10

/**
 * From a mail address to the EWS URL: the domain's own host, its `autodiscover` host, where that one leads whoever asks without a
 * password, and what DNS says, in this order. `start` is an address that the person has confirmed. Faults of the world are thrown, the
 * most telling one.
 */
export async function autodiscover(
  asker: Asker,
  email: string,
  lookupSrv?: LookupSrv,
  start?: string,
): Promise<Autodiscovery> {
  const domain = email.slice(email.lastIndexOf('@') + 1).toLowerCase()
  if (!email.includes('@') || !domain.includes('.') || !URL.canParse(`https://${domain}/`))
    return { kind: 'not-found' }
  if (isExchangeOnline(domain)) return { kind: 'moved-to-cloud' }
  const confirmed = start === undefined ? null : URL.parse(start)
  if (start !== undefined && confirmed?.protocol !== 'https:') return { kind: 'not-found' }
  const search: Search = {
    asker,
    email,
    domain,
    hosts: new Set(confirmed ? [confirmed.hostname] : []),
    hops: 0,
  }
  const steps = confirmed ? [() => follow(search, confirmed)] : stepsOf(search, lookupSrv)
  let stranger: Autodiscovery | null = null
  const faults: Unreachable[] = []
  for (const step of steps)
    try {
      const outcome = await step()
      if (outcome.kind === 'other-host') stranger ??= outcome
      else if (outcome.kind !== 'not-found') return outcome
    } catch (error) {
      // The right door and the wrong key: trying other doors would only lock the account.
      if (error instanceof AccessRevoked || !(error instanceof Unreachable)) throw error
      faults.push(error)
    }
  const telling = TELLING.flatMap((reason) => faults.find((fault) => fault.reason === reason) ?? [])[0]
  if (!stranger && telling) throw telling
  return stranger ?? { kind: 'not-found' }
}

// What a person, or their IT, can do something about. That nobody lives at a guessed address is no fault.
const TELLING: Unreachable['reason'][] = ['tls', 'forbidden', 'server-error', 'timeout']

function stepsOf(search: Search, lookupSrv: LookupSrv | undefined): (() => Promise<Autodiscovery>)[] {
  const { domain } = search
  return [
    () => follow(search, new URL(`https://${domain}${PATH}`)),
    () => follow(search, new URL(`https://autodiscover.${domain}${PATH}`)),
    () => whereLed(search, new URL(`http://autodiscover.${domain}${PATH}`)),
    async () => {
      const [first] = (await lookupSrv?.(`_autodiscover._tcp.${domain}`).catch(() => [])) ?? []
      const url = first && URL.parse(`https://${first.name.replace(/\.$/, '')}:${first.port}${PATH}`)
      return url ? go(search, url) : { kind: 'not-found' }
    },
  ]
}

/** Only hosts inside the mail domain, and those a person has confirmed, get the password unasked (H07, H08). */
const isOurs = ({ domain, hosts }: Search, { hostname }: URL): boolean =>
  hostname === domain || hostname.endsWith(`.${domain}`) || hosts.has(hostname)

/** To where an answer leads, if the password may go there. */
async function go(search: Search, url: URL): Promise<Autodiscovery> {
  if (isExchangeOnline(url.hostname)) return { kind: 'moved-to-cloud' }
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '') return { kind: 'not-found' }
  return isOurs(search, url)
    ? follow(search, url)
    : { kind: 'other-host', host: url.host, address: url.href, again: true }
}

/** Asks with the password. */
async function follow(search: Search, url: URL): Promise<Autodiscovery> {
  if (++search.hops > MOST_HOPS) return { kind: 'not-found' }
  const answer = await post(search, url)
  if (answer.led) return go(search, answer.led)
  const told = readPox(answer.text)
  if (told.kind === 'other-url') return go(search, told.url)
  if (told.kind === 'other-address')
    return isExchangeOnline(told.email.slice(told.email.lastIndexOf('@') + 1))
      ? { kind: 'moved-to-cloud' }
      : { kind: 'other-address', email: told.email }
  if (told.kind === 'nothing') return { kind: 'not-found' }
  if (isExchangeOnline(told.ews.hostname)) return { kind: 'moved-to-cloud' }
  const address = told.ews.href
  return isOurs(search, told.ews) || told.ews.hostname === url.hostname
    ? { kind: 'found', address, mailbox: told.mailbox }
    : { kind: 'other-host', host: told.ews.host, address, again: false }
}

type Answer = { led: URL | null; text: string }

async function post({ asker, email }: Search, url: URL): Promise<Answer> {
  const headers = { accept: 'text/xml', 'content-type': 'text/xml; charset=utf-8' }
  try {
    const response = await ask(asker, url, { method: 'POST', headers, body: pox(email) })
    const text = await response.text()
    const led = ledTo(response, url)
    if (!led && response.status >= 500) throw faultOf({ host: url.host, status: response.status, code: '' })
    return { led, text: response.ok ? text : '' }
  } catch (error) {
    throw unreached(error, url.host)
  }
}

const ledTo = ({ status, headers }: Response, from: URL): URL | null =>
  [301, 302, 303, 307, 308].includes(status) ? URL.parse(headers.get('location') ?? '', from) : null

/** Asks without a password, over a line that anybody may read: only where it leads counts. */
async function whereLed(search: Search, url: URL): Promise<Autodiscovery> {
  try {
    const response = await search.asker.fetch(url, { method: 'GET', redirect: 'manual' })
    const led = ledTo(response, url)
    return led ? await go(search, led) : { kind: 'not-found' }
  } catch (error) {
    const fault = unreached(error, url.host)
    // Most networks are closed to plain connections, ours by default.
    if (fault instanceof Unreachable && fault.reason === 'refused-address') return { kind: 'not-found' }
    throw fault
  }
}
