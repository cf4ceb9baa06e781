import { expect, test } from 'vitest'
import { pagesOf } from '#tests/e2e/preview-data.ts'
import { changesBack, changesOf, draftOf } from './draft.ts'

const base = draftOf(pagesOf('connected')[0])

test('a save carries only what was changed', () => {
  expect(changesOf(base, base)).toEqual({})
  expect(changesOf(base, { ...base, open: false, eventType: { ...base.eventType, perDay: 4 } })).toEqual({
    open: false,
    eventType: { perDay: 4 },
  })
})

test('empty lines of a list of choices are not saved, nor choices of a question that has none', () => {
  const typed = {
    ...base,
    eventType: {
      ...base.eventType,
      questions: [
        {
          id: 'a',
          label: ' Where? ',
          kind: 'choice' as const,
          required: true,
          options: ['Here', '', ' There '],
        },
        { id: 'b', label: 'Why?', kind: 'text' as const, required: false, options: ['left over'] },
      ],
    },
  }
  expect(changesOf(base, typed).eventType?.questions).toEqual([
    { id: 'a', label: 'Where?', kind: 'choice', required: true, options: ['Here', 'There'] },
    { id: 'b', label: 'Why?', kind: 'text', required: false },
  ])
})

test('the way back holds the values of the changed fields and no others', () => {
  const changes = changesOf(base, {
    ...base,
    slug: 'altro',
    eventType: { ...base.eventType, title: 'Altro' },
  })
  expect(changesBack(base, changes)).toEqual({
    slug: 'consulenza',
    eventType: { title: 'Consulenza iniziale' },
  })
})
