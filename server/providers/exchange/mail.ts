import type { SendMail } from '../provider.ts'
import { ask, only } from './ask.ts'
import { xml } from './soap.ts'

/** The message as it is, in MIME. Exchange keeps a copy under Sent Items and tells no id of what it sends at once. */
export const sendExchangeMail: SendMail = async (session, message) => {
  const content = Buffer.from(message.buffer, message.byteOffset, message.byteLength).toString('base64')
  only(
    await ask(
      session,
      'CreateItem',
      xml`<m:CreateItem MessageDisposition="SendAndSaveCopy"><m:SavedItemFolderId><t:DistinguishedFolderId Id="sentitems"/></m:SavedItemFolderId><m:Items><t:Message><t:MimeContent CharacterSet="UTF-8">${content}</t:MimeContent></t:Message></m:Items></m:CreateItem>`,
    ),
  )
  return { id: null }
}
