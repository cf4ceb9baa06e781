import { attribute } from './parse.ts'
import type { Element } from './parse.ts'

export type ServerVersion = {
  major: number
  minor: number
  build: number
  /** The newest `RequestServerVersion` it knows, in its own words. */
  schema: string
}

/** ServerVersionInfo of an answer's header; null where it says none. */
export function readVersion(told: Element | null): ServerVersion | null {
  const [major, minor, build] = ['MajorVersion', 'MinorVersion', 'MajorBuildNumber'].map((name) => {
    const text = attribute(told, name)
    return /^\d{1,6}$/.test(text) ? Number(text) : NaN
  })
  if (Number.isNaN(major) || Number.isNaN(minor)) return null
  const schema = attribute(told, 'Version')
  return {
    major: major!,
    minor: minor!,
    build: Number.isNaN(build) ? 0 : build!,
    schema: /^[\w.]{1,40}$/.test(schema) ? schema : '',
  }
}

/** Before Exchange 2010 SP2, which calls itself 14.2. */
export const isTooOld = ({ major, minor }: ServerVersion): boolean =>
  major < 14 || (major === 14 && minor < 2)

/** Exchange Online counts 15.20; servers on premises have stopped at 15.2. */
export const isOnline = ({ major, minor }: ServerVersion): boolean => major === 15 && minor >= 20

const NAMES: Readonly<Record<string, string>> = {
  8: 'Exchange 2007',
  14: 'Exchange 2010',
  '15.0': 'Exchange 2013',
  '15.1': 'Exchange 2016',
  '15.2': 'Exchange 2019',
}

/** As people call it. From 15.2.2562 on it is the Subscription Edition. */
export function nameOf({ major, minor, build }: ServerVersion): string {
  if (isOnline({ major, minor, build, schema: '' })) return 'Exchange Online'
  if (major === 15 && minor === 2 && build >= 2562) return 'Exchange SE'
  const name = NAMES[`${major}.${minor}`] ?? NAMES[String(major)]
  if (name === undefined) return `Exchange ${major}.${minor}`
  return major === 14 && minor > 0 ? `${name} SP${minor}` : name
}
