import { readFileSync } from 'node:fs'

/** What tells this process from a later one with the same number; null when it is gone. */
export function markOf(pid: number): string | null {
  if (process.platform === 'linux') return markOnLinux(pid)
  try {
    process.kill(pid, 0)
    return String(pid)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? String(pid) : null
  }
}

/** Whether the process that left this mark still runs. */
export function isAlive(mark: string): boolean {
  const pid = pidOf(mark)
  return pid > 0 && markOf(pid) === mark
}

export const pidOf = (mark: string): number => Number(/^\d+/.exec(mark)?.[0] ?? 0)

// The name in parentheses may hold anything, so the fields are counted behind it: the state, and the start in ticks since boot.
function markOnLinux(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // A zombie is only waiting for somebody to ask how it died.
    if (fields[0] === 'Z' || fields[0] === 'X') return null
    return `${pid} ${fields[19]} ${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}`
  } catch {
    return null
  }
}
