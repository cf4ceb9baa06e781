import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '#server/platform/root.ts'
import type { Assets } from './views.ts'

// Read once: a page is one answer, so its style travels inside it.
const sheet = readFileSync(join(ROOT, 'web/public/public.css'), 'utf8')
  .replace(/\/\*[\s\S]*?\*\//g, '')
  .replace(/\s+/g, ' ')
  .replace(/ ?([{};,]) ?/g, '$1')
  .replace(/: /g, ':')
  .replace(/;}/g, '}')
  .trim()

// Figtree's files are cut by script: a page in Italian or English needs the first only.
const LATIN =
  'U+0-FF,U+131,U+152-153,U+2BB-2BC,U+2C6,U+2DA,U+2DC,U+304,U+308,U+329,U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD'
const EXTENDED =
  'U+100-130,U+132-151,U+154-2BA,U+2BD-2C5,U+2C7-2CC,U+2CE-2D7,U+2DD-2FF,U+1D00-1DBF,U+1E00-1E9F,U+1EF2-1EFF,U+20A0-20AB,U+20AD-20C0,U+2113,U+2C60-2C7F,U+A720-A7FF'

const face = (address: string | null, range: string): string =>
  address === null
    ? ''
    : `@font-face{font-family:Figtree;font-style:normal;font-weight:300 900;font-display:swap;src:url("${address}") format("woff2");unicode-range:${range}}`

/** The one style sheet of the public pages. */
export const pageStyle = ({ font, fontExtended }: Assets): string =>
  face(font, LATIN) + face(fontExtended, EXTENDED) + sheet
