import MailComposer from 'nodemailer/lib/mail-composer'
import type { Instant } from '#core/time/model.ts'
import { headerText, NAME_LENGTH } from './plain.ts'

export type Correspondent = { name: string; email: string }

export type Message = {
  messageId: string
  from: Correspondent
  to: Correspondent
  replyTo: Correspondent | null
  subject: string
  date: Instant
  html: string
  text: string
  calendar: { method: 'REQUEST' | 'CANCEL'; content: string } | null
  unsubscribe: string | null
}

/**
 * The whole message (RFC 5322): multipart/mixed of alternatives and the same invitation as a file, since Outlook reads the
 * one and Gmail's web page the other (RFC 6047). Addresses are given as objects: nothing is parsed out of a name (G05).
 */
export async function writeMessage({ messageId, from, to, replyTo, subject, date, html, text, calendar, unsubscribe }: Message): Promise<Buffer> {
  const mail = new MailComposer({
    messageId,
    from: addressed(from),
    to: addressed(to),
    ...(replyTo ? { replyTo: addressed(replyTo) } : {}),
    subject: headerText(subject),
    date: new Date(date),
    html,
    text,
    ...(calendar ? { icalEvent: { method: calendar.method, content: calendar.content, filename: 'invite.ics' } } : {}),
    headers: {
      // RFC 3834 §5: whoever answers by machine does not answer this (K09); Exchange asks for its own word.
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'DR, RN, NRN, OOF, AutoReply',
      ...(unsubscribe ? { 'List-Unsubscribe': `<${unsubscribe}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' } : {}),
    },
    newline: 'windows',
    textEncoding: 'quoted-printable',
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return mail.compile().build()
}

const addressed = ({ name, email }: Correspondent) => ({ name: headerText(name).slice(0, NAME_LENGTH).toWellFormed(), address: email })
