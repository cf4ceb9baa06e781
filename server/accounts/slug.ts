/** The public name of a host: plain ASCII, so that no two of them look alike (V04). */
export const SLUG = /^[a-z0-9][a-z0-9-]{0,62}$/

// First path segments that are, or may one day be, ours; `embed.js` and the like cannot be slugs because of their dot.
const RESERVED: ReadonlySet<string> = new Set(
  `accessibility account accounts admin api app assets auth availability b bookings calendar calendars connect connections
  contacts create demo docs e embed en export favicon feed h healthz help home host hosts import inbox invitations invite it
  legal livez login logout mail mailbox manifest me meetings metrics new null oauth oembed offline openapi outbox p pages people
  person poll practice privacy public push readyz register requests reset ritrovo robots roles root schedules search security
  server session sessions settings setup sign-in signin signup sitemap slots static status support sw team teams terms timeline
  today undefined user users webhook webhooks well-known workspace www`.split(/\s+/),
)

export const isReserved = (slug: string): boolean => RESERVED.has(slug)

// Letters that Unicode does not take apart into a plain one and a mark.
const PLAIN: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  þ: 'th',
  ı: 'i',
}

/** What a person's name becomes in an address; `host` where nothing of it can be written in plain letters. */
export function slugFrom(name: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[ßæœøđðłþı]/g, (letter) => PLAIN[letter]!)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 50)
    .replace(/^-+|-+$/g, '')
  return slug === '' ? 'host' : slug
}

/** The wished slug and what to try when it is taken, best first. */
export const slugCandidates = (wish: string): string[] =>
  [wish, ...Array.from({ length: 30 }, (_, index) => `${wish.slice(0, 60)}-${index + 2}`)].filter(
    (slug) => SLUG.test(slug) && !isReserved(slug),
  )
