import type { Config } from '#server/platform/config.ts'

export type Sender = { name: string; email: string; domain: string }

/** Who every letter comes from; the domain also ends each Message-ID and greets the mail server. */
export function senderOf({ mailFrom, url }: Pick<Config, 'mailFrom' | 'url'>): Sender {
  const host = (url && URL.parse(url)?.hostname) || 'localhost'
  const email = mailFrom?.email ?? `no-reply@${host}`
  return { name: mailFrom?.name || 'Ritrovo', email, domain: email.slice(email.lastIndexOf('@') + 1) }
}
