const en = {
  'schedule.first': 'Working hours',
  'copy': '{title} (copy)',
  'template.first.title': 'First meeting',
  'template.first.description': 'Half an hour to get to know each other.',
  'template.first.slug': 'meeting',
  'template.call.title': 'Quick call',
  'template.call.description': 'A quarter of an hour on the phone.',
  'template.call.slug': 'call',
  'template.call.phone': 'Your phone number',
  'template.visit.title': 'Meeting in person',
  'template.visit.description': 'An hour, face to face.',
  'template.visit.slug': 'in-person',
} as const

const it: Record<keyof typeof en, string> = {
  'schedule.first': 'Orario di lavoro',
  'copy': '{title} (copia)',
  'template.first.title': 'Primo incontro',
  'template.first.description': 'Mezz’ora per conoscersi.',
  'template.first.slug': 'incontro',
  'template.call.title': 'Chiamata veloce',
  'template.call.description': 'Un quarto d’ora al telefono.',
  'template.call.slug': 'chiamata',
  'template.call.phone': 'Il tuo numero di telefono',
  'template.visit.title': 'Incontro di persona',
  'template.visit.description': 'Un’ora, faccia a faccia.',
  'template.visit.slug': 'di-persona',
}

/** What a new host and a new page begin with. */
export const eventTypesWords = { en, it }
