/** What the forms share: strangers' texts made harmless, times, urgency, the body's check. */
import type { z } from 'zod';
import { formatPath } from '../../../shared/config.ts';
import { problemsOf } from '../../../shared/config-problems.ts';
import { Failure } from '../../../shared/errors.ts';
import type { InboundSettings } from '../channel.ts';

/** Alerts of one request. */
export const ALERTS_MOST = 5_000;
/** Mistakes that are named; a long body may hold thousands of the same. */
const REASONS_MOST = 20;
const NAME_LONGEST = 200;
const PHENOMENON_LONGEST = 500;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is replaced.
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]+/g;

/** Throws `bad_request` with every mistake. */
export function readBody<T extends z.ZodType>(schema: T, body: unknown, form: string): z.infer<T> {
  const result = schema.safeParse(body);
  if (result.success) return result.data as z.infer<T>;
  const reasons = problemsOf(schema, body)
    .slice(0, REASONS_MOST)
    .map(({ path, reason }) => `${formatPath(path) || 'body'}: ${reason}`);
  throw new Failure('bad_request', reasons.join('; '), {
    hint: `the body is not what ${form} sends; the form is described at /api/docs`,
  });
}

export function nameText(text: string): string {
  return text.replace(HIDDEN, ' ').trim().slice(0, NAME_LONGEST);
}

export function phenomenonText(text: string): string {
  return text.replace(HIDDEN, ' ').trim().slice(0, PHENOMENON_LONGEST);
}

/** `fallback` for a time that is missing or none; Alertmanager writes year 1 for "not yet". */
export function timeOf(text: string | undefined, fallback: number): number {
  const ms = Date.parse(text ?? '');
  return Number.isFinite(ms) && ms > 0 ? ms : fallback;
}

export function urgencyOf(
  severity: string | undefined,
  { urgencies }: InboundSettings,
): 'high' | 'medium' | 'low' {
  const key = (severity ?? '').trim().toLowerCase();
  return (Object.hasOwn(urgencies, key) ? urgencies[key] : undefined) ?? 'medium';
}

/** The first of the labels that may name a device; the port of `host:9100` is not part of it. */
export function deviceOf(
  labels: Readonly<Record<string, string>>,
  { deviceLabels }: InboundSettings,
): string {
  for (const label of deviceLabels) {
    const value = nameText(Object.hasOwn(labels, label) ? (labels[label] ?? '') : '');
    if (value !== '') return value.replace(/^([^:]+):\d{1,5}$/, '$1');
  }
  return '';
}
