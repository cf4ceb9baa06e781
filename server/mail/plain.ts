export const NAME_LENGTH = 80
const LONG_TEXT = 2000

// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufeff]/g
// Embeddings, overrides and isolates that turn what follows around ("\u202Egpj.exe"); direction marks alone do no harm.
const TURNS = /[\u202a-\u202e\u2066-\u2069]/g
const LINES = /\r\n?|[\n\u0085\u2028\u2029]/g
// Four marks on one letter are Vietnamese or Hebrew, a hundred are a tower over the neighbouring lines.
const TOWER = /(\p{M}{4})\p{M}+/gu
const RIGHT_TO_LEFT = /[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

function cut(text: string, max: number): string {
  if (text.length <= max) return text
  let [count, from] = [0, 0]
  for (const { index, segment } of graphemes.segment(text)) {
    // An emoji family or a tower of marks is one grapheme of any length: code units are bounded too.
    if (++count > max || index + segment.length > max * 4) return `${text.slice(0, from).trimEnd()}…`
    if (count < max) from = index + segment.length
  }
  return text
}

const calm = (text: string) => text.toWellFormed().replace(CONTROLS, ' ').replace(TURNS, '').replace(TOWER, '$1')

// FIRST STRONG ISOLATE … POP DIRECTIONAL ISOLATE: mail programs strip <bdi>. Left-to-right text needs none.
const isolated = (text: string) => (RIGHT_TO_LEFT.test(text) ? `\u2068${text}\u2069` : text)

/** A name or a title that somebody wrote, ready to stand inside a sentence of ours: one line, short, unable to turn its surroundings. */
export const said = (text: string, max = NAME_LENGTH): string => isolated(cut(calm(text).replace(LINES, ' ').replace(/\s+/g, ' ').trim(), max))

/** A longer text that somebody wrote, with its own lines. */
export const quoted = (text: string): string => isolated(cut(calm(text).replace(LINES, '\n').replace(/\n{3,}/g, '\n\n').trim(), LONG_TEXT))

// Mail programs make links of what looks like one. A zero-width space inside keeps it readable and dead (G04).
const SCHEME = /([a-z][a-z0-9+.-]{1,20}:)(?=\/\/)/gi
const DOTTED = /(?<=[\p{L}\p{N}])([.。．｡])(?=\p{L})/gu
export const unlinked = (text: string): string => text.replace(SCHEME, '$1\u200b').replace(DOTTED, '$1\u200b')

/** A header's text: one line, no controls, of bearable length, and no ready-made encoded word (RFC 2047) that a reader would decode into any of those (G05). */
export const headerText = (text: string): string => cut(text.toWellFormed().replace(CONTROLS, ' ').replace(LINES, ' ').replaceAll('=?', '= ?').replace(/\s+/g, ' ').trim(), 200)
