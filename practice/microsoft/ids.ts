import { randomBytes } from 'node:crypto'

/** An identifier as Exchange makes them: long, with the signs of base64 that are safe in a URL. */
export const longId = (kind: string): string => `${kind}${randomBytes(42).toString('base64url')}=`
export const changeKey = (): string => `${randomBytes(15).toString('base64')}AAA==`
// [MS-OXOCAL] PidLidGlobalObjectId: byte array id, date of the instance, creation time, eight zeros, size, data.
export const newUid = (): string =>
  `040000008200E00074C5B7101A82E00800000000${randomBytes(8).toString('hex')}000000000000000010000000${randomBytes(16).toString('hex')}`.toUpperCase()
