import { setTimeout as sleep } from 'node:timers/promises'

type Point = { action: string; hitsLeft: number }

// `name=kill9@3` acts at the third hit, once; `name=throw` at every hit. Several are separated by commas.
const points = new Map<string, Point & { once: boolean }>()
if (process.env['NODE_ENV'] === 'test')
  for (const entry of (process.env['RITROVO_FAILPOINT'] ?? '').split(',')) {
    const [, name, action, count] = /^(\w+)=([a-z0-9]+(?::\d+)?)(?:@(\d+))?$/.exec(entry.trim()) ?? []
    if (name && action) points.set(name, { action, hitsLeft: Number(count ?? 1), once: count !== undefined })
  }

/** A named place where a test may end, stop, slow or break this process (reliability.md §5.3). Outside tests it is nothing. */
export function failpoint(name: string): Promise<void> | void {
  const point = points.get(name)
  if (!point || --point.hitsLeft > 0) return
  if (point.once) points.delete(name)
  if (point.action === 'kill9') process.kill(process.pid, 'SIGKILL')
  else if (point.action === 'stop') process.kill(process.pid, 'SIGSTOP')
  else if (point.action === 'throw') throw new Error(`failpoint ${name}`)
  else if (point.action.startsWith('delay:')) return sleep(Number(point.action.slice(6)))
  else throw new Error(`failpoint ${name} has no action ${point.action}`)
}
