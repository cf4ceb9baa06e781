/** learn.microsoft.com/exchange/client-developer/web-service-reference/requestserverversion, oldest first. */
export const VERSIONS = [
  'Exchange2007',
  'Exchange2007_SP1',
  'Exchange2010',
  'Exchange2010_SP1',
  'Exchange2010_SP2',
  'Exchange2013',
  'Exchange2013_SP1',
  'Exchange2016',
] as const
export type ExchangeVersion = (typeof VERSIONS)[number]

export const isVersion = (text: string): text is ExchangeVersion =>
  (VERSIONS as readonly string[]).includes(text)
export const knows = (have: ExchangeVersion, need: ExchangeVersion): boolean =>
  VERSIONS.indexOf(have) >= VERSIONS.indexOf(need)

/** What a server of each version says of itself: learn.microsoft.com/exchange/new-features/build-numbers-and-release-dates */
export const BUILDS: Record<
  ExchangeVersion,
  [major: number, minor: number, build: number, revision: number]
> = {
  Exchange2007: [8, 0, 685, 24],
  Exchange2007_SP1: [8, 3, 83, 4],
  Exchange2010: [14, 0, 639, 20],
  Exchange2010_SP1: [14, 1, 218, 13],
  Exchange2010_SP2: [14, 2, 247, 1],
  Exchange2013: [15, 0, 516, 29],
  Exchange2013_SP1: [15, 0, 847, 30],
  Exchange2016: [15, 1, 2507, 6],
}
