/** Milliseconds of processor time this thread has used: what a limit on work means, however busy the machine is. */
export function cpuNow(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}
