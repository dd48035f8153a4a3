/**
 * The two text formats of the Prometheus world: exposition text 0.0.4 (timestamps in whole
 * milliseconds) and OpenMetrics 1.0 (timestamps in seconds, `# EOF` at the end). Writing gives
 * exposition text; reading goes line by line, so a file of any size fits in memory.
 */
import { Failure } from './errors.ts';
import {
  formatSeries,
  LABEL_NAME,
  type Labels,
  METRIC_NAME,
  makeLabels,
  type Sample,
} from './sample.ts';

export type MetricType = 'counter' | 'gauge' | 'histogram' | 'summary' | 'untyped';

export interface MetricHelp {
  readonly type: MetricType;
  readonly help: string;
}

export interface WriteOptions {
  /** Type and help of a metric; a metric without them is written as untyped, without HELP. */
  readonly describe?: (name: string) => MetricHelp | undefined;
  /** Whether lines carry the sample's time; default no. */
  readonly timestamps?: boolean;
}

/**
 * Exposition text: one group per metric in order of its name, samples in the order given.
 * Ends with a line feed; empty for no samples.
 */
export function formatExposition(samples: Iterable<Sample>, options: WriteOptions = {}): string {
  const groups = new Map<string, string[]>();
  for (const { labels, value, timeMs } of samples) {
    const name = labels.__name__ ?? '';
    let lines = groups.get(name);
    if (lines === undefined) {
      lines = header(name, options.describe?.(name));
      groups.set(name, lines);
    }
    const time = options.timestamps ? ` ${timeMs}` : '';
    lines.push(`${formatSeries(labels)} ${formatValue(value)}${time}\n`);
  }
  const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([, lines]) => lines.join('')).join('');
}

function header(name: string, metric: MetricHelp | undefined): string[] {
  const type = `# TYPE ${name} ${metric?.type ?? 'untyped'}\n`;
  if (!metric?.help) return [type];
  const help = metric.help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return [`# HELP ${name} ${help}\n`, type];
}

/** A sample value as both formats write it. */
export function formatValue(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return String(value);
}

export type ExpositionFormat = 'prometheus' | 'openmetrics';

export interface ParsedSample {
  readonly labels: Labels;
  readonly value: number;
  /** Unix milliseconds, or null where the line had no time. */
  readonly timeMs: number | null;
}

export interface ExpositionReader {
  /**
   * One line without its line feed; null for comments and blank lines. Throws `malformed` with
   * the number of the line. A series that repeats gives the same frozen `Labels` object.
   */
  line(text: string): ParsedSample | null;
  /** Call after the last line: OpenMetrics must have ended with `# EOF`. Throws `malformed`. */
  end(): void;
}

/** Series whose labels are remembered; past this the memory starts afresh, so it stays bounded. */
const REMEMBERED_SERIES = 50_000;

export function openExpositionReader(format: ExpositionFormat): ExpositionReader {
  const series = new Map<string, Labels>();
  let number = 0;
  let ended = false;
  const labelsOf = (text: string): Labels => {
    let labels = series.get(text);
    if (labels === undefined) {
      labels = parseSeries(text);
      if (series.size >= REMEMBERED_SERIES) series.clear();
      series.set(text, labels);
    }
    return labels;
  };
  const parse = (text: string): ParsedSample | null => {
    if (text.trim() === '') return null;
    if (ended) throw new Error('there is more after # EOF');
    if (text.startsWith('#')) {
      ended = format === 'openmetrics' && text.trimEnd() === '# EOF';
      return null;
    }
    const end = endOfSeries(text);
    const labels = labelsOf(text.slice(0, end).trim());
    const [value = '', time, ...rest] = withoutExemplar(text.slice(end)).split(/[ \t]+/);
    if (rest.length > 0) throw new Error(`"${rest[0]}" after the timestamp`);
    const timeMs = time === undefined ? null : parseTime(time, format);
    return { labels, value: parseValue(value), timeMs };
  };
  return {
    line: (text) => {
      number++;
      try {
        return parse(text);
      } catch (error) {
        throw malformed(number, error, format);
      }
    },
    end: () => {
      if (format !== 'openmetrics' || ended) return;
      throw malformed(number, new Error('the file ends without # EOF: it is cut short'), format);
    },
  };
}

function malformed(line: number, cause: unknown, format: ExpositionFormat): Failure {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Failure('malformed', `line ${line}: ${reason}`, {
    hint:
      format === 'openmetrics'
        ? 'a line is name{label="value"} value seconds, and the last line is # EOF'
        : 'a line is name{label="value"} value milliseconds',
    cause,
    detail: { line },
  });
}

/** Offset after `name{…}` or after a bare `name`. Quoted braces and blanks do not count. */
function endOfSeries(text: string): number {
  const brace = text.indexOf('{');
  const blank = text.trimStart().search(/[ \t]/);
  const bareEnd = blank < 0 ? text.length : blank + text.length - text.trimStart().length;
  if (brace < 0 || (bareEnd < brace && text.slice(bareEnd, brace).trim() !== '')) return bareEnd;
  for (let at = brace + 1, quoted = false; at < text.length; at++) {
    const c = text[at];
    if (quoted && c === '\\') at++;
    else if (c === '"') quoted = !quoted;
    else if (c === '}' && !quoted) return at + 1;
  }
  throw new Error('the label list has no closing }');
}

/** What stands after the series: value and time, without an OpenMetrics exemplar (` # {…} …`). */
function withoutExemplar(text: string): string {
  const exemplar = text.indexOf(' # ');
  return (exemplar < 0 ? text : text.slice(0, exemplar)).trim();
}

/** `name="value"` and the comma after it; the value's escapes are \\ \" and \n. */
const LABEL = /\s*([^\s=,"]+)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(,|$)/y;

function parseSeries(text: string): Labels {
  const brace = text.indexOf('{');
  const name = (brace < 0 ? text : text.slice(0, brace)).trim();
  if (!METRIC_NAME.test(name)) throw new Error(`"${name.slice(0, 64)}" is not a metric name`);
  const pairs = new Map([['__name__', name]]);
  const body = brace < 0 ? '' : text.slice(brace + 1, -1).trimEnd();
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < body.length) {
    const from = LABEL.lastIndex;
    const [, label = '', value = ''] = LABEL.exec(body) ?? [];
    if (label === '') throw new Error(`"${body.slice(from, from + 64)}" is not a label list`);
    if (!LABEL_NAME.test(label)) throw new Error(`"${label.slice(0, 64)}" is not a label name`);
    if (pairs.has(label)) throw new Error(`the label ${label} stands twice`);
    pairs.set(
      label,
      value.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c)),
    );
  }
  return makeLabels(pairs);
}

const SPECIAL_VALUES: Readonly<Record<string, number>> = Object.freeze({
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  '+inf': Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
});
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

function parseValue(text: string): number {
  if (DECIMAL.test(text)) return Number(text);
  const special = SPECIAL_VALUES[text.toLowerCase()];
  if (special === undefined) throw new Error(`"${text.slice(0, 64)}" is not a number`);
  return special;
}

function parseTime(text: string, format: ExpositionFormat): number {
  const time = DECIMAL.test(text) ? Number(text) : Number.NaN;
  const timeMs = format === 'openmetrics' ? Math.round(time * 1000) : time;
  if (Number.isSafeInteger(timeMs)) return timeMs;
  const unit = format === 'openmetrics' ? 'seconds' : 'whole milliseconds';
  throw new Error(`"${text.slice(0, 64)}" is not a timestamp in ${unit}`);
}
