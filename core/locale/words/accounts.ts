import type { Catalogue } from '../say.ts'

const en = {
  'invite.subject': '{inviter} invites you to {workspace}',
  'invite.preheader': 'Your access to {workspace} is one step away.',
  'invite.heading': 'Join {workspace}',
  'invite.what':
    '{inviter} would like you to take meetings as part of {workspace}. Choose a name and a password, and your own booking page is ready.',
  'invite.expires': 'The link works once, for {days, plural, one {# day} other {# days}}.',
  'invite.accept': 'Accept the invitation',
  'invite.footer':
    'This letter was sent to {email} because someone typed this address. If you expected nothing, you can leave it unanswered: without you nothing happens.',
} as const

const it: Record<keyof typeof en, string> = {
  'invite.subject': '{inviter} ti invita in {workspace}',
  'invite.preheader': 'Manca un passo per accedere a {workspace}.',
  'invite.heading': 'Entra in {workspace}',
  'invite.what':
    '{inviter} vorrebbe che anche tu ricevessi prenotazioni con {workspace}. Scegli un nome e una password: la tua pagina di prenotazione è pronta.',
  'invite.expires': 'Il link vale una volta sola, per {days, plural, one {# giorno} other {# giorni}}.',
  'invite.accept': 'Accetta l’invito',
  'invite.footer':
    'Questo messaggio è arrivato a {email} perché qualcuno ha scritto questo indirizzo. Se non lo aspettavi, puoi lasciarlo senza risposta: senza di te non succede nulla.',
}

/** What the accounts slice says in letters. */
export const accountsWords = { en, it } satisfies Catalogue<keyof typeof en>
