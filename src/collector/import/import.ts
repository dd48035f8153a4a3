/**
 * Import: a file → numbered batches of remote write, through the same door as everybody's samples.
 * The epoch is made from the content, so a broken-off import goes on where it stopped and a
 * repeated one changes nothing. Owns nothing, and never touches the store.
 */
import type { Clock } from '../../shared/clock.ts';
import { jsonSchema } from '../../shared/config.ts';
import type { Sample } from '../../shared/sample.ts';
import { csvBatches } from './csv-batches.ts';
import { contentHash, textChunks } from './file.ts';
import { mapSchema, readMap } from './map.ts';
import { openMetricsBatches } from './openmetrics-batches.ts';
import { sampleBatches } from './sample-batches.ts';
import { sendBatches } from './send.ts';

export interface WriteAnswer {
  readonly status: number;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>;
  readonly body: string;
}

/** The collector's API, as far as an import needs it. */
export interface ImportTarget {
  /** Batches under way at once: they share a commit where the collector is in this process. */
  readonly window: number;
  /** A token for the sender, and the last batch number already stored in this epoch. */
  begin(opening: {
    readonly agent: string;
    readonly epoch: string;
    /** Devices to mark as demo. */
    readonly demo: readonly string[];
  }): Promise<{ readonly token: string; readonly stored: number }>;
  write(body: Buffer, headers: Readonly<Record<string, string>>): Promise<WriteAnswer>;
  finish(end: {
    readonly agent: string;
    readonly devices: readonly string[];
  }): Promise<{ readonly refused_samples: number }>;
}

export interface ImportProgress {
  /** Of the file as it lies on disk. */
  readonly bytes: number;
  readonly totalBytes: number;
  readonly rows: number;
  /** True while what is left is sealing and rolling up. */
  readonly finishing: boolean;
}

export interface ImportOptions {
  readonly target: ImportTarget;
  readonly clock: Clock;
  /** Send everything even when the epoch was stored before (its device may have been removed). */
  readonly again?: boolean;
  /** Rows that cannot be read are counted instead of ending the import. */
  readonly skipBadRows?: boolean;
  readonly onProgress?: (progress: ImportProgress) => void;
}

export interface ImportSummary {
  /** `import:<16 hex digits>` */
  readonly agent: string;
  readonly rows: number;
  readonly badRows: number;
  readonly samples: number;
  readonly batches: number;
  /** Samples the collector did not take (its limits of series, its clock), over all runs. */
  readonly refusedSamples: number;
  /** Batches that an earlier run had stored. */
  readonly skippedBatches: number;
  readonly devices: readonly string[];
}

/** The map's JSON Schema, for editors. */
export function importMapJsonSchema(): unknown {
  return jsonSchema(mapSchema);
}

/** Throws `config` (map, columns), `malformed` (a bad cell), `not_found`, `io`. */
export async function importCsv(
  file: string,
  mapFile: string,
  options: ImportOptions,
): Promise<ImportSummary> {
  const map = readMap(mapFile);
  const hash = await contentHash(file, JSON.stringify(map));
  return sendBatches({ hash }, options, (tally) =>
    csvBatches({ file, mapFile, map, tally, options }, textChunks(file, map.encoding, tally)),
  );
}

/** `device` names the samples that carry no `instance`. Throws like `importCsv`. */
export async function importOpenMetrics(
  file: string,
  device: string | undefined,
  options: ImportOptions,
): Promise<ImportSummary> {
  const hash = await contentHash(file, device ?? '');
  return sendBatches({ hash }, options, (tally) =>
    openMetricsBatches({ file, device, tally, options }, textChunks(file, 'utf-8', tally)),
  );
}

/** Samples made by a program. `identity` stands for their content: same identity, same samples. */
export function importSamples(
  identity: { readonly hash: string; readonly demo: readonly string[] },
  samples: Iterable<Sample>,
  options: ImportOptions,
): Promise<ImportSummary> {
  return sendBatches(identity, options, (tally) => sampleBatches(samples, tally));
}
