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

/** Whether it has ended, but nobody has asked yet how: its number is still taken, and other programs believe it alive. */
export function isUnburied(pid: number): boolean {
  try {
    return process.platform === 'linux' && fieldsOf(pid)[0] === 'Z'
  } catch {
    return false
  }
}

// The name in parentheses may hold anything, so the fields are counted behind it: first the state.
function fieldsOf(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

function markOnLinux(pid: number): string | null {
  try {
    const fields = fieldsOf(pid)
    if (fields[0] === 'Z' || fields[0] === 'X') return null
    // The start in ticks since boot, and which boot.
    return `${pid} ${fields[19]} ${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}`
  } catch {
    return null
  }
}
