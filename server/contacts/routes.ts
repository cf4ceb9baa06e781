import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { body, json, problem, problems, router, text } from '#server/platform/http.ts'
import { signedIn, type SignedIn } from '#server/accounts/gate.ts'
import { cursorOf, writeCursor } from './cursor.ts'
import { getContact, listContacts } from './list.ts'
import { Contact, ContactChange, ContactDraft, NoteDraft, TimelineEntry } from './model.ts'
import { changeContact, createContact, removeContact } from './save.ts'
import { addNote, readTimeline } from './timeline.ts'

const byId = z.object({ id: z.uuid() })
const tags = ['contacts']
const middleware = signedIn()

const getList = createRoute({
  method: 'get',
  path: '/contacts',
  tags,
  middleware,
  request: { query: z.object({ search: text(100).optional(), cursor: cursorOf(z.string()).optional() }) },
  responses: {
    200: json(z.object({ contacts: z.array(Contact), next: z.string().nullable() }), 'Contacts by name'),
    ...problems(400, 401),
  },
})
const post = createRoute({
  method: 'post',
  path: '/contacts',
  tags,
  middleware,
  request: { body: body(ContactDraft) },
  responses: { 201: json(Contact, 'Created'), ...problems(400, 401, 409) },
})
const getOne = createRoute({
  method: 'get',
  path: '/contacts/{id}',
  tags,
  middleware,
  request: { params: byId },
  responses: { 200: json(Contact, 'The contact'), ...problems(401, 404) },
})
const patch = createRoute({
  method: 'patch',
  path: '/contacts/{id}',
  tags,
  middleware,
  request: { params: byId, body: body(ContactChange) },
  responses: { 200: json(Contact, 'Changed'), ...problems(400, 401, 404, 409) },
})
const remove = createRoute({
  method: 'delete',
  path: '/contacts/{id}',
  tags,
  middleware,
  request: { params: byId },
  responses: { 204: { description: 'Gone' }, ...problems(401, 404) },
})
const getTimeline = createRoute({
  method: 'get',
  path: '/contacts/{id}/timeline',
  tags,
  middleware,
  request: { params: byId, query: z.object({ cursor: cursorOf(z.number()).optional() }) },
  responses: {
    200: json(z.object({ entries: z.array(TimelineEntry), next: z.string().nullable() }), 'Latest first'),
    ...problems(400, 401, 404),
  },
})
const postNote = createRoute({
  method: 'post',
  path: '/contacts/{id}/notes',
  tags,
  middleware,
  request: { params: byId, body: body(NoteDraft) },
  responses: { 201: json(TimelineEntry, 'Noted'), ...problems(400, 401, 404) },
})

const notFound = (c: Context) => problem(c, 404, 'not-found')

/** The people we know, as everyone of the workspace sees them. */
export const contacts = router<SignedIn>()
  .openapi(getList, async (c) => {
    const { search = '', cursor } = c.req.valid('query')
    const page = await listContacts(c.var.deps, c.var.scope, {
      search,
      after: cursor ? { key: cursor[0], id: cursor[1] } : null,
    })
    return c.json(
      { contacts: page.contacts, next: writeCursor(page.next && [page.next.key, page.next.id]) },
      200,
    )
  })
  .openapi(post, async (c) => {
    const outcome = await createContact(c.var.deps, c.var.scope, c.req.valid('json'))
    return outcome.kind === 'saved'
      ? c.json(outcome.contact, 201)
      : problem(c, 409, outcome.kind, undefined, { id: outcome.id })
  })
  .openapi(getOne, async (c) => {
    const contact = await getContact(c.var.deps, c.var.scope, c.req.valid('param').id)
    return contact ? c.json(contact, 200) : notFound(c)
  })
  .openapi(patch, async (c) => {
    const outcome = await changeContact(c.var.deps, c.var.scope, c.req.valid('param').id, c.req.valid('json'))
    switch (outcome.kind) {
      case 'saved':
        return c.json(outcome.contact, 200)
      case 'known-contact':
        return problem(c, 409, outcome.kind, undefined, { id: outcome.id })
      case 'not-found':
        return notFound(c)
    }
  })
  .openapi(remove, async (c) =>
    (await removeContact(c.var.deps, c.var.scope, c.req.valid('param').id)) ? c.body(null, 204) : notFound(c),
  )
  .openapi(getTimeline, async (c) => {
    const { cursor } = c.req.valid('query')
    const page = await readTimeline(
      c.var.deps,
      c.var.scope,
      c.req.valid('param').id,
      cursor ? { at: cursor[0], id: cursor[1] } : null,
    )
    return page
      ? c.json({ entries: page.entries, next: writeCursor(page.next && [page.next.at, page.next.id]) }, 200)
      : notFound(c)
  })
  .openapi(postNote, async (c) => {
    const entry = await addNote(c.var.deps, c.var.scope, c.req.valid('param').id, c.req.valid('json').text)
    return entry ? c.json(entry, 201) : notFound(c)
  })
