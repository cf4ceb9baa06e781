import { readFileSync } from 'node:fs'
import { readHost, readNet, readPair, type Net } from './addresses.ts'

/** What a text means, or the rest of the sentence `NAME …` that says why it means nothing. */
export type Read<Value> = { value: Value } | { wrong: string }

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export function value<Value>(it: Value): { value: Value } {
  return { value: it }
}
export function wrong(why: string): { wrong: string } {
  return { wrong: why }
}

export function listenHost(text: string): Read<string> {
  return /^[\w.:[\]-]+$/.test(text) ? value(text) : wrong('must be an address or a host name')
}
export function wholeNumber(least: number, most: number) {
  return (text: string): Read<number> =>
    /^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most
      ? value(Number(text))
      : wrong(`must be a whole number from ${least} to ${most}`)
}
export function list<Value>(one: (text: string) => Read<Value>) {
  return (text: string): Read<Value[]> => {
    const read = text
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean)
      .map(one)
    const bad = read.find((each) => 'wrong' in each)
    return bad ?? value(read.flatMap((each) => ('value' in each ? [each.value] : [])))
  }
}
export function pair(text: string): Read<string> {
  const read = readPair(text)
  return read ? value(read) : wrong(`must name host:port pairs, and “${text}” is not one`)
}
export function network(text: string): Read<Net> {
  const read = readNet(text)
  return read
    ? value(read)
    : wrong(`must name addresses or networks such as 10.0.0.0/8, and “${text}” is neither`)
}
export function certificates(text: string): Read<ReadonlyMap<string, string>> {
  const read = list((entry): Read<[string, string]> => {
    const [, name = '', file = ''] = /^([^=]+)=(.+)$/.exec(entry) ?? []
    const server = readPair(name)
    if (!server) return wrong(`must be host:port=/path/ca.pem, and “${entry}” is not`)
    try {
      const pem = readFileSync(file, 'utf8')
      return pem.includes('-----BEGIN CERTIFICATE-----')
        ? value([server, pem])
        : wrong(`names ${file}, which holds no certificate in PEM`)
    } catch (error) {
      return wrong(`names ${file}, which cannot be read (${(error as NodeJS.ErrnoException).code})`)
    }
  })(text)
  return 'value' in read ? value(new Map(read.value)) : read
}
export function webUrl(text: string): Read<string> {
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash)
    return wrong('must be an address such as https://meet.example.com')
  return value(url.href.replace(/\/+$/, ''))
}
/** An endpoint at a provider; `{tenant}` in it is filled in later, so it is kept as it was written. */
export function endpoint(text: string): Read<string> {
  const url = URL.parse(text.replaceAll(/\{(?:tenant|tenantid)\}/g, 'tenant'))
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash)
    return wrong('must be an address such as https://accounts.example.com/token')
  return value(text.replace(/\/+$/, ''))
}
export function tenant(text: string): Read<string> {
  return /^[\w.-]{1,200}$/.test(text)
    ? value(text)
    : wrong('must be common, organizations, consumers, or the id or a domain of one tenant')
}
export function clientId(text: string): Read<string> {
  return /^[\x21-\x7e]{1,400}$/.test(text) ? value(text) : wrong('must be one word without spaces')
}
export function databaseUrl(text: string): Read<string> {
  return /^postgres(?:ql)?:\/\//.test(text) && URL.canParse(text)
    ? value(text)
    : wrong('must be postgres://user:password@host:port/database')
}
export function smtpUrl(text: string): Read<string> {
  const url = URL.parse(text)
  return url && /^smtps?:$/.test(url.protocol) && readHost(url.hostname)
    ? value(text)
    : wrong('must be smtp://user:password@host:port or smtps://…')
}
// oxlint-disable-next-line no-control-regex
const SENDER = /^(?:([^<>"@\u0000-\u001f]{0,80})<)?([^\s@<>",;]{1,64}@[a-z\d.-]{1,190})>?$/i

export function sender(text: string): Read<{ name: string; email: string }> {
  const [, name = '', email] = SENDER.exec(text) ?? []
  return email && text.includes('<') === text.endsWith('>')
    ? value({ name: name.trim(), email })
    : wrong('must be Name <address> or an address')
}
export function level(text: string): Read<LogLevel> {
  const known = LOG_LEVELS.find((one) => one === text)
  return known ? value(known) : wrong(`must be one of ${LOG_LEVELS.join(', ')}`)
}
