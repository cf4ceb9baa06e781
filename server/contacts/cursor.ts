import { z } from '@hono/zod-openapi'

/** Where the next page of a list begins, as text that only the list itself understands. */
export const writeCursor = (place: readonly [string | number, string] | null): string | null =>
  place && Buffer.from(JSON.stringify(place)).toString('base64url')

/** The query parameter of a list sorted by `key`, then id; anything it did not write itself is bad input. */
export const cursorOf = <Key extends z.ZodType>(key: Key) =>
  z
    .string()
    .max(2000)
    .transform((text, context): [z.output<Key>, string] => {
      const place = z.tuple([key, z.uuid()]).safeParse(parse(text))
      if (place.success) return place.data
      context.addIssue({ code: 'custom', message: 'cursor' })
      return z.NEVER
    })

function parse(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    return null
  }
}
