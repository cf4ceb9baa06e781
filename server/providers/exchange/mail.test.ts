import { describe, expect, test } from 'vitest'
import { answer, inTurn, scripted } from '#tests/exchange-script.ts'
import { sendExchangeMail } from './mail.ts'
import { attribute, textAt } from './parse.ts'

describe('letters', () => {
  test('leave as they were written, with a copy under Sent Items', async () => {
    const { session, asked } = scripted(inTurn(answer('CreateItem', '<m:Items/>')))
    const message = 'From: a@b.test\r\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n\r\nGrüße 🙂\r\n'
    expect(await sendExchangeMail(session, new TextEncoder().encode(`xx${message}`).subarray(2))).toEqual({
      id: null,
    })
    const wish = asked[0]!.body
    expect(attribute(wish, 'MessageDisposition')).toBe('SendAndSaveCopy')
    expect(Buffer.from(textAt(wish, 'Items', 'Message', 'MimeContent'), 'base64').toString()).toBe(message)
  })

  test.each([
    ['ErrorSendAsDenied', 'forbidden'],
    ['ErrorMessageSizeExceeded', 'too-large'],
    ['ErrorInvalidRecipients', 'bad-answer'],
  ])('that are turned down (%s) say so', async (error, reason) => {
    await expect(
      sendExchangeMail(scripted(inTurn(answer('CreateItem', { error }))).session, new Uint8Array(1)),
    ).rejects.toMatchObject({ reason })
  })
})
