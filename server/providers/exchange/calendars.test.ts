import { describe, expect, test } from 'vitest'
import { answer, inTurn, scripted } from '#tests/exchange-script.ts'
import type { Told } from '#tests/exchange-script.ts'
import { listCalendars } from './calendars.ts'

const folder = (
  id: string,
  name: string,
  more = '<t:CreateContents>true</t:CreateContents>',
  parent = 'root',
) =>
  `<t:CalendarFolder><t:FolderId Id="${id}" ChangeKey="k"/><t:ParentFolderId Id="${parent}"/><t:DisplayName>${name}</t:DisplayName><t:EffectiveRights>${more}</t:EffectiveRights></t:CalendarFolder>`
const own: Told = answer(
  'GetFolder',
  `<m:Folders>${folder('F1', 'Calendar')}</m:Folders>`,
  '<m:Folders><t:Folder><t:FolderId Id="bin"/></t:Folder></m:Folders>',
)
const page = (last: boolean, next: number, ...all: string[]): Told =>
  answer(
    'FindFolder',
    `<m:RootFolder IndexedPagingOffset="${next}" TotalItemsInView="9" IncludesLastItemInRange="${last}"><t:Folders>${all.join('')}</t:Folders></m:RootFolder>`,
  )

describe('the list of calendars', () => {
  test('all pages, the mailbox’s first one marked, names clean, rights known, the bin left out', async () => {
    const { session, asked } = scripted(
      inTurn(
        own,
        page(
          false,
          2,
          folder('F1', 'Calendar'),
          folder('F2', ' Holi&#x1F;days\n 2027 ', '<t:CreateContents>false</t:CreateContents>'),
        ),
        page(
          true,
          4,
          folder('F3', 'Thrown away', undefined, 'bin'),
          folder('F4', 'In what was thrown away', undefined, 'F3'),
        ),
      ),
    )
    expect(await listCalendars(session)).toEqual([
      {
        remoteId: 'F1',
        name: 'Calendar',
        color: null,
        zone: null,
        writable: true,
        primary: true,
        conference: null,
      },
      {
        remoteId: 'F2',
        name: 'Holidays 2027',
        color: null,
        zone: null,
        writable: false,
        primary: false,
        conference: null,
      },
    ])
    expect(asked[2]!.text).toContain('Offset="2"')
  })

  test('pages that lead nowhere are left', async () => {
    const { session } = scripted(
      inTurn(own, page(false, 2, folder('F1', 'x')), page(false, 2, folder('F2', 'x'))),
    )
    await expect(listCalendars(session)).rejects.toMatchObject({ reason: 'bad-answer' })
  })

  test.each([
    ['ErrorNonExistentMailbox', 'no-mailbox'],
    ['ErrorMissingEmailAddress', 'no-mailbox'],
    ['ErrorAccessDenied', 'forbidden'],
  ])('an account with %s says %s', async (error, reason) => {
    await expect(
      listCalendars(scripted(inTurn(answer('GetFolder', { error }, { error }))).session),
    ).rejects.toMatchObject({ reason })
  })
})
