/** Reads the recorded traces of the back-test. Formats: see the README beside the recordings. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DAY_MS, SLOT_MS } from '../../src/shared/units.ts';

/** One virtual machine on a 5-minute grid from `startMs`; NaN where nothing was recorded. */
export interface Recording {
  readonly name: string;
  readonly startMs: number;
  readonly cores: Float64Array;
  /** Share of all cores, 0–1 (the hypervisor's figure can exceed 1 slightly). */
  readonly cpu: Float64Array;
  readonly memorySizeBytes: Float64Array;
  readonly memoryUsedBytes: Float64Array;
  readonly receivedBytesPerSecond: Float64Array;
  readonly transmittedBytesPerSecond: Float64Array;
  readonly writtenBytesPerSecond: Float64Array;
}

const FROM_MS = Date.UTC(2013, 5, 30);
const TO_MS = Date.UTC(2013, 9, 2);

/** Columns: vm, ts (Unix s), cores, cpu_pct, mem_cap_kb, mem_kb, rd, wr, rx, tx (KB/s). */
export function readBitbrains(directory: string): readonly Recording[] {
  const text = gunzipSync(
    readFileSync(join(directory, 'bitbrains_rnd_60vm_5min.csv.gz')),
  ).toString();
  const recordings = new Map<string, Recording>();
  let at = text.indexOf('\n') + 1;
  while (at < text.length) {
    const end = text.indexOf('\n', at);
    const line = text.slice(at, end < 0 ? text.length : end);
    at = end < 0 ? text.length : end + 1;
    if (line !== '') store(recordings, line.split(','));
  }
  return [...recordings.values()];
}

function store(recordings: Map<string, Recording>, columns: readonly string[]): void {
  const name = `vm-${columns[0]}`;
  let recording = recordings.get(name);
  if (recording === undefined) {
    recording = emptyRecording(name);
    recordings.set(name, recording);
  }
  const slot = Math.floor((Number(columns[1]) * 1000 - FROM_MS) / SLOT_MS);
  if (slot < 0 || slot >= recording.cpu.length) return;
  recording.cores[slot] = Number(columns[2]);
  recording.cpu[slot] = Number(columns[3]) * 0.01;
  recording.memorySizeBytes[slot] = Number(columns[4]) * 1024;
  recording.memoryUsedBytes[slot] = Number(columns[5]) * 1024;
  recording.writtenBytesPerSecond[slot] = Number(columns[7]) * 1024;
  recording.receivedBytesPerSecond[slot] = Number(columns[8]) * 1024;
  recording.transmittedBytesPerSecond[slot] = Number(columns[9]) * 1024;
}

function emptyRecording(name: string): Recording {
  const slots = (): Float64Array => new Float64Array((TO_MS - FROM_MS) / SLOT_MS).fill(NaN);
  return {
    name,
    startMs: FROM_MS,
    cores: slots(),
    cpu: slots(),
    memorySizeBytes: slots(),
    memoryUsedBytes: slots(),
    receivedBytesPerSecond: slots(),
    transmittedBytesPerSecond: slots(),
    writtenBytesPerSecond: slots(),
  };
}

/** Bytes written per UTC day, for the days with a figure. */
export function dailyWrites(recording: Recording): Float64Array {
  const perDay = DAY_MS / SLOT_MS;
  const days: number[] = [];
  for (let from = 0; from < recording.writtenBytesPerSecond.length; from += perDay) {
    let sum = 0;
    let seen = 0;
    for (const rate of recording.writtenBytesPerSecond.subarray(from, from + perDay)) {
      if (Number.isNaN(rate)) continue;
      sum += rate;
      seen++;
    }
    if (seen > perDay / 2) days.push((sum / seen) * (DAY_MS / 1000));
  }
  return Float64Array.from(days);
}

/** 5-minute averages of CPU, 0–1, one column per machine. */
export function readAzure(directory: string): ReadonlyMap<string, Float64Array> {
  const text = gunzipSync(readFileSync(join(directory, 'azure100_5min_avg.csv.gz'))).toString();
  const [header = '', ...rows] = text.trim().split('\n');
  const columns = header
    .split(',')
    .map((name) => ({ name, values: new Float64Array(rows.length) }));
  rows.forEach((row, i) => {
    row.split(',').forEach((cell, column) => {
      const values = columns[column]?.values;
      if (values) values[i] = cell === '' ? NaN : Number(cell) * 0.01;
    });
  });
  return new Map(columns.map(({ name, values }) => [name, values]));
}

/** Size of the Bitcoin chain: day numbers and bytes, one point every two days. */
export function readChain(directory: string): {
  readonly days: Int32Array;
  readonly values: Float64Array;
} {
  const text = readFileSync(join(directory, 'growth_bitcoin_chain.csv'), 'utf8');
  const points = text
    .trim()
    .split('\n')
    .map((line) => line.split(','))
    .map(([time = '', size = '']) => ({
      day: Math.floor(Date.parse(`${time.replace(' ', 'T')}Z`) / DAY_MS),
      size: Number(size),
    }))
    .filter(({ day, size }) => !Number.isNaN(day) && !Number.isNaN(size));
  return {
    days: Int32Array.from(points, ({ day }) => day),
    values: Float64Array.from(points, ({ size }) => size),
  };
}
