// Where people have private mailboxes; certified Italian mail (PEC) is sold to everyone by a few houses too.
const FREE: ReadonlySet<string> = new Set(
  `163.com 126.com abv.bg alice.it aol.com aruba.it arubapec.it att.net bellsouth.net bluewin.ch bol.com.br btinternet.com
  centrum.cz comcast.net cox.net duck.com earthlink.net email.cz email.it fastmail.com fastmail.fm fastwebnet.it free.fr freenet.de
  gmail.com googlemail.com hanmail.net hey.com hushmail.com icloud.com inbox.lv infomaniak.com interia.pl inwind.it iol.it
  katamail.com kpnmail.nl laposte.net legalmail.it libero.it list.ru mac.com mail.com mail.de mail.ru mailbox.org mailfence.com
  me.com msn.com naver.com ntlworld.com o2.pl onet.pl op.pl orange.fr outlook.com pec.it pecimprese.it pm.me posta.it poste.it
  postecert.it posteo.de posteo.net posteo.eu postino.it proton.me protonmail.ch protonmail.com qq.com rediffmail.com rambler.ru
  rocketmail.com runbox.com sapo.pt sbcglobal.net seznam.cz sfr.fr simplelogin.com sina.com skynet.be sky.com supereva.it
  t-online.de talktalk.net telefonica.net telenet.be terra.com.br terra.es tim.it tin.it tiscali.it tiscalinet.it tuta.com
  tutanota.com tutanota.de ukr.net uol.com.br verizon.net virgilio.it virginmedia.com vodafone.it wanadoo.fr web.de windtre.it
  wp.pl xs4all.nl yeah.net ymail.com zoho.com zoho.eu zohomail.eu ziggo.nl`.split(/\s+/),
)
// The same houses under the endings of many countries.
const FREE_EVERYWHERE = /^(?:yahoo|hotmail|live|outlook|gmx|yandex|msn)\.[a-z]{2,3}(?:\.[a-z]{2})?$/

/** The domain that tells a contact's company, or null for a mailbox anyone can have. */
export function companyDomain(email: string): string | null {
  const domain = email.slice(email.lastIndexOf('@') + 1).toLowerCase()
  return domain === '' || FREE.has(domain) || FREE_EVERYWHERE.test(domain) ? null : domain
}
