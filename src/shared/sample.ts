/**
 * The vocabulary of both sides: a Sample is one number at one time of one series; a series is a
 * Prometheus label set, its metric name under `__name__`.
 */
import { Failure } from './errors.ts';

/** Label name → value; made by `makeLabels`, so it has no prototype and its keys are sorted. */
export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly labels: Labels;
  /** Unix milliseconds. */
  readonly timeMs: number;
  readonly value: number;
}

/** Limits of one series (reliability.md S7, F22); a breach is refused, never cut short. */
export const LIMITS = Object.freeze({
  labelsPerSeries: 32,
  labelNameBytes: 128,
  labelValueBytes: 256,
  samplesPerBatch: 5_000,
  bodyBytes: 1024 * 1024,
  decodedBytes: 8 * 1024 * 1024,
  seriesPerSender: 2_000,
  seriesPerCollector: 500_000,
});

export const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
export const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused.
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

/** Sorted, frozen, without prototype. Empty values are dropped: in Prometheus they mean "no label". */
export function makeLabels(pairs: Iterable<readonly [string, string]>): Labels {
  const sorted = [...pairs].filter(([, value]) => value !== '');
  sorted.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const labels: Record<string, string> = Object.create(null);
  for (const [name, value] of sorted) labels[name] = value;
  return Object.freeze(labels);
}

/** A series as one string: equal strings, equal series. For maps, not for people. */
export function labelsKey(labels: Labels): string {
  let key = '';
  for (const name in labels) key += `${name}\u0001${labels[name]}\u0002`;
  return key;
}

/** `name{a="b",c="d"}` as Prometheus prints it. */
export function formatSeries(labels: Labels): string {
  const parts: string[] = [];
  for (const name in labels) {
    if (name !== '__name__') parts.push(`${name}="${escapeLabelValue(labels[name] ?? '')}"`);
  }
  const metric = labels.__name__ ?? '';
  return parts.length === 0 ? metric : `${metric}{${parts.join(',')}}`;
}

export function escapeLabelValue(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

/**
 * Refuses what must not enter the store: bad names, too many or too long labels, control and
 * bidi characters (they forge log lines and terminal output). Throws `limit_reached`/`malformed`.
 */
export function checkLabels(labels: Labels): void {
  let count = 0;
  for (const name in labels) {
    const value = labels[name] ?? '';
    count++;
    const rule = name === '__name__' ? METRIC_NAME : LABEL_NAME;
    const subject = name === '__name__' ? value : name;
    if (!rule.test(subject) || (name !== '__name__' && name.startsWith('__'))) {
      throw new Failure(
        'malformed',
        `label name ${JSON.stringify(subject.slice(0, 64))} is not valid`,
        {
          hint: 'metric names match [a-zA-Z_:][a-zA-Z0-9_:]*, label names [a-zA-Z_][a-zA-Z0-9_]*; names that begin with __ are reserved',
        },
      );
    }
    if (Buffer.byteLength(name) > LIMITS.labelNameBytes) {
      throw new Failure('limit_reached', `label name longer than ${LIMITS.labelNameBytes} bytes`);
    }
    if (Buffer.byteLength(value) > LIMITS.labelValueBytes) {
      throw new Failure(
        'limit_reached',
        `value of label ${name} is longer than ${LIMITS.labelValueBytes} bytes`,
      );
    }
    if (CONTROL.test(value)) {
      throw new Failure('malformed', `value of label ${name} holds control characters`);
    }
  }
  if (labels.__name__ === undefined) throw new Failure('malformed', 'a series without a name');
  if (count > LIMITS.labelsPerSeries) {
    throw new Failure(
      'limit_reached',
      `${formatSeries(labels).slice(0, 80)} has more than ${LIMITS.labelsPerSeries} labels`,
    );
  }
}
