/** An IP address as a number; IPv4 inside IPv6 stays IPv6: who unwraps it decides what that means. */
export type Address = { family: 4 | 6; value: bigint }

/** All addresses whose first `bits` are those of `value`. */
export type Net = Address & { bits: number }

/** Reads the one canonical way to write each address; octal, hexadecimal and short forms are nobody's address. */
export function readAddress(text: string): Address | null {
  const four = readV4(text)
  if (four !== null) return { family: 4, value: four }
  const six = readV6(text)
  return six === null ? null : { family: 6, value: six }
}

/** `10.0.0.0/8`, `fd00::/8`, or one address. */
export function readNet(text: string): Net | null {
  const [address, bits, ...rest] = text.split('/')
  const read = readAddress(address ?? '')
  if (!read || rest.length > 0) return null
  if (bits === undefined) return { ...read, bits: width(read) }
  return /^\d{1,3}$/.test(bits) && Number(bits) <= width(read) ? { ...read, bits: Number(bits) } : null
}

export function contains(net: Net, { family, value }: Address): boolean {
  const shift = BigInt(width(net) - net.bits)
  return net.family === family && net.value >> shift === value >> shift
}

const width = ({ family }: Address): number => (family === 4 ? 32 : 128)

// The special-purpose registries of IANA (RFC 6890) and multicast: what no public server can stand on.
const SPECIAL_V4 = nets(
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
)
// Everything outside global unicast is refused, and with it every form that wraps an IPv4 address (mapped, NAT64, Teredo, 6to4).
const GLOBAL_V6 = nets('2000::/3')
const SPECIAL_V6 = nets('2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20')

/** Whether this is the address of a server on the open internet; text that is no address is not. */
export function isPublic(text: string): boolean {
  const address = readAddress(text)
  if (!address) return false
  const among = (list: Net[]) => list.some((net) => contains(net, address))
  return address.family === 4 ? !among(SPECIAL_V4) : among(GLOBAL_V6) && !among(SPECIAL_V6)
}

/** The host as WHATWG URL spells it (`①②⑦.⓪.⓪.①` is `127.0.0.1`), IPv6 in brackets; null when it is no host. */
export function readHost(text: string): string | null {
  const bare = text.includes(':') && !text.startsWith('[') ? `[${text}]` : text
  if (bare === '' || bare.length > 255 || /[/\\?#@\s%]/.test(bare) || /\]./.test(bare)) return null
  const host = URL.parse(`http://${bare}/`)?.hostname ?? ''
  return /^(?:[a-z\d._-]+|\[[\da-f:]+\])$/.test(host) ? host : null
}

/** `host:port` in the one spelling by which pairs are compared, or null. */
export function readPair(text: string): string | null {
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(text.trim()) ?? []
  if (!host || !port || Number(port) < 1 || Number(port) > 65_535) return null
  // A bare IPv6 address would lose its last group to the port.
  const canonical = host.includes(':') && !host.startsWith('[') ? null : readHost(host)
  return canonical && `${canonical}:${Number(port)}`
}

function nets(...list: string[]): Net[] {
  return list.map((text) => readNet(text)!)
}

function readV4(text: string): bigint | null {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return null
  return parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n)
}

function readV6(text: string): bigint | null {
  const [, tail] = /:(\d+\.\d+\.\d+\.\d+)$/.exec(text) ?? []
  if (tail) {
    const four = readV4(tail)
    if (four === null) return null
    return readV6(
      `${text.slice(0, -tail.length)}${(four >> 16n).toString(16)}:${(four & 0xffffn).toString(16)}`,
    )
  }
  const halves = text.split('::')
  if (halves.length > 2 || !text.includes(':')) return null
  const [head = [], rest = []] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const missing = 8 - head.length - rest.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null
  const groups = [...head, ...Array<string>(missing).fill('0'), ...rest]
  if (!groups.every((group) => /^[\da-f]{1,4}$/i.test(group))) return null
  return groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n)
}
