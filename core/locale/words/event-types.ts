const en = {
  'schedule.first': 'Working hours',
  'copy': '{title} (copy)',
  'template.first_meeting.title': 'First meeting',
  'template.first_meeting.description': 'Half an hour to get to know each other.',
  'template.first_meeting.slug': 'meeting',
  'template.quick_call.title': 'Quick call',
  'template.quick_call.description': 'A quarter of an hour on the phone.',
  'template.quick_call.slug': 'call',
  'template.quick_call.phone': 'Your phone number',
  'template.in_person.title': 'Meeting in person',
  'template.in_person.description': 'An hour, face to face.',
  'template.in_person.slug': 'in-person',
} as const

const it: Record<keyof typeof en, string> = {
  'schedule.first': 'Orario di lavoro',
  'copy': '{title} (copia)',
  'template.first_meeting.title': 'Primo incontro',
  'template.first_meeting.description': 'Mezz’ora per conoscersi.',
  'template.first_meeting.slug': 'incontro',
  'template.quick_call.title': 'Chiamata veloce',
  'template.quick_call.description': 'Un quarto d’ora al telefono.',
  'template.quick_call.slug': 'chiamata',
  'template.quick_call.phone': 'Il tuo numero di telefono',
  'template.in_person.title': 'Incontro di persona',
  'template.in_person.description': 'Un’ora, faccia a faccia.',
  'template.in_person.slug': 'di-persona',
}

/** What a new host and a new page begin with. */
export const eventTypesWords = { en, it }
