/**
 * `dns`: does a name server answer, how fast, and as expected? Asked directly, past the hosts file.
 * Without `server` the name servers of this host are asked.
 */
import { Resolver } from 'node:dns/promises';
import { isIP, isIPv6 } from 'node:net';
import * as z from 'zod';
import { messageOf } from '../../../shared/errors.ts';
import { resolvePlace } from '../connect.ts';
import { commonFields, defineKind, host, pattern, port } from '../kind.ts';
import { type Look, within } from '../look.ts';
import { matches } from '../pattern.ts';
import { ProbeFailure } from '../reasons.ts';

/** As RFC 1035 allows: with the underscores of SRV and TXT names. */
const QUERY =
  /^(?!.{254})(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.?$/i;

const texts = (value: unknown): string => (typeof value === 'string' ? value : String(value));

/** Record type → its answers, one line each as people write them. */
const ASK: Readonly<Record<string, (resolver: Resolver, name: string) => Promise<string[]>>> =
  Object.freeze({
    A: (resolver, name) => resolver.resolve4(name),
    AAAA: (resolver, name) => resolver.resolve6(name),
    CNAME: (resolver, name) => resolver.resolveCname(name),
    NS: (resolver, name) => resolver.resolveNs(name),
    PTR: (resolver, name) =>
      isIP(name) === 0 ? resolver.resolvePtr(name) : resolver.reverse(name),
    MX: async (resolver, name) =>
      (await resolver.resolveMx(name)).map(({ priority, exchange }) => `${priority} ${exchange}`),
    TXT: async (resolver, name) => (await resolver.resolveTxt(name)).map((parts) => parts.join('')),
    SRV: async (resolver, name) =>
      (await resolver.resolveSrv(name)).map(
        ({ priority, weight, port: at, name: to }) => `${priority} ${weight} ${at} ${to}`,
      ),
    SOA: async (resolver, name) => {
      const soa = await resolver.resolveSoa(name);
      return [`${soa.nsname} ${soa.hostmaster} ${soa.serial}`];
    },
    CAA: async (resolver, name) =>
      (await resolver.resolveCaa(name)).map((record) => Object.values(record).map(texts).join(' ')),
  });

type RecordType = 'A' | 'AAAA' | 'CNAME' | 'NS' | 'PTR' | 'MX' | 'TXT' | 'SRV' | 'SOA' | 'CAA';
const TYPES = Object.keys(ASK) as [RecordType, ...RecordType[]];

export const dns = defineKind({
  schema: () =>
    z.strictObject({
      kind: z.literal('dns'),
      ...commonFields,
      query: z
        .string()
        .refine((name) => isIP(name) !== 0 || QUERY.test(name), 'is not a domain name')
        .describe('The name to ask for'),
      type: z.enum(TYPES).default('A'),
      server: host.optional().describe("A name server; default: this host's"),
      port: port.default(53),
      answer: z.array(z.string()).optional().describe('Exactly these records, in any order'),
      match: pattern.optional().describe('Regular expression that some record must match'),
    }),
  complaints: (spec) =>
    isIP(spec.query) !== 0 && spec.type !== 'PTR'
      ? [{ path: ['query'], reason: 'an address is asked for with type PTR' }]
      : [],
  destinations: ({ server, port: at }) =>
    server === undefined ? [] : [{ path: ['server'], host: server, port: at }],
  run: async (spec, look) => {
    const resolver = new Resolver({ timeout: look.timeoutMs, tries: 1 });
    if (spec.server !== undefined) {
      const address = await resolvePlace({ host: spec.server, port: spec.port }, look);
      resolver.setServers([
        isIPv6(address) ? `[${address}]:${spec.port}` : `${address}:${spec.port}`,
      ]);
    }
    const { trace } = look;
    trace.figure('probe_dns_query_succeeded', 0);
    const records = await ask(resolver, spec, look);
    trace.figure('probe_dns_query_succeeded', 1);
    trace.figure('probe_dns_answer_rrs', records.length);
    if (spec.type === 'SOA') trace.figure('probe_dns_serial', Number(records[0]?.split(' ')[2]));
    judge(records, spec, look);
  },
});

interface Question {
  readonly query: string;
  readonly type: RecordType;
}

async function ask(resolver: Resolver, { query, type }: Question, look: Look): Promise<string[]> {
  try {
    return await look.trace.phase('request', () =>
      within(look.signal, ASK[type]?.(resolver, query) ?? Promise.resolve([])),
    );
  } catch (error) {
    resolver.cancel();
    if (error instanceof ProbeFailure) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ETIMEOUT' || code === 'ECANCELLED') throw new ProbeFailure('timeout');
    if (code === 'ECONNREFUSED') throw new ProbeFailure('refused', 'no name server answers there');
    throw new ProbeFailure('dns_error', `${type} ${query}: ${code || messageOf(error)}`);
  }
}

interface Expected {
  readonly answer?: readonly string[] | undefined;
  readonly match?: RegExp | undefined;
}

function judge(records: readonly string[], { answer, match }: Expected, { trace }: Look): void {
  const found = `the answer is ${records.join(', ').slice(0, 200)}`;
  if (answer !== undefined) {
    const sorted = (list: readonly string[]): string =>
      list
        .map((each) => each.toLowerCase().replace(/\.$/, ''))
        .sort()
        .join('\n');
    const ok = sorted(records) === sorted(answer);
    trace.check('dns_answer', `the answer is ${answer.join(', ')}`, { ok, found });
  }
  if (match === undefined) return;
  const ok = records.some((record) => matches(match, record));
  trace.figure('probe_failed_due_to_regex', ok ? 0 : 1);
  trace.check('dns_answer', `some record matches ${match}`, { ok, found });
}
