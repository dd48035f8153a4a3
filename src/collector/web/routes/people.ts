/** People, groups and the escalation chains, as configured. Addresses are shown to admins only. */
import { z } from 'zod';
import { defineRoute } from '../route.ts';

const named = z.object({ en: z.string(), zh: z.string() });
const target = z.object({ kind: z.enum(['role', 'group', 'person']), id: z.string() });
const moment = z.union([z.literal('opened'), z.object({ clock: z.string(), share: z.number() })]);

export const PEOPLE_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/api/v1/people',
    auth: 'read',
    summary: 'People and groups: who can be told, by which channels',
    answer: z.object({
      people: z.array(
        z.object({
          id: z.string(),
          name: z.string(),
          locale: z.enum(['zh-CN', 'en']),
          channels: z.array(z.string()),
        }),
      ),
      groups: z.array(
        z.object({
          id: z.string(),
          name: named,
          line: z.int().nullable().describe('First or second line of support'),
          members: z.array(z.string()),
        }),
      ),
    }),
    handle: ({ doors }) => {
      const { people, groups } = doors.people.policy();
      return {
        people: [...people.values()].map(({ id, name, locale, channels }) => {
          return { id, name, locale, channels: channels.map(({ channel }) => channel) };
        }),
        groups: [...groups.values()],
      };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/v1/people/chains',
    auth: 'read',
    summary: 'Escalation: whom a fault of each level is told to, and when',
    answer: z.object({
      chains: z.array(
        z.object({
          level: z.int(),
          steps: z.array(z.object({ at: moment, tell: z.array(target), digest: z.boolean() })),
        }),
      ),
    }),
    handle: ({ doors }) => ({
      chains: [...doors.people.policy().chains]
        .map(([level, steps]) => ({ level, steps }))
        .toSorted((a, b) => a.level - b.level),
    }),
  }),
];
