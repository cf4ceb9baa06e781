import { NotFound } from '../provider.ts'
import type { Session } from '../provider.ts'
import { ask, only } from './ask.ts'
import { changeKeyOf, idOf } from './event.ts'
import { getItems } from './items.ts'
import { xml } from './soap.ts'
import type { Xml } from './soap.ts'

export type Answer = 'accept' | 'decline' | 'tentative'

const write = (answer: Answer, inside: Xml): Xml => {
  if (answer === 'accept') return xml`<t:AcceptItem>${inside}</t:AcceptItem>`
  if (answer === 'decline') return xml`<t:DeclineItem>${inside}</t:DeclineItem>`
  return xml`<t:TentativelyAcceptItem>${inside}</t:TentativelyAcceptItem>`
}

/** Answers an invitation in the mailbox's name; the organizer is told. */
export async function respond(session: Session, remoteId: string, answer: Answer, words = ''): Promise<void> {
  const [told] = await getItems(session, [remoteId], ['calendar:UID'])
  if (told?.kind !== 'item') throw new NotFound('the calendar no longer has the event')
  const body = words === '' ? xml`` : xml`<t:Body BodyType="Text">${words}</t:Body>`
  const to = idOf(told.item)
  const key = changeKeyOf(told.item)
  const reference = xml`<t:ReferenceItemId Id="${to}" ChangeKey="${key}"/>`
  only(
    await ask(
      session,
      'CreateItem',
      xml`<m:CreateItem MessageDisposition="SendAndSaveCopy"><m:Items>${write(answer, xml`${body}${reference}`)}</m:Items></m:CreateItem>`,
    ),
  )
}
