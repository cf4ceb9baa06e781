import { caldav } from './caldav/caldav.ts'
import { exchange } from './exchange/exchange.ts'
import { sendExchangeMail } from './exchange/mail.ts'
import { google } from './google/google.ts'
import { sendGmail } from './google/mail.ts'
import { sendGraphMail } from './microsoft/mail.ts'
import { microsoft } from './microsoft/microsoft.ts'
import type { CalendarProvider, ProviderName, SendMail } from './provider.ts'

/** The providers this program speaks to. */
export const providers: Partial<Record<ProviderName, CalendarProvider>> = {
  caldav,
  exchange,
  google,
  microsoft,
}

/** Those of them that can send a letter from the account's own mailbox; Gmail's API lives at an address of its own. */
export const mailers = ({ gmailApi }: { gmailApi: string }): Partial<Record<ProviderName, SendMail>> => ({
  google: sendGmail(gmailApi),
  microsoft: sendGraphMail,
  exchange: sendExchangeMail,
})
