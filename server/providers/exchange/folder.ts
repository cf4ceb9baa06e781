import { NotFound } from '../provider.ts'
import { xml } from './soap.ts'
import type { Xml } from './soap.ts'

const LONGEST_ID = 2000

/** An id that an answer could have given; anything else is nobody's. */
function checked(id: string): string {
  if (id === '' || id.length > LONGEST_ID || !/^[\x21-\x7e]+$/.test(id))
    throw new NotFound('nothing is called that')
  return id
}

export const folderId = (id: string): Xml => xml`<t:FolderId Id="${checked(id)}"/>`

/** Without a change key, whichever state it is in. */
export const itemId = (id: string, changeKey = ''): Xml =>
  changeKey === ''
    ? xml`<t:ItemId Id="${checked(id)}"/>`
    : xml`<t:ItemId Id="${checked(id)}" ChangeKey="${changeKey}"/>`
