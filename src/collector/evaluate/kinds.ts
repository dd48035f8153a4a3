/** Every kind of threshold. A new one is a file with its test, and a line here. */
import { z } from 'zod';
import { absence } from './absence-kind.ts';
import { change } from './change-kind.ts';
import type { Kind } from './kind.ts';
import { threshold } from './threshold-kind.ts';
import { trend } from './trend-kind.ts';

export const KINDS: Readonly<Record<string, Kind>> = Object.freeze({
  threshold,
  absence,
  trend,
  change,
});

const [first = threshold.schema, ...others] = Object.values(KINDS).map(({ schema }) => schema);

/** A rule of any kind, told apart by its `kind`. */
export const ruleSchema = z.discriminatedUnion('kind', [first, ...others]);
