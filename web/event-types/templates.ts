/** What a new page can start from; the server knows each by its name. */
export const TEMPLATES = [
  { name: 'first', minutes: 30 },
  { name: 'visit', minutes: 60 },
  { name: 'call', minutes: 15 },
] as const
