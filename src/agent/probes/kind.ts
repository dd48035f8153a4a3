/**
 * A kind of probe: its part of the configuration and how it looks. One file each, and one line in
 * `registry.ts`.
 */
import * as z from 'zod';
import { duration } from '../../shared/config.ts';
import { hostComplaint } from '../../shared/host-complaint.ts';
import type { Look, Tools } from './look.ts';

/** An address written in the configuration, to be held against the policy when it is read. */
export interface Destination {
  /** Below the probe: `url`, `steps[1].url`. */
  readonly path: readonly PropertyKey[];
  readonly host: string;
  readonly port: number;
}

export interface Kind {
  /** `directory`: what paths are relative to. */
  schema(directory: string): z.ZodObject<z.ZodRawShape>;
  /** What `schema` cannot say alone. `spec` has passed it. */
  complaints(spec: unknown, timeoutMs: number): readonly Complaint[];
  destinations(spec: unknown): readonly Destination[];
  /** Probes of one company are looked at at the same time; null: it goes on its own. */
  company(spec: unknown, timeoutMs: number, tools: Tools): string | null;
  /** Looks once. Throws `ProbeFailure`. */
  run(spec: unknown, look: Look): Promise<void>;
}

export interface Complaint {
  readonly path: readonly PropertyKey[];
  readonly reason: string;
}

interface KindOptions<S extends z.ZodObject<z.ZodRawShape>> {
  readonly schema: (directory: string) => S;
  readonly complaints?: (spec: z.infer<S>, timeoutMs: number) => readonly Complaint[];
  readonly destinations: (spec: z.infer<S>) => readonly Destination[];
  readonly company?: (spec: z.infer<S>, timeoutMs: number, tools: Tools) => string | null;
  readonly run: (spec: z.infer<S>, look: Look) => Promise<void>;
}

/** Ties a schema to the code that reads what passed it. */
export function defineKind<S extends z.ZodObject<z.ZodRawShape>>(options: KindOptions<S>): Kind {
  const { schema, complaints = () => [], destinations, company = () => null, run } = options;
  return Object.freeze({
    schema,
    complaints: (spec: unknown, timeoutMs: number) => complaints(spec as z.infer<S>, timeoutMs),
    destinations: (spec: unknown) => destinations(spec as z.infer<S>),
    company: (spec: unknown, timeoutMs: number, tools: Tools) =>
      company(spec as z.infer<S>, timeoutMs, tools),
    run: (spec: unknown, look: Look) => run(spec as z.infer<S>, look),
  });
}

export const host = z.string().superRefine((text, context) => {
  const message = hostComplaint(text);
  if (message !== null) context.addIssue({ code: 'custom', message });
});
const PORTS = 'a port is 1 to 65535';
export const port = z.int().min(1, PORTS).max(65_535, PORTS);

/** A regular expression, written as text. Case matters unless it begins with `(?i)`. */
export const pattern = z
  .string()
  .min(1)
  .max(1_000)
  .transform((text, context) => {
    const flags = text.startsWith('(?i)') ? 'isu' : 'su';
    try {
      return new RegExp(text.replace(/^\(\?i\)/, ''), flags);
    } catch {
      context.addIssue({ code: 'custom', message: `"${text}" is not a regular expression` });
      return z.NEVER;
    }
  });

const SHORTEST_INTERVAL_MS = 1_000;
export const interval = duration.refine((ms) => ms >= SHORTEST_INTERVAL_MS, 'at least 1s');
export const timeout = duration.refine((ms) => ms >= 100 && ms <= 300_000, 'between 100ms and 5m');

const MOST_LABELS = 16;
const OWN_LABELS: readonly string[] = ['instance', 'agent', 'job', '__name__'];
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

export const labels = z
  .record(
    z.string(),
    z
      .string()
      .max(64)
      .regex(/^\P{Cc}*$/u, 'control characters are not allowed'),
  )
  .superRefine((record, context) => {
    const names = Object.keys(record);
    for (const name of names) {
      if (LABEL.test(name) && !OWN_LABELS.includes(name)) continue;
      const message = OWN_LABELS.includes(name)
        ? 'the agent sets this label itself'
        : 'a label name matches [a-zA-Z_][a-zA-Z0-9_]*';
      context.addIssue({ code: 'custom', path: [name], message });
    }
    if (names.length > MOST_LABELS) {
      context.addIssue({ code: 'custom', message: `more than ${MOST_LABELS} labels` });
    }
  });

/** What every probe may say besides what its kind asks for. */
export const commonFields = {
  instance: z
    .string()
    .min(1)
    .max(64)
    .regex(/^\P{Cc}*$/u)
    .optional()
    .describe('Name of the device'),
  labels: labels.optional().describe('More labels on its samples'),
  interval: interval.optional().describe('Between two looks'),
  timeout: timeout.optional().describe('After it the probe has failed'),
};

/** 4 or 6 where only one of them is meant. */
export const ipFamily = z
  .union([z.literal(4), z.literal(6)])
  .optional()
  .describe('4 or 6');
