/**
 * How many requests one mailbox sees from us at a time: Outlook refuses the fifth (`MailboxConcurrency`), and one
 * place is left to the owner's other use of us (C17).
 */
const AT_ONCE = 3

type Line = { running: number; waiting: (() => void)[] }
const lines = new Map<string, Line>()

/** Does the work when its turn comes, first come first served. */
export async function inLine<T>(mailbox: string, work: () => Promise<T>): Promise<T> {
  const line = lines.get(mailbox) ?? { running: 0, waiting: [] }
  lines.set(mailbox, line)
  if (line.running < AT_ONCE) line.running++
  else await new Promise<void>((go) => line.waiting.push(go))
  try {
    return await work()
  } finally {
    // The place is handed on, not given back: nobody who comes later slips in between.
    const next = line.waiting.shift()
    if (next) next()
    else if (--line.running === 0) lines.delete(mailbox)
  }
}
