/** Rows of a CSV file → batches, by the map. A bad cell is named with file, line, column, value. */
import { didYouMean } from '../../shared/config-problems.ts';
import { Failure } from '../../shared/errors.ts';
import { makeLabels } from '../../shared/sample.ts';
import { badTime, type TimeReader, timeReader } from './cell-time.ts';
import { type CsvRow, CsvSplitter } from './csv-rows.ts';
import type { Batch, DeviceBuffer } from './device-buffer.ts';
import { DeviceBuffers } from './device-buffers.ts';
import { checkDeviceName } from './device-name.ts';
import type { ImportOptions } from './import.ts';
import type { CsvMap, MappedColumn } from './map.ts';
import type { Tally } from './send.ts';

export interface CsvImport {
  readonly file: string;
  readonly mapFile: string;
  readonly map: CsvMap;
  readonly tally: Tally;
  readonly options: Pick<ImportOptions, 'skipBadRows' | 'clock'>;
}

/** What is wrong with one cell. */
class BadCell extends Error {
  readonly column: string;

  constructor(column: string, reason: string) {
    super(reason);
    this.column = column;
  }
}

interface Columns {
  readonly time: number;
  readonly device: number;
  readonly values: readonly number[];
  readonly needed: number;
}

function findColumns(header: readonly string[], { file, mapFile, map }: CsvImport): Columns {
  const names = header.map((name) => name.trim());
  const missing: string[] = [];
  const find = (column: string, path: string): number => {
    const at = names.indexOf(column);
    if (at < 0) {
      missing.push(`${mapFile}: ${path}: no column "${column}"${didYouMean(column, names)}`);
    }
    return at;
  };
  const time = find(map.time.column, 'time.column');
  const device = find(map.device.column, 'device.column');
  const values = map.columns.map(({ column, indicator }) =>
    find(column, `indicators.${indicator}.column`),
  );
  if (missing.length > 0) {
    throw new Failure('config', missing.join('\n'), {
      hint: `${file} has the columns ${names.join(', ')}: correct the map`,
    });
  }
  return { time, device, values, needed: Math.max(time, device, ...values) + 1 };
}

const NUMBER = /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/;

/** NaN for an empty cell: there is no value, which is not zero and not a mistake. */
function readNumber(cell: string, column: string): number {
  const value = NUMBER.test(cell) ? Number(cell) : Number.NaN;
  if (Number.isFinite(value) || cell.trim() === '') return value;
  throw new BadCell(column, `${JSON.stringify(cell.slice(0, 64))} is not a number`);
}

class RowReader {
  readonly buffers = new DeviceBuffers();
  readonly #job: CsvImport;
  readonly #columns: Columns;
  readonly #mapped: readonly MappedColumn[];
  readonly #readTime: TimeReader;
  readonly #row: Float64Array;

  constructor(job: CsvImport, columns: Columns) {
    this.#job = job;
    this.#columns = columns;
    this.#mapped = job.map.columns;
    this.#readTime = timeReader(job.map.time, job.options.clock.now());
    this.#row = new Float64Array(columns.values.length);
  }

  /** Takes the whole row or throws `BadCell` and takes nothing of it. */
  read({ cells }: CsvRow): void {
    const { time, device, values, needed } = this.#columns;
    if (cells.length < needed) {
      throw new BadCell('', `the row has ${cells.length} cells, ${needed} are needed`);
    }
    const { map } = this.#job;
    const timeMs = this.#readTime(cells[time] ?? '');
    if (Number.isNaN(timeMs))
      throw new BadCell(map.time.column, badTime(cells[time] ?? '', map.time));
    const buffer = this.#bufferOf(cells[device] ?? '');
    for (let i = 0; i < values.length; i++) {
      const { scale, column } = this.#mapped[i] as MappedColumn;
      this.#row[i] = readNumber(cells[values[i] ?? 0] ?? '', column) * scale;
    }
    let added = 0;
    for (let i = 0; i < values.length; i++) {
      const value = this.#row[i] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      buffer.add(i, timeMs, value);
      added++;
    }
    this.buffers.grown(buffer, added, values.length);
  }

  #bufferOf(cell: string): DeviceBuffer {
    const { prefix, column } = this.#job.map.device;
    const device = prefix + cell.trim();
    const known = this.buffers.get(device);
    if (known !== undefined) return known;
    const problem = cell.trim() === '' ? 'the device has no name' : checkDeviceName(device);
    if (problem !== null) throw new BadCell(column, problem);
    const buffer = this.buffers.open(device);
    for (const { indicator, labels } of this.#mapped) {
      buffer.slot(
        makeLabels([['__name__', indicator], ['instance', device], ...Object.entries(labels)]),
      );
    }
    return buffer;
  }
}

function refuse(job: CsvImport, line: number, error: unknown): void {
  if (!(error instanceof BadCell)) throw error;
  job.tally.badRows++;
  if (job.options.skipBadRows) return;
  const where = error.column === '' ? '' : `column ${error.column}: `;
  throw new Failure('malformed', `${job.file}: line ${line}: ${where}${error.message}`, {
    hint: 'correct it (an empty cell means no value), or pass --skip-bad-rows to count and skip',
  });
}

export async function* csvBatches(
  job: CsvImport,
  chunks: AsyncIterable<string>,
): AsyncIterable<Batch> {
  const splitter = new CsvSplitter(job.map.delimiter);
  let reader: RowReader | undefined;
  const take = (row: CsvRow): void => {
    if (reader === undefined) {
      reader = new RowReader(job, findColumns(row.cells, job));
      return;
    }
    job.tally.rows++;
    try {
      reader.read(row);
    } catch (error) {
      refuse(job, row.line, error);
    }
  };
  for await (const chunk of chunks) {
    splitter.push(chunk, take);
    if (reader !== undefined) yield* reader.buffers.ready();
  }
  if (!splitter.end(take)) {
    refuse(job, splitter.openLine, new BadCell('', 'a quote is never closed'));
  }
  if (reader === undefined) {
    throw new Failure('malformed', `${job.file} is empty`, {
      hint: 'the first line names the columns',
    });
  }
  reader.buffers.flushAll();
  yield* reader.buffers.ready();
}
