import { expect, test } from 'vitest'
import { inOwnName } from './in-own-name.ts'
import { writeMessage } from './message.ts'

const message = (name: string) =>
  writeMessage({
    messageId: '<a@b.test>',
    from: { name: `${name} · Ritrovo`, email: 'no-reply@server.test' },
    to: { name: 'Marco', email: 'marco@x.test' },
    replyTo: { name, email: 'giulia@studio.test' },
    subject: 'From: evil',
    date: 0,
    html: '<p>Reply-To: nobody</p>',
    text: 'From: somebody@else.test\r\nReply-To: x',
    calendar: null,
    unsubscribe: null,
  })
const headOf = (source: Buffer) => source.toString().split('\r\n\r\n')[0]!

test('the head names its person alone; the body and all else stay byte for byte', async () => {
  const source = await message('Giulia Ferri')
  const own = inOwnName(source, { name: 'Giulia Ferri', email: 'giulia@gmail.test' })
  expect(headOf(own)).toContain('\r\nFrom: "Giulia Ferri" <giulia@gmail.test>\r\n')
  expect(headOf(own).match(/^From:/gm)).toHaveLength(1)
  expect(headOf(own)).not.toMatch(/^Reply-To:/m)
  const tail = (bytes: Buffer) => bytes.subarray(bytes.indexOf('\r\n\r\n'))
  expect(tail(own).equals(tail(source))).toBe(true)
  const kept = (bytes: Buffer) =>
    headOf(bytes)
      .split('\r\n')
      .filter((line) => /^(?:To|Subject|Message-ID|Date|MIME-Version)/.test(line))
  expect(kept(own)).toEqual(kept(source))
})

test.each([
  ['Zoë Müller', '=?UTF-8?B?'],
  ['Giulia "the best" \\ Ferri', '"Giulia \\"the best\\" \\\\ Ferri"'],
  ['日本語の名前'.repeat(20), '=?UTF-8?B?'],
  ['', 'giulia@gmail.test'],
  ['a\r\nBcc: everyone@x.test', 'giulia@gmail.test'],
])('a name of any kind breaks nothing: %j', async (name, shown) => {
  const own = headOf(inOwnName(await message('Giulia'), { name, email: 'giulia@gmail.test' }))
  const from = /^From:.*(?:\r\n[ \t].*)*/m.exec(own)![0]
  expect(from).toContain(shown)
  expect(from).toContain('giulia@gmail.test')
  expect(own).not.toMatch(/^Bcc:/m)
  expect(from.split('\r\n').every((line) => line.length <= 180 && /^[\x20-\x7e\t]*$/.test(line))).toBe(true)
})
