import type { WrittenEvent } from '../provider.ts'
import { isRaw } from './ask.ts'
import type { Raw } from './ask.ts'

/** The video link of an event as far as it has come: it is made some time after it was asked for, or not at all (C28). */
export function linkOf({ conferenceData }: Raw): NonNullable<WrittenEvent['join']> | null {
  if (!isRaw(conferenceData)) return null
  const url = videoUrl(conferenceData['entryPoints'])
  if (url !== null) return { state: 'ready', url }
  const request = conferenceData['createRequest']
  if (!isRaw(request)) return null
  const status = isRaw(request['status']) ? request['status']['statusCode'] : undefined
  return { state: status === 'failure' ? 'failed' : 'pending' }
}

/** Only what the calendar holds: never an address put together from a meeting's code. */
function videoUrl(entryPoints: unknown): string | null {
  if (!Array.isArray(entryPoints)) return null
  for (const each of entryPoints as unknown[])
    if (isRaw(each) && each['entryPointType'] === 'video' && typeof each['uri'] === 'string') {
      const url = URL.parse(each['uri'])
      if (url?.protocol === 'https:') return url.href
    }
  return null
}
