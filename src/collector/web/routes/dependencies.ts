/** Which device sits behind which: read of the network, decided by people. */
import { z } from 'zod';
import { type Dependency, versionOf } from '../../desk/desk.ts';
import { guardOf, tagged } from '../preconditions.ts';
import { defineRoute } from '../route.ts';
import { deviceName, time } from '../schemas.ts';
import { iso } from '../views.ts';

const dependencySchema = z.object({
  child: z.string(),
  parent: z.string(),
  state: z.enum(['proposed', 'confirmed', 'rejected']),
  source: z.string(),
  first: time,
  seen: time,
  version: z.int().describe('For If-Match; 0 where nothing is known yet'),
});

const pair = z.strictObject({ child: deviceName, parent: deviceName });

function view({ firstMs, seenMs, ...rest }: Dependency): object {
  return { ...rest, first: iso(firstMs), seen: iso(seenMs), version: versionOf(rest) };
}

const STEPS = [
  ['confirm', 'confirmed', 'It is so; faults of the child are kept quiet while the parent is away'],
  ['reject', 'rejected', 'It is not so, and is not to be proposed again'],
] as const;

export const DEPENDENCY_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/api/v1/dependencies',
    auth: 'read',
    summary: 'Which device sits behind which',
    query: z.strictObject({ state: z.enum(['proposed', 'confirmed', 'rejected']).optional() }),
    answer: z.object({ dependencies: z.array(dependencySchema) }),
    handle: ({ doors, query }) => ({
      dependencies: doors.dependencies
        .dependencies()
        .filter(({ state }) => query.state === undefined || state === query.state)
        .map(view),
    }),
  }),
  ...STEPS.map(([verb, state, summary]) =>
    defineRoute({
      method: 'POST',
      path: `/api/v1/dependencies/${verb}`,
      auth: 'admin',
      summary,
      body: pair,
      answer: dependencySchema,
      handle: async (input) => {
        const guard = guardOf(input, [verb, input.body]);
        const decided = await input.doors.dependencies.decide(input.body, state, guard);
        return tagged(versionOf(decided), view(decided));
      },
    }),
  ),
];
