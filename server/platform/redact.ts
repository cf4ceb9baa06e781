import { Secret } from './secret.ts'

/** A name that says its value opens something. */
const SECRET_NAME =
  /pass(?:word|wd|phrase|code)|secret|token|authori[sz]ation|cookie|credential|sealed|signature|(?:api|private|master|setup|access)[-_]?key|^(?:key|k|pwd|auth|otp|code|session|connectionstring)$/i
/** A name that says its value is about a person: logs know people by id. */
const PERSONAL_NAME =
  /e-?mail|^(?:name|(?:first|last|full|display|user|visitor|host|contact|company)[-_]?name|phone|address|street|recipients?|to|from|cc|bcc|reply[-_]?to|attendees?|guests|visitor|answers|notes?|comment|reason[-_]?text|subject|title|description|body|html|text|content|ics|source|words|query|params|parameters|headers|rows?)$/i

const HIDDEN = '[hidden]'
const CUT = '[cut]'
const MOST_CHARACTERS = 8_000
const MOST_IN_ONE = 2_000
const MOST_DEPTH = 6
const MOST_ENTRIES = 50

/** The fields of one log entry as they may be written: no secret, nobody's data, no control character, and bounded in size. */
export function redact(fields: object): Record<string, unknown> {
  const left = { characters: MOST_CHARACTERS }
  return cleanEntries(fields, left, 0, new Set())
}

function clean(value: unknown, left: { characters: number }, depth: number, above: Set<object>): unknown {
  if (value === null || typeof value === 'boolean' || typeof value === 'number' || value === undefined)
    return value
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'function' || typeof value === 'symbol') return `[${typeof value}]`
  if (typeof value === 'string') return spend(value, left)
  if (value instanceof Secret) return String(value)
  if (value instanceof Date) return Number.isFinite(value.getTime()) ? value.toISOString() : CUT
  if (value instanceof URL || value instanceof URLSearchParams) return spend(String(value), left)
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`
  if (depth >= MOST_DEPTH || left.characters <= 0 || above.has(value)) return CUT
  const inside = new Set(above).add(value)
  if (value instanceof Error) return cleanError(value, left, depth, inside)
  if (Array.isArray(value) || value instanceof Set)
    return [...value].slice(0, MOST_ENTRIES).map((one) => clean(one, left, depth + 1, inside))
  if (value instanceof Map || value instanceof Headers)
    return cleanEntries(Object.fromEntries(value), left, depth, inside)
  return cleanEntries(value, left, depth, inside)
}

function cleanEntries(
  fields: object,
  left: { characters: number },
  depth: number,
  above: Set<object>,
): Record<string, unknown> {
  const entries: [string, unknown][] = []
  for (const name of Object.keys(fields).slice(0, MOST_ENTRIES)) {
    const value = (fields as Record<string, unknown>)[name]
    const open =
      typeof value === 'number' || typeof value === 'boolean' || value === null || value === undefined
    const hidden = SECRET_NAME.test(name)
      ? value !== null && value !== undefined
      : PERSONAL_NAME.test(name) && !open
    entries.push([spend(name, left), hidden ? HIDDEN : clean(value, left, depth + 1, above)])
  }
  return Object.fromEntries(entries)
}

// An allow-list: PostgreSQL's `detail`, `where` and `parameters`, and whatever a library hangs on its errors, hold rows and requests.
function cleanError(
  error: Error,
  left: { characters: number },
  depth: number,
  above: Set<object>,
): Record<string, unknown> {
  const { code, reason, constraint, table, retryAfter } = error as unknown as Record<string, unknown>
  return {
    type: spend(error.name, left),
    message: spend(error.message, left),
    ...Object.fromEntries(
      Object.entries({ code, reason, constraint, table, retryAfter })
        .filter(([, value]) => typeof value === 'string' || typeof value === 'number')
        .map(([name, value]) => [name, clean(value, left, depth + 1, above)]),
    ),
    stack: (error.stack ?? '')
      .split('\n')
      .filter((row) => /^\s+at /.test(row))
      .slice(0, 12)
      .map((row) => spend(row.trim(), left)),
    ...(error.cause === undefined ? {} : { cause: clean(error.cause, left, depth + 1, above) }),
    ...(error instanceof AggregateError ? { errors: clean(error.errors, left, depth + 1, above) } : {}),
  }
}

function spend(text: string, left: { characters: number }): string {
  if (left.characters <= 0) return CUT
  const plain = cleanText(text)
  left.characters -= plain.length
  return plain
}

// Every repetition before a fixed mark is bounded: an unbroken run must not be read once per letter.
const PATTERNS: [RegExp, string][] = [
  [/\b(Basic|Bearer|Digest|Negotiate|NTLM)\s+[\w+/=.~-]{4,}/gi, `$1 ${HIDDEN}`],
  // `scheme://user:password@`; also when the password itself holds an @ or a slash.
  [/([a-z][a-z\d+.-]{0,20}:\/\/)[^\s"'<>]*@/gi, `$1${HIDDEN}@`],
  [/([?&#;][\w.~%[\]-]{1,60}=)[^&#\s"'<>]*/g, `$1${HIDDEN}`],
  [/(\/(?:b|invite|setup|unsubscribe|by-token)\/)[^\s/?#"'<>]+/g, `$1${HIDDEN}`],
  [
    /\b((?:[\w-]{0,40}(?:password|passwd|secret|token|cookie|authorization)|api[-_]?key|pwd)(?:\\?["'])?\s*[:=]\s*(?:\\?["'])?)(?!\[hidden\])[^\s"',;&}\\]+/gi,
    `$1${HIDDEN}`,
  ],
  [/[^\s@<>"'(),;:=[\]/\\]{1,64}@[\w-]+(?:\.[\w-]+)+/g, '[email]'],
  // A sealed value, and whatever else is long and without a break: tokens, keys, hashes.
  [/\bv1\.[\da-f]{8}\.[\w-]+/g, HIDDEN],
  [/[\w-]{40,}|[A-Za-z\d+/]{44,}={0,2}/g, HIDDEN],
]

/** Text without secrets or addresses, in which no character moves the cursor, breaks the line or turns the reading direction (S11). */
export function cleanText(text: string): string {
  // Cut between words: half a token would no longer look like one.
  const short = text.length > MOST_IN_ONE ? `${text.slice(0, MOST_IN_ONE).replace(/\S*$/, '')}…` : text
  const plain = PATTERNS.reduce((so, [pattern, instead]) => so.replace(pattern, instead), short)
  return escapeControls(plain)
}

// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

export function escapeControls(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replace(CONTROLS, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
