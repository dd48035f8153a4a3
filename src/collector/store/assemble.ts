/** Blocks and journal rows of one device, oldest writing first → its samples by series. */
import { BlockDecoder, type Column } from './block-codec/device-block.ts';
import { cutStretch, mergeStretches, type Stretch } from './merge.ts';
import { Pace } from './pace.ts';
import { RowGatherer } from './row-gatherer.ts';

export interface Sources {
  readonly blocks: readonly Uint8Array[];
  readonly rows: readonly Uint8Array[];
}

export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

export const ALL_TIME: Range = Object.freeze({
  fromMs: Number.NEGATIVE_INFINITY,
  toMs: Number.POSITIVE_INFINITY,
});

/** Ascending by series; series without samples in the range are left out. In turns. */
export async function assemble(
  { blocks, rows }: Sources,
  { fromMs, toMs }: Range,
  pace = new Pace(),
): Promise<Column[]> {
  const found = new Map<number, Stretch[]>();
  for (const payload of blocks) {
    const decoder = new BlockDecoder(payload);
    for (let column = decoder.next(); column !== null; column = decoder.next()) {
      addTo(found, column.series, cutStretch(column, fromMs, toMs));
      if (pace.spend(column.times.length)) await pace.breathe();
    }
  }
  const gatherer = new RowGatherer(rows.length);
  for (const payload of rows) {
    if (pace.spend(gatherer.add(payload))) await pace.breathe();
  }
  for (const [series, stretch] of gatherer.stretches()) addTo(found, series, stretch);
  const columns: Column[] = [];
  for (const [series, stretches] of found) {
    const { times, values } = cutStretch(mergeStretches(stretches), fromMs, toMs);
    if (times.length > 0) columns.push({ series, times, values });
  }
  return columns.sort((a, b) => a.series - b.series);
}

function addTo(found: Map<number, Stretch[]>, series: number, stretch: Stretch): void {
  const stretches = found.get(series);
  if (stretches === undefined) found.set(series, [stretch]);
  else stretches.push(stretch);
}
