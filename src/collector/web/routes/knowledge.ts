/** Knowledge (R19): notes, the search through them, what a fault is offered. */
import { z } from 'zod';
import type { KnowledgeNote, NoteText } from '../../process/process.ts';
import { guardOf, numberIn, pageOf, tagged } from '../preconditions.ts';
import { defineRoute } from '../route.ts';
import { faultId, person, time } from '../schemas.ts';
import { iso } from '../views.ts';

const noteId = z.string().regex(/^K-\d{1,12}$/, 'a note id looks like K-000007');
const params = z.strictObject({ id: noteId });
const limit = z.coerce.number().int().min(1).max(999).default(100);
const markdown = z.string().max(20_000);
const names = z.array(z.string().max(200)).max(50).default([]);

const text = {
  title: z.string().max(200),
  symptom: markdown.describe('Markdown'),
  cause: markdown.default(''),
  solution: markdown,
  rules: names.describe('Thresholds it is about'),
  kinds: names.describe('Kinds of devices: server, network, database, link, service'),
  words: names.describe('Words of a phenomenon that hint at it, in any language'),
};
const body = z.strictObject({ ...text, by: person });

const noteSchema = z.object({
  id: z.string(),
  title: z.string(),
  symptom: z.string(),
  cause: z.string(),
  solution: z.string(),
  rules: z.array(z.string()),
  kinds: z.array(z.string()),
  words: z.array(z.string()),
  by: z.string(),
  written: time,
  changed: time,
  archived: z.boolean(),
  version: z.int(),
});
const notesAnswer = z.object({ notes: z.array(noteSchema) });

function noteView({ writtenMs, changedMs, ...note }: KnowledgeNote): object {
  return { ...note, written: iso(writtenMs), changed: iso(changedMs) };
}

function textOf({ by: _, ...rest }: z.infer<typeof body>): NoteText {
  return rest;
}

const LOOKING = [
  defineRoute({
    method: 'GET',
    path: '/api/v1/knowledge',
    auth: 'read',
    summary: 'Notes, newest first',
    query: z.strictObject({ limit, after: noteId.optional() }),
    answer: notesAnswer.extend({ next: z.string().nullable() }),
    handle: ({ doors, query }) => {
      const from = query.after === undefined ? {} : { after: numberIn(query.after) };
      const { knowledge } = doors.process;
      const page = pageOf(query.limit, (many) => knowledge.list({ limit: many, ...from }));
      return { notes: page.shown.map(noteView), next: page.next };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/v1/knowledge/search',
    auth: 'read',
    summary: 'Notes in which every word occurs, Chinese too; best first',
    query: z.strictObject({ words: z.string().min(1).max(200), limit }),
    answer: notesAnswer,
    handle: ({ doors, query }) => ({
      notes: doors.process.knowledge.search(query.words, query.limit).map(noteView),
    }),
  }),
  defineRoute({
    method: 'GET',
    path: '/api/v1/knowledge/offers',
    auth: 'read',
    summary: 'What may help with a fault, by rule, kind of device and words',
    query: z.strictObject({ fault: faultId }),
    answer: z.object({
      offers: z.array(
        z.object({ note: noteSchema, score: z.number(), because: z.array(z.string()) }),
      ),
    }),
    handle: async ({ doors, query }) => {
      const { fault } = await doors.faults.show(query.fault);
      const kind = doors.desk.device(fault.device)?.kind ?? 'unknown';
      const { rule, phenomenon } = fault;
      const offers = doors.process.knowledge.offers({ rule, kind, phenomenon });
      return { offers: offers.map((offer) => ({ ...offer, note: noteView(offer.note) })) };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/v1/knowledge/:id',
    auth: 'read',
    summary: 'One note; its ETag guards changes',
    params,
    answer: noteSchema,
    handle: ({ doors, params: { id } }) => {
      const note = doors.process.knowledge.show(id);
      return tagged(note.version, noteView(note));
    },
  }),
];

export const KNOWLEDGE_ROUTES = [
  ...LOOKING,
  defineRoute({
    method: 'POST',
    path: '/api/v1/knowledge',
    auth: 'admin',
    summary: 'Write a note: symptom, cause, solution',
    body,
    answer: noteSchema,
    handle: async (input) => {
      const guard = guardOf(input, input.body);
      const { knowledge } = input.doors.process;
      const note = await knowledge.write(textOf(input.body), input.body.by, guard);
      return tagged(note.version, noteView(note));
    },
  }),
  defineRoute({
    method: 'PUT',
    path: '/api/v1/knowledge/:id',
    auth: 'admin',
    summary: 'Write it anew; earlier wordings are kept',
    params,
    body,
    answer: noteSchema,
    handle: async (input) => {
      const { doors, params: at } = input;
      const guard = guardOf(input, [at.id, input.body]);
      const { by } = input.body;
      const note = await doors.process.knowledge.rewrite(at.id, textOf(input.body), by, guard);
      return tagged(note.version, noteView(note));
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api/v1/knowledge/:id/archive',
    auth: 'admin',
    summary: 'No longer found or offered; still readable',
    params,
    body: z.strictObject({ by: person }),
    answer: noteSchema,
    handle: async (input) => {
      const { doors, params: at } = input;
      const guard = guardOf(input, [at.id, 'archive', input.body]);
      const note = await doors.process.knowledge.archive(at.id, input.body.by, guard);
      return tagged(note.version, noteView(note));
    },
  }),
];
