/** The collector's own log: for a first start, and as a last resort. */
import { z } from 'zod';
import { common, defineKind } from '../channel.ts';

export const log = defineKind({
  kind: 'log',
  schema: z.strictObject({ kind: z.literal('log'), ...common }),
  to: 'none',
  perMinute: 600,
  open: (_settings, { log: target }) => ({
    send: async ({ subject, notices }) => {
      target.info('notice', { subject, faults: notices.map(({ view }) => view.fault).join(' ') });
      return { outcome: 'accepted', reason: '' };
    },
  }),
});
