/** OpenMetrics text with timestamps (as `promtool tsdb dump-openmetrics` writes it) → batches. */
import { Failure } from '../../shared/errors.ts';
import { openExpositionReader, type ParsedSample } from '../../shared/exposition.ts';
import { type Labels, makeLabels } from '../../shared/sample.ts';
import type { Batch } from './device-buffer.ts';
import { checkDeviceName } from './device-name.ts';
import type { ImportOptions } from './import.ts';
import { SampleBatcher } from './sample-batches.ts';
import type { Tally } from './send.ts';

export interface OpenMetricsImport {
  readonly file: string;
  /** For samples without `instance`. */
  readonly device: string | undefined;
  readonly tally: Tally;
  readonly options: Pick<ImportOptions, 'skipBadRows'>;
}

function malformed(message: string, hint: string): Failure {
  return new Failure('malformed', message, { hint });
}

class LineReader {
  readonly batcher = new SampleBatcher();
  readonly #job: OpenMetricsImport;
  readonly #reader = openExpositionReader('openmetrics');
  /** Series without `instance` → the same with it. */
  readonly #named = new Map<Labels, Labels>();
  #line = 0;

  constructor(job: OpenMetricsImport) {
    this.#job = job;
  }

  line(text: string): void {
    this.#line++;
    try {
      const sample = this.#reader.line(text);
      if (sample !== null) this.#add(sample);
    } catch (error) {
      this.#refuse(error);
    }
  }

  end(): void {
    try {
      this.#reader.end();
    } catch (error) {
      this.#refuse(error);
    }
  }

  #add({ labels, value, timeMs }: ParsedSample): void {
    this.#job.tally.rows++;
    if (timeMs === null) {
      throw malformed(
        `line ${this.#line}: the sample has no time`,
        'history needs timestamps, as promtool tsdb dump-openmetrics writes them',
      );
    }
    if (Number.isNaN(value)) return;
    this.batcher.add({ labels: this.#withDevice(labels), timeMs, value });
  }

  #withDevice(labels: Labels): Labels {
    if (labels.instance !== undefined) {
      const problem = checkDeviceName(labels.instance);
      if (problem !== null) throw malformed(`line ${this.#line}: ${problem}`, 'rename it');
      return labels;
    }
    const { device } = this.#job;
    if (device === undefined) {
      throw malformed(
        `line ${this.#line}: the series has no label instance`,
        'say which device it belongs to with --device NAME',
      );
    }
    let named = this.#named.get(labels);
    if (named === undefined) {
      named = makeLabels([...Object.entries(labels), ['instance', device]]);
      if (this.#named.size >= 50_000) this.#named.clear();
      this.#named.set(labels, named);
    }
    return named;
  }

  #refuse(error: unknown): void {
    if (!(error instanceof Failure)) throw error;
    this.#job.tally.badRows++;
    if (this.#job.options.skipBadRows) return;
    throw malformed(
      `${this.#job.file}: ${error.message}`,
      `${error.hint}; or pass --skip-bad-rows to count and skip`,
    );
  }
}

export async function* openMetricsBatches(
  job: OpenMetricsImport,
  chunks: AsyncIterable<string>,
): AsyncIterable<Batch> {
  const reader = new LineReader(job);
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) reader.line(line.endsWith('\r') ? line.slice(0, -1) : line);
    yield* reader.batcher.buffers.ready();
  }
  if (rest !== '') reader.line(rest);
  reader.end();
  reader.batcher.buffers.flushAll();
  yield* reader.batcher.buffers.ready();
}
