import { Resolver } from 'node:dns/promises'

/** The servers a domain names for a service in DNS (RFC 2782), best first; none when it says nothing in time. */
export async function lookupSrv(name: string): Promise<{ name: string; port: number }[]> {
  const resolver = new Resolver({ timeout: 2000, tries: 1 })
  try {
    const records = await resolver.resolveSrv(name)
    // A lone dot says "not here".
    return records
      .filter((record) => record.name !== '')
      .toSorted((a, b) => a.priority - b.priority || b.weight - a.weight)
  } catch {
    return []
  } finally {
    resolver.cancel()
  }
}
