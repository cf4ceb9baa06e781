const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ', '#39': "'" }

/** Exchange keeps one body and makes the other kind of it when asked. */
export const htmlText = (text: string): string =>
  `<html><body>${text.replace(/[&<>]/g, (sign) => ESCAPES[sign]!).replace(/\r?\n/g, '<br>\r\n')}</body></html>`

export const plainText = (html: string): string =>
  html
    .replace(/<(style|script|head)[\s\S]*?<\/\1>/gi, '')
    .replace(/\r?\n/g, '')
    .replace(/<br\s*\/?>|<\/(p|div|li|h\d)>/gi, '\r\n')
    .replace(/<[^>]+>/g, '')
    .replace(/&(#39|\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole)
