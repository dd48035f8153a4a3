/** Senders and their tokens. A token is shown once, in the answer that makes it. */
import { z } from 'zod';
import { defineRoute } from '../route.ts';
import { agentSchema } from '../schemas.ts';
import { agentView } from '../views.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused.
const NO_CONTROL = /^[^\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]+$/;
const agentName = z.string().min(1).max(128).regex(NO_CONTROL, 'holds control characters');
const params = z.strictObject({ name: agentName });
const tokenAnswer = z.object({ name: z.string(), token: z.string() });

export const AGENT_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/api/v1/agents',
    auth: 'read',
    summary: 'Senders: when heard, clock offset; imports are in the audit trail',
    answer: z.object({ agents: z.array(agentSchema) }),
    handle: ({ doors }) => ({
      agents: doors.desk
        .agents()
        .filter(({ kind }) => kind !== 'import')
        .map(agentView),
    }),
  }),
  defineRoute({
    method: 'POST',
    path: '/api/v1/agents',
    auth: 'admin',
    summary: 'Add a sender; its token is readable only in this answer',
    body: z.strictObject({
      name: agentName.refine((name) => !name.startsWith('import-'), 'import- is reserved'),
      kind: z.enum(['agent', 'remote-write']).default('agent'),
    }),
    answer: tokenAnswer,
    handle: async ({ doors, body, actor }) => {
      const { token } = await doors.desk.addAgent(body.name, body.kind, actor);
      return { name: body.name, token };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api/v1/agents/:name/rotate',
    auth: 'admin',
    summary: 'A new token; the old one goes on for the overlap',
    params,
    body: z.strictObject({
      overlap_seconds: z.int().min(0).max(2_592_000).default(86_400),
    }),
    answer: tokenAnswer,
    handle: async ({ doors, params: { name }, body, actor }) => {
      const overlapMs = body.overlap_seconds * 1_000;
      const { token } = await doors.desk.rotateAgent(name, overlapMs, actor);
      return { name, token };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api/v1/agents/:name/revoke',
    auth: 'admin',
    summary: 'Its tokens are void at once; its data stays',
    params,
    answer: z.object({}),
    handle: async ({ doors, params: { name }, actor }) => {
      await doors.desk.revokeAgent(name, actor);
      return {};
    },
  }),
];
