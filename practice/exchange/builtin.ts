import { VALUES } from './values.ts'

const whole =
  (from: number, to: number) =>
  (text: string): boolean =>
    /^[+-]?\d+$/.test(text) && Number(text) >= from && Number(text) <= to

const ZONE = String.raw`(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)?`
const DATE = String.raw`-?(?:[1-9]\d{4,}|\d{4})-(\d\d)-(\d\d)`
const TIME = String.raw`(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?|24:00:00(?:\.0+)?)`
const shaped = (pattern: string) => {
  const whole = new RegExp(`^${pattern}$`)
  return (text: string): boolean => whole.test(text)
}
/** Whether the date in it is one the calendar knows. */
const dated = (pattern: string) => {
  const whole = new RegExp(`^${pattern}$`)
  return (text: string): boolean => {
    const found = whole.exec(text)
    if (!found) return false
    const [year, month, day] = [Number(/^-?\d+/.exec(text)![0]), Number(found[1]), Number(found[2])]
    if (year === 0 || month < 1 || month > 12 || day < 1) return false
    const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
    return day <= [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]!
  }
}

/** XML Schema 2, those of its types that Exchange uses. Spaces around them do not count, but in a string they do. */
const BUILTIN: Record<string, (text: string) => boolean> = {
  boolean: (text) => ['true', 'false', '1', '0'].includes(text),
  int: whole(-2_147_483_648, 2_147_483_647),
  short: whole(-32_768, 32_767),
  unsignedShort: whole(0, 65_535),
  long: whole(-(2 ** 63), 2 ** 63),
  integer: whole(-Infinity, Infinity),
  dateTime: dated(`${DATE}T${TIME}${ZONE}`),
  date: dated(`${DATE}${ZONE}`),
  time: shaped(`${TIME}${ZONE}`),
  duration: shaped(
    String.raw`-?P(?=.)(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?`,
  ),
  base64Binary: (text) => {
    const signs = text.replace(/\s/g, '')
    return signs.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(signs)
  },
  language: shaped('[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*'),
}

export function isValue(text: string, type: string): boolean {
  if (type === 'string') return true
  const builtin = BUILTIN[type]
  if (builtin) return builtin(text.trim())
  const value = VALUES[type]
  if (!value) throw new Error(`no type ${type}`)
  if ('one' in value) return value.one.includes(text)
  if ('list' in value)
    return text
      .trim()
      .split(/\s+/)
      .filter(Boolean)
      .every((one) => isValue(one, value.list))
  if ('any' in value) return value.any.some((one) => isValue(text, one))
  return (
    isValue(text, value.of) &&
    (value.from === undefined || (Number(text) >= value.from && Number(text) <= value.to!)) &&
    text.length >= (value.least ?? 0) &&
    (value.pattern?.test(text) ?? true)
  )
}
