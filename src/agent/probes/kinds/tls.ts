/** `tls`: is the certificate trusted, for this host, and how long does it last? */
import * as z from 'zod';
import { connectPlace } from '../connect.ts';
import { commonFields, defineKind, host, ipFamily, port } from '../kind.ts';
import { handshake, verifyPeer } from '../secure.ts';
import { tlsFields } from '../tls-fields.ts';

const VERSIONS = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;
const MS_PER_DAY = 86_400_000;

export const tls = defineKind({
  schema: (directory) =>
    z.strictObject({
      kind: z.literal('tls'),
      ...commonFields,
      host,
      port: port.default(443),
      ip: ipFamily,
      ...tlsFields(directory),
      min_days: z.number().min(0).optional().describe('Fails with fewer days left'),
      min_version: z.enum(VERSIONS).optional().describe('Fails with an older protocol'),
    }),
  destinations: (spec) => [{ path: ['host'], host: spec.host, port: spec.port }],
  run: async (spec, look) => {
    const serverName = spec.server_name ?? spec.host.replace(/\.$/, '');
    const socket = await connectPlace(spec, look);
    try {
      const secure = await handshake(socket, { serverName, caFile: spec.ca_file ?? '' }, look);
      const version = secure.getProtocol() ?? '';
      if (spec.verify) verifyPeer(secure, serverName, look);
      if (spec.min_version !== undefined) {
        look.trace.check('tls_failed', `the protocol is at least ${spec.min_version}`, {
          ok: VERSIONS.slice(VERSIONS.indexOf(spec.min_version)).some((each) => each === version),
          found: `it is ${version}`,
        });
      }
      if (spec.min_days === undefined) return;
      const ends = look.trace.figureOf('probe_ssl_earliest_cert_expiry') * 1_000;
      const days = (ends - look.clock.now()) / MS_PER_DAY;
      look.trace.check('certificate_ends_soon', `at least ${spec.min_days} days are left`, {
        ok: days >= spec.min_days,
        found: `${Math.floor(days)} days are`,
      });
    } finally {
      socket.destroy();
    }
  },
});
