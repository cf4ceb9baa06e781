const LONGEST_LINE = 75 // octets, without the line break (RFC 5545 §3.1)

/**
 * Text that cannot break out of its line: every character that some parser takes for the end of one (CR, VT, FF, NEL,
 * U+2028, U+2029; Python's splitlines knows them all) becomes a newline, other control characters and halves of
 * surrogate pairs go (G06).
 */
export const cleanText = (text: string): string =>
  text
    .toWellFormed()
    .replace(/\r\n?|[\v\f\u0085\u2028\u2029]/g, '\n')
    .replaceAll('\t', ' ')
    .replace(/(?!\n)\p{Cc}|\ufeff/gu, '')

/** A TEXT value (RFC 5545 §3.3.11). */
export const encodeText = (text: string): string =>
  cleanText(text)
    .replace(/[\\;,]/g, (mark) => `\\${mark}`)
    .replaceAll('\n', '\\n')

/**
 * A parameter value, always quoted. A double quote has no way to be written that all clients read (RFC 6868 is not
 * everywhere), so it becomes a single one; a caret is doubled, because those who do read RFC 6868 would else eat it; a
 * backslash, which means nothing here but is an escape to some, becomes a slash.
 */
export const encodeParam = (text: string): string =>
  `"${cleanText(text).replaceAll('\n', ' ').replaceAll('"', "'").replaceAll('\\', '/').replaceAll('^', '^^')}"`

/** A mail address as a CAL-ADDRESS: what cannot stand in one is dropped, so it stays one value on one line. */
export const encodeAddress = (email: string): string => `mailto:${cleanText(email).replace(/[\s"<>\\]/g, '')}`

/** A URI value: no character in it can end the line or the value. */
export const encodeUri = (uri: string): string =>
  cleanText(uri).replace(/[\s"<>\\^`{|}]/g, (mark) => encodeURIComponent(mark))

/** Lines folded at 75 octets, never inside a character; each ends with CRLF, as the standard has it. */
export const writeLines = (lines: readonly string[]): string =>
  lines.map((line) => `${fold(line)}\r\n`).join('')

function fold(line: string): string {
  if (line.length * 3 <= LONGEST_LINE) return line
  let folded = ''
  let size = 0
  for (const character of line) {
    const octets = octetsOf(character.codePointAt(0)!)
    if (size + octets > LONGEST_LINE) {
      folded += '\r\n '
      size = 1
    }
    folded += character
    size += octets
  }
  return folded
}

const octetsOf = (code: number): number => (code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4)
