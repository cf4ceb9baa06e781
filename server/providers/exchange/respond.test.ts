import { describe, expect, test } from 'vitest'
import { answer, inTurn, item, items, scripted } from '#tests/exchange-script.ts'
import { NotFound } from '../provider.ts'
import { attribute, child, textAt } from './parse.ts'
import { respond } from './respond.ts'

describe('answering an invitation', () => {
  test.each([
    ['accept', 'AcceptItem'],
    ['decline', 'DeclineItem'],
    ['tentative', 'TentativelyAcceptItem'],
  ] as const)('%s', async (response, element) => {
    const { session, asked } = scripted(
      inTurn(answer('GetItem', items(item('a'))), answer('CreateItem', '<m:Items/>')),
    )
    await respond(session, 'a', response, 'Alas')
    const wish = child(asked[1]!.body, 'Items')!.children[0]!
    expect([wish.name, textAt(wish, 'Body'), attribute(child(wish, 'ReferenceItemId'), 'ChangeKey')]).toEqual(
      [element, 'Alas', 'key-a'],
    )
  })

  test('to what is gone is NotFound', async () => {
    await expect(
      respond(scripted(inTurn(answer('GetItem', { error: 'ErrorItemNotFound' }))).session, 'a', 'accept'),
    ).rejects.toThrow(NotFound)
  })
})
