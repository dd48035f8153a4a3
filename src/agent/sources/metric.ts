/** Shorthand for the `metrics` table of a source. */
import type { MetricHelp } from '../../shared/exposition.ts';

export const counter = (help: string): MetricHelp => ({ type: 'counter', help });
export const gauge = (help: string): MetricHelp => ({ type: 'gauge', help });
export const untyped = (help: string): MetricHelp => ({ type: 'untyped', help });
