/** How a server lets itself be asked by password. `negotiate` is NTLM in the envelope that Windows also unpacks. */
export type Scheme = 'basic' | 'ntlm' | 'negotiate'

const SCHEMES: readonly Scheme[] = ['basic', 'ntlm', 'negotiate']

/** What a 401 offers of it. */
export function offered(headers: Headers): Scheme[] {
  const told = (headers.get('www-authenticate') ?? '').toLowerCase()
  return SCHEMES.filter((scheme) => new RegExp(`(^|[\\s,])${scheme}($|[\\s,])`).test(told))
}

/** Over TLS the plain one: Extended Protection cannot turn it down. Without, the one that does not show the password. */
export function chosen(offers: readonly Scheme[], secure: boolean): Scheme | null {
  const order: readonly Scheme[] = secure ? SCHEMES : ['ntlm', 'negotiate', 'basic']
  return order.find((scheme) => offers.includes(scheme)) ?? null
}

/** The server's message in a 401 that goes on, or '' when it only begins anew. */
export function messageIn(headers: Headers): string {
  const told = headers.get('www-authenticate') ?? ''
  return /(?:^|[\s,])(?:ntlm|negotiate)\s+([a-z0-9+/]{16,}={0,2})/i.exec(told)?.[1] ?? ''
}
