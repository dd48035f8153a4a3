/**
 * A disk that fails (F7), by `strace` on a real process: whatever was acknowledged is there, the
 * process ends instead of trying again (P8), and a new one starts on what the disk kept.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { needs, projectFile } from '../../support/parts.ts';
import { contents, rig, T0, temporaryDirectory } from './rig.ts';

const BATCHES = 60;

/** Appends numbered batches one by one and prints the number of each that was acknowledged. */
const SCRIPT = `
  import { openStore } from '${projectFile('src/collector/store/store.ts')}';
  import { systemClock } from '${projectFile('src/shared/clock.ts')}';
  import { createLog } from '${projectFile('src/shared/log.ts')}';
  import { makeLabels } from '${projectFile('src/shared/sample.ts')}';
  import { writeSync } from 'node:fs';

  const store = await openStore({
    directory: process.argv[2],
    clock: systemClock,
    log: createLog({ write: () => {} }),
    settings: { minFreeBytes: 0 },
  });
  const labels = makeLabels([['__name__', 'up'], ['instance', 'a']]);
  const shape = store.shape([store.resolve(labels, 'x')]);
  const append = (seq) =>
    store.append({
      sender: 'x',
      shape,
      times: Float64Array.of(${T0} + seq),
      values: Float64Array.of(seq),
      cursor: { agent: 'x', epoch: 'e', seq },
    });
  writeSync(1, 'open\\n');
  for (let seq = 1; seq <= ${BATCHES}; seq++) {
    try {
      await append(seq);
      writeSync(1, seq + '\\n');
    } catch (error) {
      writeSync(1, error.code + '\\n');
      break;
    }
    if (seq % 20 === 0) await store.sealAll().catch(() => {});
  }
  // What the process does next is the store's decision: it must not live on after a failure.
  setTimeout(() => process.exit(77), 2000);
`;

interface Outcome {
  readonly acknowledged: number;
  /** Code of the failure the last batch was answered with; '' for none. */
  readonly refusal: string;
  readonly exitCode: number | null;
}

async function runWith(strace: string, directory: string, inject: string): Promise<Outcome> {
  const script = join(temporaryDirectory(), 'child.ts');
  writeFileSync(script, SCRIPT);
  const child = spawn(
    strace,
    ['-f', '-qq', '-o', '/dev/null', '-e', `inject=${inject}`, process.execPath, script, directory],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  const lines = Buffer.concat(chunks)
    .toString()
    .split('\n')
    .filter((line) => line !== '');
  const numbers = lines.filter((line) => /^\d+$/.test(line)).map(Number);
  const refusal = lines.find((line) => /^[a-z_]+$/.test(line) && line !== 'open') ?? '';
  return { acknowledged: numbers.at(-1) ?? 0, refusal, exitCode };
}

async function storedAfter(directory: string): Promise<{ stored: number[]; cursor: number }> {
  const { store } = await rig({ directory });
  const samples = (await contents(store, 'a'))['up{instance="a"}'] ?? [];
  return { stored: samples.map(([, value]) => value), cursor: store.cursor('x', 'e') };
}

const consecutive = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

test.for([20, 41, 60])(
  'from the failing fsync number %i on nothing is acknowledged, and the process ends',
  { timeout: 60_000 },
  async (nth, context) => {
    const strace = needs('strace', context);
    const directory = temporaryDirectory();
    const outcome = await runWith(strace, directory, `fsync,fdatasync:error=EIO:when=${nth}+`);
    expect(outcome.acknowledged).toBeLessThan(BATCHES);
    expect(outcome.refusal).toBe('io');
    expect(outcome.exitCode).not.toBe(77);
    expect(outcome.exitCode).not.toBe(0);
    const { stored, cursor } = await storedAfter(directory);
    // The refused batch may have reached the disk: it was not acknowledged, and is sent again.
    expect([outcome.acknowledged, outcome.acknowledged + 1]).toContain(stored.length);
    expect(stored).toEqual(consecutive(stored.length));
    expect(cursor).toBe(stored.length);
  },
);

test.for([60, 90, 140])(
  'writes that fail for lack of space from number %i on refuse batches, and end no process',
  { timeout: 60_000 },
  async (nth, context) => {
    const strace = needs('strace', context);
    const directory = temporaryDirectory();
    const outcome = await runWith(strace, directory, `pwrite64:error=ENOSPC:when=${nth}+`);
    expect(outcome.acknowledged).toBeLessThan(BATCHES);
    expect(outcome.refusal).toBe('disk_full');
    expect(outcome.exitCode).toBe(77);
    const { stored, cursor } = await storedAfter(directory);
    expect(stored).toEqual(consecutive(outcome.acknowledged));
    expect(cursor).toBe(outcome.acknowledged);
  },
);

test('without a fault all batches are acknowledged', { timeout: 60_000 }, async (context) => {
  const strace = needs('strace', context);
  const directory = temporaryDirectory();
  const outcome = await runWith(strace, directory, 'fsync:error=EIO:when=60000+');
  expect(outcome).toEqual({ acknowledged: BATCHES, refusal: '', exitCode: 77 });
  expect((await storedAfter(directory)).stored).toEqual(consecutive(BATCHES));
});
