export const TEMPLATE = 'ritrovo_template'
