/** Why something could not be read and is therefore kept busy; the code chooses the sentence its owner reads. */
export const TROUBLES = [
  'unreadable', // no calendar object, cut off, too deep, or it broke the reader
  'too-large',
  'unknown-zone', // detail: the name
  'impossible-date', // detail: the text
  'backwards', // it ends before it begins
  'bad-rule', // detail: the rule
  'too-many', // more instances, or more work, than one event may cause
] as const
export type TroubleCode = (typeof TROUBLES)[number]

/** As kept with the event: the code, then a colon and a detail to show, if there is one. */
export const trouble = (code: TroubleCode, detail = ''): string =>
  detail === '' ? code : `${code}:${detail.slice(0, 120)}`

export function readTrouble(text: string): { code: TroubleCode; detail: string } {
  const colon = text.indexOf(':')
  const code = colon < 0 ? text : text.slice(0, colon)
  return (TROUBLES as readonly string[]).includes(code)
    ? { code: code as TroubleCode, detail: colon < 0 ? '' : text.slice(colon + 1) }
    : { code: 'unreadable', detail: '' }
}
