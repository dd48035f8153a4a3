/** `tcp`: does the port take a connection, and does it greet as expected? */
import type { Socket } from 'node:net';
import * as z from 'zod';
import { connectPlace } from '../connect.ts';
import { commonFields, defineKind, host, ipFamily, pattern, port } from '../kind.ts';
import { type Look, within } from '../look.ts';
import { matches } from '../pattern.ts';
import { ProbeFailure } from '../reasons.ts';

/** Of a greeting: those of mail, FTP and SSH servers are a line or a few. */
const BANNER_BYTES = 4_096;

export const tcp = defineKind({
  schema: () =>
    z.strictObject({
      kind: z.literal('tcp'),
      ...commonFields,
      host,
      port,
      ip: ipFamily,
      banner: pattern.optional().describe('Regular expression that the greeting must match'),
    }),
  destinations: (spec) => [{ path: ['host'], host: spec.host, port: spec.port }],
  run: async (spec, look) => {
    const socket = await connectPlace(spec, look);
    try {
      if (spec.banner !== undefined) await checkBanner(socket, spec.banner, look);
    } finally {
      socket.destroy();
    }
  },
});

/** Waits until the greeting matches; what comes after a mismatch may still complete it. */
async function checkBanner(socket: Socket, wanted: RegExp, look: Look): Promise<void> {
  const { trace, signal } = look;
  const what = `the greeting matches ${wanted}`;
  trace.figure('probe_failed_due_to_regex', 1);
  let greeting = '';
  await trace.phase('banner', () =>
    within(
      signal,
      new Promise<void>((resolve, reject) => {
        socket.on('data', (chunk: Buffer) => {
          greeting += chunk.toString('latin1');
          const isFull = greeting.length > BANNER_BYTES;
          const text = Buffer.from(greeting.slice(0, BANNER_BYTES), 'latin1').toString();
          try {
            if (matches(wanted, text) || isFull) resolve();
          } catch (error) {
            reject(error);
          }
        });
        socket.once('close', () => resolve());
      }),
    ).catch((error) => {
      // It greeted, and not as expected: that says more than "no answer in time".
      if (greeting === '' || !(error instanceof ProbeFailure) || error.reason !== 'timeout') {
        throw error;
      }
    }),
  );
  const text = Buffer.from(greeting.slice(0, BANNER_BYTES), 'latin1').toString();
  trace.check('banner', what, {
    ok: matches(wanted, text),
    found: `it was ${JSON.stringify(text.slice(0, 80))}`,
  });
  trace.figure('probe_failed_due_to_regex', 0);
}
