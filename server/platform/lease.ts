/** How long work is lent to one process before another may take it up. Tests that kill may shorten every lease. */
export function leaseSeconds(usual: number): number {
  const shorter = process.env['NODE_ENV'] === 'test' ? Number(process.env['RITROVO_LEASE_SECONDS']) : NaN
  return shorter > 0 ? shorter : usual
}
