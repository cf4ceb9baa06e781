// RFC 1320. OpenSSL 3 no longer has MD4, and NTLM is made of it.
const SHIFTS = [
  [3, 7, 11, 19],
  [3, 5, 9, 13],
  [3, 9, 11, 15],
] as const
const ADDED = [0, 0x5a827999, 0x6ed9eba1] as const
const ORDERS = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
  [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15],
] as const
const MIXES = [
  (x: number, y: number, z: number) => (x & y) | (~x & z),
  (x: number, y: number, z: number) => (x & y) | (x & z) | (y & z),
  (x: number, y: number, z: number) => x ^ y ^ z,
] as const

const turned = (value: number, by: number): number => (value << by) | (value >>> (32 - by))

export function md4(message: Uint8Array): Buffer {
  const blocks = padded(message)
  let state: [number, number, number, number] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]
  for (let at = 0; at < blocks.length; at += 64) state = mixedIn(state, blocks.subarray(at, at + 64))
  const digest = Buffer.alloc(16)
  state.forEach((word, index) => digest.writeInt32LE(word | 0, index * 4))
  return digest
}

function padded(message: Uint8Array): Buffer {
  const blocks = Buffer.alloc(Math.ceil((message.length + 9) / 64) * 64)
  blocks.set(message)
  blocks[message.length] = 0x80
  blocks.writeBigUInt64LE(BigInt(message.length) * 8n, blocks.length - 8)
  return blocks
}

function mixedIn(state: [number, number, number, number], block: Buffer): [number, number, number, number] {
  let [a, b, c, d] = state
  for (let round = 0; round < 3; round++)
    ORDERS[round]!.forEach((word, step) => {
      const sum = a + MIXES[round]!(b, c, d) + block.readUInt32LE(word * 4) + ADDED[round]!
      ;[a, b, c, d] = [d, turned(sum | 0, SHIFTS[round]![step % 4]!), b, c]
    })
  return [state[0] + a, state[1] + b, state[2] + c, state[3] + d]
}
