// RFC 1320. The OpenSSL that Node brings has lost it, and NTLM cannot do without.
const SHIFTS = [
  [3, 7, 11, 19],
  [3, 5, 9, 13],
  [3, 9, 11, 15],
]
const ORDERS = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
  [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15],
]
const ADDED = [0, 0x5a827999, 0x6ed9eba1]
const MIXES = [
  (x: number, y: number, z: number) => (x & y) | (~x & z),
  (x: number, y: number, z: number) => (x & y) | (x & z) | (y & z),
  (x: number, y: number, z: number) => x ^ y ^ z,
]
const turn = (value: number, by: number): number => (value << by) | (value >>> (32 - by))

function padded(message: Uint8Array): Buffer {
  const whole = Buffer.alloc((((message.length + 8) >> 6) + 1) * 64)
  whole.set(message)
  whole[message.length] = 0x80
  whole.writeBigUInt64LE(BigInt(message.length) * 8n, whole.length - 8)
  return whole
}

export function md4(message: Uint8Array): Buffer {
  const whole = padded(message)
  const sum = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]
  for (let block = 0; block < whole.length; block += 64) {
    let [a, b, c, d] = sum as [number, number, number, number]
    for (let round = 0; round < 3; round++)
      for (let step = 0; step < 16; step++) {
        const word = whole.readInt32LE(block + ORDERS[round]![step]! * 4)
        const next = turn((a + MIXES[round]!(b, c, d) + word + ADDED[round]!) | 0, SHIFTS[round]![step % 4]!)
        ;[a, b, c, d] = [d, next, b, c]
      }
    for (const [at, value] of [a, b, c, d].entries()) sum[at] = (sum[at]! + value) | 0
  }
  const digest = Buffer.alloc(16)
  for (const [at, value] of sum.entries()) digest.writeInt32LE(value | 0, at * 4)
  return digest
}

/** RC4, for the key that NTLM's two sides exchange; OpenSSL keeps it behind a door of its own. */
export function rc4(key: Uint8Array, message: Uint8Array): Buffer {
  const state = Uint8Array.from({ length: 256 }, (_, at) => at)
  for (let at = 0, other = 0; at < 256; at++) {
    other = (other + state[at]! + key[at % key.length]!) & 255
    ;[state[at], state[other]] = [state[other]!, state[at]!]
  }
  let [one, other] = [0, 0]
  return Buffer.from(message).map((byte) => {
    one = (one + 1) & 255
    other = (other + state[one]!) & 255
    ;[state[one], state[other]] = [state[other]!, state[one]!]
    return byte ^ state[(state[one]! + state[other]!) & 255]!
  }) as Buffer
}
