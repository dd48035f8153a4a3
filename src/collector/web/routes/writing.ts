/** Ways in: remote write, and the frame of an import around its numbered batches. */
import { z } from 'zod';
import { WRITE_PATH } from '../../../shared/protocol.ts';
import { defineRoute, ReplyBody } from '../route.ts';
import { deviceName } from '../schemas.ts';

const importName = z.string().regex(/^import:[0-9a-f]{8,40}$/, 'looks like import:<hex digits>');
const epoch = z.string().regex(/^[0-9a-f]{32}$/);

/** Tokens have plainer names than senders of imports. */
const tokenName = (agent: string): string => agent.replace(':', '-');

export const WRITING_ROUTES = [
  defineRoute({
    method: 'POST',
    path: WRITE_PATH,
    auth: 'ingest',
    summary: 'Prometheus remote write 1.0 and 2.0; acknowledged after commit',
    raw: true,
    answer: 'empty',
    handle: async ({ doors, headers, body, actor }) => {
      const result =
        doors.ingest.precheck(headers, actor.from) ??
        (await doors.ingest.receive({
          headers,
          body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
          from: actor.from,
        }));
      const { status, headers: extra } = result;
      return new ReplyBody({ status, type: 'application/json', body: result.body, headers: extra });
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api/v1/imports',
    auth: 'admin',
    summary: 'Begin or resume an import: a token for its batches and the last number stored',
    body: z.strictObject({
      agent: importName,
      epoch,
      demo: z.array(deviceName).max(1_000).default([]).describe('Devices to mark as demo'),
    }),
    answer: z.object({ token: z.string(), stored: z.int() }),
    handle: async ({ doors, body, actor }) => {
      const { desk, store } = doors;
      const name = tokenName(body.agent);
      // A finished import's token is revoked; one that was broken off is still valid.
      const open = desk.agents().some((one) => one.name === name && one.revokedMs === null);
      const { token } = open
        ? await desk.rotateAgent(name, 0, actor)
        : await desk.addAgent(name, 'import', actor);
      for (const device of body.demo) {
        desk.sawDevice(device, name, doors.clock.now(), 'demo');
        await desk.setLabels(device, { demo: 'true' }, actor);
      }
      return { token, stored: store.cursor(body.agent, body.epoch) };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api/v1/imports/:agent/finish',
    auth: 'admin',
    summary: 'Seal and roll up what was imported, withdraw the token',
    params: z.strictObject({ agent: importName }),
    body: z.strictObject({
      devices: z.array(deviceName).max(100_000),
    }),
    answer: z.object({ refused_samples: z.int() }),
    handle: async ({ doors, params: { agent }, body: { devices }, actor }) => {
      const end = { agent, token: tokenName(agent), devices };
      const { refusedSamples } = await doors.actions.finishImport(end, actor);
      return { refused_samples: refusedSamples };
    },
  }),
];
