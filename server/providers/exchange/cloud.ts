import { Unreachable } from '../provider.ts'

// Where Exchange Online answers, in the world and in the national clouds, and where its Autodiscover and its tenants' routing names lead.
const CLOUD = [
  'outlook.com',
  'office365.com',
  'office.com',
  'office365.us',
  'outlook.us',
  'onmicrosoft.com',
  'onmicrosoft.us',
  'outlook.office.de',
  'partner.outlook.cn',
  'microsoftonline.com',
  'hotmail.com',
  'live.com',
]

/** Whether this is Exchange Online, where EWS is closed since October 2026 and goes for good in April 2027 (C29). */
export function isExchangeOnline(host: string): boolean {
  const name = host.toLowerCase().replace(/:\d+$/, '').replace(/\.$/, '')
  return CLOUD.some((cloud) => name === cloud || name.endsWith(`.${cloud}`))
}

/** The mailbox lives in Microsoft 365, or has moved there: its owner connects it anew, by Graph (CAL-EWS-CLOUD). */
export class MovedToCloud extends Unreachable {
  override name = 'MovedToCloud'
  readonly outcome = 'moved-to-cloud'
  constructor(message: string) {
    super(message, 'no-mailbox')
  }
}

/** Older than Exchange 2010 SP2 (CAL-EWS-VERSION). */
export class TooOld extends Unreachable {
  override name = 'TooOld'
  readonly outcome = 'too-old'
  constructor(message: string) {
    super(message, 'not-this-protocol')
  }
}
