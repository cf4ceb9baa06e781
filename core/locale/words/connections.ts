// One line for the cause and one for the way out of each reason; {host} is the server's name.
const en = {
  'reason.wrong-password.cause': '{host} does not accept this user name and password.',
  'reason.wrong-password.way': 'Enter them again. With two-step sign-in you need an app password.',
  'reason.forbidden.cause': '{host} knows you but does not let you in here.',
  'reason.forbidden.way': 'Ask whoever runs the server for access to your calendars.',
  'reason.not-found.cause': 'There is nothing at this address on {host}.',
  'reason.not-found.way': 'Check the address, or enter only the server’s name and we look for the rest.',
  'reason.not-caldav.cause': '{host} answers, but not as a calendar server.',
  'reason.not-caldav.way': 'Look for “CalDAV address” in your calendar’s settings and enter that.',
  'reason.tls.cause': 'We cannot trust {host}: its certificate is not right.',
  'reason.tls.way': 'Ask whoever runs the server to renew the certificate.',
  'reason.dns.cause': 'There is no server called {host}.',
  'reason.dns.way': 'Check the address for a slip.',
  'reason.connect.cause': '{host} does not pick up.',
  'reason.connect.way': 'Check the address and the port, or try again in a few minutes.',
  'reason.timeout.cause': '{host} takes too long to answer.',
  'reason.timeout.way': 'Try again in a few minutes.',
  'reason.server-error.cause': '{host} has a problem of its own.',
  'reason.server-error.way': 'Try again later, or tell whoever runs it.',
  'reason.too-large.cause': '{host} sends more than we can take at once.',
  'reason.too-large.way': 'Move old or very large events into another calendar.',
  'reason.refused-address.cause': 'This server may not connect to {host}.',
  'reason.refused-address.way': 'Whoever runs Ritrovo can allow the address.',
  'reason.bad-answer.cause': '{host} sent an answer that does not add up.',
  'reason.bad-answer.way': 'We look again by ourselves; meanwhile everything you had counts as busy.',
  'reason.no-calendars.cause': 'This account on {host} has no calendar.',
  'reason.no-calendars.way': 'Make one there, or enter another account.',
  'reason.other-host.cause': 'Your calendars live on another server: {host}.',
  'reason.other-host.way': 'If you know it, enter its address and we go there with your password.',
  'reason.plain-http.cause': 'The way to {host} is not encrypted: your password could be read on it.',
  'reason.plain-http.way': 'Enter an address that begins with https://.',
  'reason.slow-down.cause': '{host} asks us to wait.',
  'reason.slow-down.way': 'We go on by ourselves; there is nothing to do.',
  'reason.write-refused.cause': '{host} does not take new events in this calendar.',
  'reason.write-refused.way': 'Choose another calendar for new meetings.',

  'refused.already-connected': 'You already have {account}. Disconnect it before you connect another.',
  'refused.already-connected.way': 'Disconnect {account}',
  'refused.no-personal-email': 'Your role cannot connect a personal mailbox.',
  'refused.no-personal-email.way': 'Ask an administrator',
  'refused.read-only': 'New meetings cannot go to {calendar}: you may read it but not write in it.',
  'refused.read-only.way': 'Choose another calendar',

  'trouble.stale': 'Not read since {when}. Until it can be read, your pages take requests only.',
  'trouble.quarantine':
    'Most events were suddenly missing. We keep them as busy and look again in ten minutes.',
  'trouble.events':
    '{n, plural, one {# event could not be read and counts} other {# events could not be read and count}} as busy.',

  'test.title': 'Ritrovo is trying the connection (gone in a moment)',

  'letter.broken.subject': '{account} has signed us out',
  'letter.broken.preheader': 'Your pages take requests only until you connect again',
  'letter.broken.heading': 'Your calendar has to be connected again',
  'letter.broken.line':
    'We can no longer read {account}. So that nobody books over your events, your pages now take requests only: nothing enters the calendar by itself. Meetings already booked stay.',
  'letter.stale.subject': '{account} cannot be read',
  'letter.stale.preheader': 'Your pages may take requests only until it can be read again',
  'letter.stale.heading': 'We cannot read your calendar',
  'letter.stale.line':
    'We have not been able to read {calendar} since {when}. We keep trying; until it works your pages follow the rule you set for this case.',
  'letter.cause': 'Why',
  'letter.way': 'What to do',
  'letter.action': 'Open the calendar settings',
  'letter.footer': 'You receive this because this calendar is yours.',
} as const

const it: Record<keyof typeof en, string> = {
  'reason.wrong-password.cause': '{host} non accetta questo nome utente con questa password.',
  'reason.wrong-password.way':
    'Scrivili di nuovo. Con l’accesso in due passaggi serve una password per le app.',
  'reason.forbidden.cause': '{host} ti riconosce ma qui non ti fa entrare.',
  'reason.forbidden.way': 'Chiedi a chi gestisce il server l’accesso ai tuoi calendari.',
  'reason.not-found.cause': 'A questo indirizzo, su {host}, non c’è nulla.',
  'reason.not-found.way':
    'Controlla l’indirizzo, o scrivi solo il nome del server: il resto lo cerchiamo noi.',
  'reason.not-caldav.cause': '{host} risponde, ma non è un server di calendari.',
  'reason.not-caldav.way': 'Cerca «indirizzo CalDAV» nelle impostazioni del tuo calendario e scrivi quello.',
  'reason.tls.cause': 'Non possiamo fidarci di {host}: il suo certificato non va bene.',
  'reason.tls.way': 'Chiedi a chi gestisce il server di rinnovare il certificato.',
  'reason.dns.cause': 'Non esiste un server di nome {host}.',
  'reason.dns.way': 'Controlla che l’indirizzo sia scritto bene.',
  'reason.connect.cause': '{host} non risponde alla chiamata.',
  'reason.connect.way': 'Controlla indirizzo e porta, o riprova tra qualche minuto.',
  'reason.timeout.cause': '{host} ci mette troppo a rispondere.',
  'reason.timeout.way': 'Riprova tra qualche minuto.',
  'reason.server-error.cause': '{host} ha un problema suo.',
  'reason.server-error.way': 'Riprova più tardi, o avvisa chi lo gestisce.',
  'reason.too-large.cause': '{host} manda più di quanto possiamo prendere in una volta.',
  'reason.too-large.way': 'Sposta gli eventi vecchi o molto grandi in un altro calendario.',
  'reason.refused-address.cause': 'Questo server non può collegarsi a {host}.',
  'reason.refused-address.way': 'Chi gestisce Ritrovo può autorizzare l’indirizzo.',
  'reason.bad-answer.cause': '{host} ha mandato una risposta che non torna.',
  'reason.bad-answer.way': 'Ricontrolliamo noi; intanto tutto quello che avevi conta come tempo occupato.',
  'reason.no-calendars.cause': 'Questo account su {host} non ha calendari.',
  'reason.no-calendars.way': 'Creane uno lì, o usa un altro account.',
  'reason.other-host.cause': 'I tuoi calendari stanno su un altro server: {host}.',
  'reason.other-host.way': 'Se lo conosci, scrivi il suo indirizzo: ci andiamo con la tua password.',
  'reason.plain-http.cause':
    'La strada verso {host} non è cifrata: qualcuno potrebbe leggere la tua password.',
  'reason.plain-http.way': 'Scrivi un indirizzo che comincia con https://.',
  'reason.slow-down.cause': '{host} ci chiede di aspettare.',
  'reason.slow-down.way': 'Andiamo avanti noi: non devi fare nulla.',
  'reason.write-refused.cause': '{host} non accetta nuovi eventi in questo calendario.',
  'reason.write-refused.way': 'Scegli un altro calendario per le nuove riunioni.',

  'refused.already-connected': 'Hai già {account}. Scollegalo prima di collegarne un altro.',
  'refused.already-connected.way': 'Scollega {account}',
  'refused.no-personal-email': 'Il tuo ruolo non può collegare una casella personale.',
  'refused.no-personal-email.way': 'Chiedi a chi amministra',
  'refused.read-only':
    'Le nuove riunioni non possono andare in {calendar}: puoi leggerlo, ma non hai il permesso di scriverci.',
  'refused.read-only.way': 'Scegli un altro calendario',

  'trouble.stale': 'Non letto da {when}. Finché non si legge, le tue pagine raccolgono solo richieste.',
  'trouble.quarantine':
    'All’improvviso mancava la maggior parte degli eventi. Li teniamo come occupati e ricontrolliamo tra dieci minuti.',
  'trouble.events':
    '{n, plural, one {# evento illeggibile conta} other {# eventi illeggibili contano}} come tempo occupato.',

  'test.title': 'Ritrovo prova il collegamento (sparisce tra un attimo)',

  'letter.broken.subject': '{account} ha chiuso l’accesso',
  'letter.broken.preheader': 'Le tue pagine raccolgono solo richieste finché non ti ricolleghi',
  'letter.broken.heading': 'Il tuo calendario va ricollegato',
  'letter.broken.line':
    'Non possiamo più leggere {account}. Perché nessuno prenoti sopra i tuoi impegni, ora le tue pagine raccolgono solo richieste: nulla entra da solo in calendario. Le riunioni già fissate restano.',
  'letter.stale.subject': 'Non riusciamo a leggere {account}',
  'letter.stale.preheader': 'Finché non si legge, le tue pagine potrebbero raccogliere solo richieste',
  'letter.stale.heading': 'Non riusciamo a leggere il tuo calendario',
  'letter.stale.line':
    'Non riusciamo a leggere {calendar} da {when}. Continuiamo a provare; finché non va, le tue pagine seguono la regola che hai scelto per questo caso.',
  'letter.cause': 'Perché',
  'letter.way': 'Che cosa fare',
  'letter.action': 'Apri le impostazioni del calendario',
  'letter.footer': 'Ricevi questo messaggio perché il calendario è tuo.',
}

/** What a connection's owner reads when something is in the way. */
export const connectionWords = { en, it }
