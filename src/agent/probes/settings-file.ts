/**
 * The probes file: networks, defaults, and probes by name. All mistakes are told in one run: those
 * of the schema, of each kind, and addresses that the policy refuses.
 */

import { isIP } from 'node:net';
import { dirname, resolve } from 'node:path';
import * as z from 'zod';
import {
  type AddressPolicy,
  addressPolicy,
  networkComplaint,
} from '../../shared/address-policy.ts';
import {
  type ConfigProblem,
  configFailure,
  formatPath,
  jsonSchema,
  readYaml,
  schemaProblems,
} from '../../shared/config.ts';
import { bug } from '../../shared/errors.ts';
import { interval, labels, timeout } from './kind.ts';
import type { Probe, ProbeSettings } from './probes.ts';
import { KINDS } from './registry.ts';

const INTERVAL_MS = 30_000;
const TIMEOUT_MS = 5_000;
const NAME = /^[^\p{C}\s](?:[^\p{C}]{0,62}[^\p{C}\s])?$/u;

const network = z.string().superRefine((text, context) => {
  const message = networkComplaint(text);
  if (message !== null) context.addIssue({ code: 'custom', message: `"${text}" ${message}` });
});

const headFields = {
  allow: z.array(network).default([]).describe('Guarded networks that may be reached'),
  interval: interval.default(INTERVAL_MS).describe('Between two looks'),
  timeout: timeout.default(TIMEOUT_MS).describe('After it a probe has failed'),
  labels: labels.default({}).describe('More labels on every sample'),
};

/** Made once for a file: two thousand probes must not make two thousand schemas. */
function schemasOf(directory: string) {
  const made = Object.entries(KINDS).map(
    ([kind, { schema }]) => [kind, schema(directory)] as const,
  );
  return new Map(made);
}

type Schemas = ReturnType<typeof schemasOf>;

function fileSchema(schemas: Schemas) {
  const [first, ...others] = schemas.values();
  if (first === undefined) bug('there is no kind of probe');
  type Branch = typeof first & { shape: { kind: z.ZodLiteral<string> } };
  const probe = z.discriminatedUnion('kind', [first as Branch, ...(others as Branch[])]);
  return z.strictObject({
    ...headFields,
    probes: z.record(z.string(), probe),
  });
}

/** What every kind has, whatever else it says. */
interface Common {
  readonly instance?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly interval?: number;
  readonly timeout?: number;
}

export function probesSchema(): unknown {
  return jsonSchema(fileSchema(schemasOf('.')));
}

/** Throws `config` with every problem. */
export function readProbeSettings(file: string): ProbeSettings {
  const data = readYaml(file);
  const schemas = schemasOf(dirname(resolve(file)));
  const problems = schemaProblems(fileSchema(schemas), data, file);
  // What is good of a file with mistakes is looked at further: all of them are told in one run.
  const head = readHead(data);
  const policy = addressPolicy(head.allow);
  const probes = Object.entries(groupOf(groupOf(data).probes)).flatMap(
    ([name, raw]) => readProbe(name, { raw, schemas, head }) ?? [],
  );
  const more = [
    ...probes.flatMap((probe) => complaintsOf(probe, policy)),
    ...sharedInstances(probes),
  ].map(({ path, reason }): ConfigProblem => ({ file, path: formatPath(path), reason }));
  const all = [...problems, ...more];
  if (all.length > 0) throw configFailure(all);
  return { allow: head.allow, probes };
}

type Head = z.infer<z.ZodObject<typeof headFields>>;

const groupOf = (data: unknown): Readonly<Record<string, unknown>> =>
  data !== null && typeof data === 'object' ? (data as Record<string, unknown>) : {};

const listOf = (data: unknown): readonly unknown[] => (Array.isArray(data) ? data : []);

/** Key by key: a mistake in one leaves the others. */
function readHead(data: unknown): Head {
  const read = <T>(schema: z.ZodType<T>, key: string): T => {
    const result = schema.safeParse(groupOf(data)[key]);
    return result.success ? result.data : schema.parse(undefined);
  };
  const { allow, interval: every, timeout: within, labels: more } = headFields;
  return {
    allow: listOf(groupOf(data).allow).filter(
      (each) => allow.safeParse([each]).success,
    ) as string[],
    interval: read(every, 'interval'),
    timeout: read(within, 'timeout'),
    labels: read(more, 'labels'),
  };
}

interface Written {
  readonly raw: unknown;
  readonly schemas: Schemas;
  readonly head: Head;
}

/** Null for one with mistakes, which the schema has told already. */
function readProbe(name: string, { raw, schemas, head }: Written): Probe | null {
  const { kind } = groupOf(raw);
  if (typeof kind !== 'string') return null;
  const spec = schemas.get(kind)?.safeParse(raw);
  if (!spec?.success) return null;
  const common: Common = spec.data;
  return {
    name,
    kind,
    instance: common.instance ?? name,
    labels: { ...head.labels, ...common.labels },
    intervalMs: common.interval ?? head.interval,
    timeoutMs: common.timeout ?? head.timeout,
    spec: spec.data,
  };
}

interface Complaint {
  readonly path: readonly PropertyKey[];
  readonly reason: string;
}

function complaintsOf(probe: Probe, policy: AddressPolicy): Complaint[] {
  const { name, kind, spec, intervalMs, timeoutMs } = probe;
  const below = ['probes', name];
  const found = [...(KINDS[kind]?.complaints(spec, timeoutMs) ?? [])];
  if (!NAME.test(name)) found.push({ path: [], reason: 'is no name: 1 to 64 characters' });
  if (timeoutMs >= intervalMs) {
    found.push({ path: ['timeout'], reason: 'must be shorter than the interval' });
  }
  for (const { path, host, port } of KINDS[kind]?.destinations(spec) ?? []) {
    const refusal = isIP(host) === 0 ? null : policy.complaint(host, port);
    if (refusal !== null)
      found.push({ path, reason: `${refusal}: list its network under "allow"` });
  }
  return found.map(({ path, reason }) => ({ path: [...below, ...path], reason }));
}

/** Two probes of one device would contradict each other about whether it is reachable. */
function sharedInstances(probes: readonly Probe[]): Complaint[] {
  const owners = new Map<string, string>();
  return probes.flatMap(({ name, instance }) => {
    const owner = owners.get(instance);
    owners.set(instance, owner ?? name);
    if (owner === undefined) return [];
    const reason = `probe "${owner}" speaks of "${instance}" already: give one of them its own, for example "${instance} ${name}"`;
    return [{ path: ['probes', name, 'instance'], reason }];
  });
}
