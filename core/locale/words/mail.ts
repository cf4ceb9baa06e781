const en = {
  'greeting': 'Hello {name},',
  'fact.what': 'What',
  'fact.with': 'With',
  'fact.where': 'Where',
  'fact.email': 'E-mail',
  'fact.phone': 'Phone',
  'fact.guests': 'Guests',
  'fact.before': 'Before',
  'fact.zone': 'Time zone',
  'fact.reason': 'Reason',
  'fact.calendar': 'Calendar',

  'place.video': 'Video call',
  'place.phone': 'By phone',
  'place.ask': 'To be agreed',

  'when.other': '{time} for {name}, {zone}',

  'action.move': 'Move',
  'action.cancel': 'Cancel meeting',
  'action.open': 'Open the meeting',
  'action.answer': 'Answer the request',
  'action.join': 'Join the call',
  'action.withdraw': 'Withdraw the request',
  'action.more': 'See more times',
  'action.none_fits': 'None fits? See more times',
  'action.book_again': 'Choose another time',
  'action.calendar': 'Check the calendar',

  'footer.visitor': 'You receive this because this address was entered on {host}’s page. If it was not you, cancel the meeting: nothing else will arrive.',
  'footer.request': 'You receive this because this address was entered on {host}’s page. If it was not you, withdraw the request: nothing else will arrive.',
  'footer.last': 'You receive this because this address was entered on {host}’s page. Nothing else will arrive about this.',
  'footer.host': 'You receive this because you can be booked on {workspace}.',

  'invitation.subject': 'Confirmed: {title}, {when}',
  'invitation.preheader': '{when} with {host}',
  'invitation.heading': 'See you on {day}, {name}',
  'invitation.line': 'Your meeting with {host} is set. The invitation is attached: it can go straight into your calendar.',
  'invitation.accepted': '{host} accepted the time you asked for. The invitation is attached: it can go straight into your calendar.',

  'moved.subject': 'Moved: {title}, now {when}',
  'moved.preheader': 'New time: {when}',
  'moved.heading': 'The meeting has a new time',
  'moved.by_visitor': 'Your meeting with {host} is moved, as you asked. The updated invitation is attached.',
  'moved.by_host': '{host} moved your meeting. The updated invitation is attached; if the new time does not suit you, choose another.',

  'cancelled.subject': 'Cancelled: {title}, {when}',
  'cancelled.preheader': 'The meeting of {when} will not take place',
  'cancelled.heading': 'The meeting is cancelled',
  'cancelled.by_visitor': 'Your meeting with {host} is cancelled, as you asked. The attached file takes it out of your calendar.',
  'cancelled.by_host': '{host} had to cancel your meeting. The attached file takes it out of your calendar.',

  'reminder.subject': 'Reminder: {title}, {when}',
  'reminder.preheader': '{when} with {host}',
  'reminder.heading': 'Your meeting is coming up',
  'reminder.line': 'A short reminder of your meeting with {host}.',

  'asked.subject': 'Request sent: {title}, {when}',
  'asked.preheader': '{host} still has to confirm',
  'asked.heading': 'Your request has arrived',
  'asked.line': 'This is a request. {host} confirms in person. Until then nothing is fixed.',

  'declined.subject': 'Not possible: {title}, {when}',
  'declined.preheader': '{host} cannot confirm this time',
  'declined.heading': 'This time does not work',
  'declined.line': '{host} cannot confirm the time you asked for.',

  'proposed.subject': 'Other times for {title}',
  'proposed.preheader': '{host} proposes {n, plural, one {another time} other {# other times}}',
  'proposed.heading': '{n, plural, one {Another time to choose} other {# times to choose from}}',
  'proposed.line': '{host} cannot make the time you asked for and proposes {n, plural, one {this one. Open it and confirm} other {these. Open the one that suits you and confirm}}.',
  'proposed.asked': 'You asked for',

  'host.booked.subject': 'New meeting: {name}, {when}',
  'host.booked.preheader': '{title}, {when}',
  'host.booked.heading': '{name} booked a meeting',
  'host.booked.standing': 'It stands in your calendar.',
  'host.booked.writing': 'It is on its way to your calendar.',
  'host.booked.none': 'No calendar is connected, so it stands only in Ritrovo.',

  'host.requested.subject': 'Request: {name}, {when}',
  'host.requested.preheader': '{title}, {when}: to confirm',
  'host.requested.heading': '{name} asks for a time',
  'host.requested.line': 'Nothing enters the calendar until you answer.',

  'host.moved.subject': 'Moved: {name}, now {when}',
  'host.moved.preheader': '{title}, new time: {when}',
  'host.moved.heading': '{name} moved the meeting',

  'host.cancelled.subject': 'Cancelled: {name}, {when}',
  'host.cancelled.preheader': '{title}, {when}: the time is free again',
  'host.cancelled.heading': '{name} cancelled the meeting',
  'host.cancelled.line': 'The time is free again.',

  'host.unwritten.subject': 'Not in your calendar: {name}, {when}',
  'host.unwritten.preheader': 'The meeting is booked but your calendar did not take it',
  'host.unwritten.heading': 'Your calendar did not take this meeting',
  'host.unwritten.line': 'The meeting is booked and {name} knows the time, but it could not be written into your calendar. Note it yourself until the calendar works again: we keep trying.',
} as const

const it: Record<keyof typeof en, string> = {
  'greeting': 'Ciao {name},',
  'fact.what': 'Che cosa',
  'fact.with': 'Con',
  'fact.where': 'Dove',
  'fact.email': 'E-mail',
  'fact.phone': 'Telefono',
  'fact.guests': 'Ospiti',
  'fact.before': 'Prima',
  'fact.zone': 'Fuso orario',
  'fact.reason': 'Motivo',
  'fact.calendar': 'Calendario',

  'place.video': 'Videochiamata',
  'place.phone': 'Per telefono',
  'place.ask': 'Da concordare',

  'when.other': '{time} per {name}, {zone}',

  'action.move': 'Sposta',
  'action.cancel': 'Annulla l’incontro',
  'action.open': 'Apri l’incontro',
  'action.answer': 'Rispondi alla richiesta',
  'action.join': 'Entra nella chiamata',
  'action.withdraw': 'Ritira la richiesta',
  'action.more': 'Vedi altri orari',
  'action.none_fits': 'Nessuno va bene? Vedi altri orari',
  'action.book_again': 'Scegli un altro orario',
  'action.calendar': 'Controlla il calendario',

  'footer.visitor': 'Ricevi questo messaggio perché questo indirizzo è stato scritto sulla pagina di {host}. Se non ne sai nulla, annulla l’incontro: non arriverà altro.',
  'footer.request': 'Ricevi questo messaggio perché questo indirizzo è stato scritto sulla pagina di {host}. Se non ne sai nulla, ritira la richiesta: non arriverà altro.',
  'footer.last': 'Ricevi questo messaggio perché questo indirizzo è stato scritto sulla pagina di {host}. Su questo non arriverà altro.',
  'footer.host': 'Ricevi questo messaggio perché su {workspace} le persone possono prenotare un incontro con te.',

  'invitation.subject': 'Confermato: {title}, {when}',
  'invitation.preheader': '{when} con {host}',
  'invitation.heading': 'Ci vediamo {day}, {name}',
  'invitation.line': 'Il tuo incontro con {host} è fissato. L’invito è in allegato: può andare subito nel tuo calendario.',
  'invitation.accepted': '{host} ha accettato l’orario che chiedevi. L’invito è in allegato: può andare subito nel tuo calendario.',

  'moved.subject': 'Spostato: {title}, ora {when}',
  'moved.preheader': 'Nuovo orario: {when}',
  'moved.heading': 'L’incontro ha un nuovo orario',
  'moved.by_visitor': 'Il tuo incontro con {host} cambia orario, come chiedevi. L’invito aggiornato è in allegato.',
  'moved.by_host': '{host} ha spostato il vostro incontro. L’invito aggiornato è in allegato; se il nuovo orario non ti va bene, scegline un altro.',

  'cancelled.subject': 'Annullato: {title}, {when}',
  'cancelled.preheader': 'L’incontro di {when} non ci sarà',
  'cancelled.heading': 'L’incontro è annullato',
  'cancelled.by_visitor': 'Il tuo incontro con {host} è annullato, come chiedevi. Il file allegato lo toglie dal tuo calendario.',
  'cancelled.by_host': '{host} ha dovuto annullare il vostro incontro. Il file allegato lo toglie dal tuo calendario.',

  'reminder.subject': 'Promemoria: {title}, {when}',
  'reminder.preheader': '{when} con {host}',
  'reminder.heading': 'Il tuo incontro si avvicina',
  'reminder.line': 'Un breve promemoria del tuo incontro con {host}.',

  'asked.subject': 'Richiesta inviata: {title}, {when}',
  'asked.preheader': '{host} deve ancora confermare',
  'asked.heading': 'La tua richiesta è arrivata',
  'asked.line': 'Questa è una richiesta. {host} conferma di persona. Fino ad allora non c’è nulla di fissato.',

  'declined.subject': 'Non è possibile: {title}, {when}',
  'declined.preheader': '{host} non può confermare questo orario',
  'declined.heading': 'Questo orario non va',
  'declined.line': '{host} non può confermare l’orario che chiedevi.',

  'proposed.subject': 'Altri orari per {title}',
  'proposed.preheader': '{host} propone {n, plural, one {un altro orario} other {altri # orari}}',
  'proposed.heading': '{n, plural, one {Un altro orario} other {# orari tra cui scegliere}}',
  'proposed.line': '{host} non può all’orario che chiedevi e propone {n, plural, one {questo. Aprilo e conferma} other {questi. Apri quello che ti va bene e conferma}}.',
  'proposed.asked': 'Orario chiesto',

  'host.booked.subject': 'Nuovo incontro: {name}, {when}',
  'host.booked.preheader': '{title}, {when}',
  'host.booked.heading': '{name} ha prenotato un incontro',
  'host.booked.standing': 'È nel tuo calendario.',
  'host.booked.writing': 'Sta arrivando nel tuo calendario.',
  'host.booked.none': 'Nessun calendario è collegato: l’incontro sta solo in Ritrovo.',

  'host.requested.subject': 'Richiesta: {name}, {when}',
  'host.requested.preheader': '{title}, {when}: da confermare',
  'host.requested.heading': '{name} chiede un orario',
  'host.requested.line': 'Nulla entra in calendario finché non rispondi.',

  'host.moved.subject': 'Spostato: {name}, ora {when}',
  'host.moved.preheader': '{title}, nuovo orario: {when}',
  'host.moved.heading': '{name} ha spostato l’incontro',

  'host.cancelled.subject': 'Annullato: {name}, {when}',
  'host.cancelled.preheader': '{title}, {when}: l’orario torna libero',
  'host.cancelled.heading': '{name} ha annullato l’incontro',
  'host.cancelled.line': 'L’orario torna libero.',

  'host.unwritten.subject': 'Non è nel tuo calendario: {name}, {when}',
  'host.unwritten.preheader': 'L’incontro è fissato ma il tuo calendario non l’ha preso',
  'host.unwritten.heading': 'Il tuo calendario non ha preso questo incontro',
  'host.unwritten.line': 'L’incontro è fissato e {name} conosce l’orario, ma non è stato possibile scriverlo nel tuo calendario. Annotalo tu finché il calendario non torna a funzionare: noi continuiamo a provare.',
}

/** The letters Ritrovo sends. */
export const mailWords = { en, it }
