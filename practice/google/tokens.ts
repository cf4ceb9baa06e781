import { randomBytes } from 'node:crypto'
import { invalid, parameter, refuse } from './refusal.ts'

/** Sync tokens are opaque to clients and tell us all we must know again: whose list, up to which change, asked how. */
export const writeToken = (content: object): string =>
  Buffer.from(JSON.stringify(content)).toString('base64url')

export function readToken<Content extends { list: string; since: number }>(
  token: string,
  list: string,
  floor: number,
): Content {
  let content: Content
  try {
    content = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as Content
  } catch {
    throw invalid('Invalid sync token value.', parameter('syncToken'))
  }
  if (content.list !== list) throw invalid('Invalid sync token value.', parameter('syncToken'))
  if (content.since < floor) throw refuse('fullSyncRequired')
  return content
}

type Listing<Item> = { id: string; items: Item[]; asked: string; syncToken: string | null }
export type Page<Item> = { items: Item[]; nextPageToken?: string; nextSyncToken?: string }

const MOST_LISTINGS = 500

/** Listings under way: what the first page began is what the last page ends, whatever happens in between. */
export class Listings<Item> {
  readonly #kept = new Map<string, Listing<Item>>()

  /** `asked` is everything but the page token, which must be the same on every page (guides/pagination). */
  begin(
    items: Item[],
    syncToken: string | null,
    asked: string,
    size: number,
    emptyFirst: boolean,
  ): Page<Item> {
    const listing = { id: randomBytes(12).toString('base64url'), items, asked, syncToken }
    if (emptyFirst && items.length > 0) return this.#remember(listing, 0, [])
    return this.#from(listing, 0, size)
  }

  go(token: string, asked: string, size: number): Page<Item> {
    const [id = '', offset = ''] = token.split('.')
    const listing = this.#kept.get(id)
    if (!listing || listing.asked !== asked || !/^\d+$/.test(offset))
      throw invalid('Invalid page token value.', parameter('pageToken'))
    return this.#from(listing, Number(offset), size)
  }

  #from(listing: Listing<Item>, offset: number, size: number): Page<Item> {
    const items = listing.items.slice(offset, offset + size)
    if (offset + size < listing.items.length) return this.#remember(listing, offset + size, items)
    return { items, ...(listing.syncToken === null ? {} : { nextSyncToken: listing.syncToken }) }
  }

  #remember(listing: Listing<Item>, offset: number, items: Item[]): Page<Item> {
    this.#kept.set(listing.id, listing)
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > MOST_LISTINGS) this.#kept.delete(oldest!)
    return { items, nextPageToken: `${listing.id}.${offset}` }
  }
}
