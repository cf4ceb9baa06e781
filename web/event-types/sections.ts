/** The parts of the page editor, in the order they are shown. */
export const SECTIONS = ['basics', 'hours', 'questions', 'after', 'team', 'share'] as const
export type Section = (typeof SECTIONS)[number]
