export type Part = { headers: [name: string, value: string][]; type: string; parameters: string; body: Buffer; parts: Part[] }

/** Takes apart a message that `writeMessage` made; not meant for mail from outside. */
export function readMessage(source: Buffer): Part {
  const text = source.toString('latin1')
  const border = text.indexOf('\r\n\r\n')
  const head = text.slice(0, border)
  const body = text.slice(border + 4)
  const headers = head.split(/\r\n(?![ \t])/).map((line): [string, string] => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon), decoded(line.slice(colon + 1).replace(/\r\n[ \t]+/g, ' ').trim())]
  })
  const header = (name: string) => headers.find(([known]) => known.toLowerCase() === name)?.[1] ?? ''
  const [type = '', ...parameters] = header('content-type').split(';')
  const boundary = /boundary="?([^";]+)"?/i.exec(header('content-type'))?.[1]
  return {
    headers,
    type: type.trim().toLowerCase(),
    parameters: parameters.join(';').trim(),
    body: bytesOf(body, header('content-transfer-encoding').toLowerCase()),
    parts: boundary === undefined ? [] : between(body, boundary).map((part) => readMessage(Buffer.from(part, 'latin1'))),
  }
}

const between = (body: string, boundary: string): string[] =>
  `\r\n${body}`.split(`\r\n--${boundary}`).slice(1, -1).map((part) => part.replace(/^[ \t]*\r\n/, ''))

function bytesOf(body: string, encoding: string): Buffer {
  if (encoding === 'base64') return Buffer.from(body, 'base64')
  if (encoding !== 'quoted-printable') return Buffer.from(body, 'latin1')
  return Buffer.from(body.replace(/=[ \t]*\r\n/g, '').replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))), 'latin1')
}

/** RFC 2047 words, as nodemailer writes them: UTF-8 in base64 or Q, blanks between two words are not text. */
const decoded = (value: string): string =>
  value.replace(/\?=\s+=\?/g, '?==?').replace(/(?:=\?utf-8\?[bq]\?[^?\s]*\?=)+/gi, (words) =>
    Buffer.concat([...words.matchAll(/=\?utf-8\?([bq])\?([^?\s]*)\?=/gi)].map(([, kind, data]) => (kind!.toLowerCase() === 'b' ? Buffer.from(data!, 'base64') : bytesOf(data!.replaceAll('_', ' '), 'quoted-printable')))).toString('utf8'),
  )

/** The first part of a type, wherever it stands. */
export function findPart(message: Part, type: string): Part | null {
  if (message.type === type) return message
  for (const part of message.parts) {
    const found = findPart(part, type)
    if (found) return found
  }
  return null
}
