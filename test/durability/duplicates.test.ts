/** F13 at the pull-request count: 10,000 batches, a fifth sent twice, a tenth swapped. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../src/collector/store/store.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { silentLog } from '../../src/shared/log.ts';
import { addToken, startCollector } from '../support/collector-process.ts';
import { manualClock } from '../support/manual-clock.ts';
import { judge } from './oracle.ts';
import { Sender } from './sender.ts';

const BATCHES = 10_000;
const SENDERS = 8;

interface Tally {
  repeated: number;
  ahead: number;
}

/** Sends 1…count; some twice, some pairs in the wrong order (the later one first). */
async function sendWithFaults(sender: Sender, count: number, seed: number): Promise<Tally> {
  const { random } = manualClock(0, seed);
  const tally: Tally = { repeated: 0, ahead: 0 };
  for (let index = 1; index <= count; index++) {
    if (index < count && random() < 0.1) {
      // The collector must refuse the later one: it may not store out of order.
      const early = await sender.post(index + 1);
      expect(early.status).toBe(409);
      expect(JSON.parse(early.body).error).toMatchObject({
        code: 'sequence_gap',
        detail: { expected: index },
      });
      tally.ahead++;
    }
    expect((await sender.post(index)).status).toBeLessThan(300);
    if (random() < 0.2) {
      expect((await sender.post(index)).status).toBeLessThan(300);
      tally.repeated++;
    }
  }
  return tally;
}

test(`${BATCHES} batches with repeats and swaps are stored exactly once`, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'wk-f13-'));
  const startMs = Date.now() - 7_200_000;
  const names = Array.from({ length: SENDERS }, (_, i) => `oracle-${i}`);
  const tokens = names.map((name) => addToken(directory, name));
  const collector = await startCollector(directory);
  const port = Number(new URL(collector.url).port);
  const senders = names.map(
    (name, i) =>
      new Sender({
        name,
        token: tokens[i] ?? '',
        epoch: `${i}`.repeat(32),
        startMs,
        port: () => port,
      }),
  );
  try {
    const tallies = await Promise.all(
      senders.map((sender, i) => sendWithFaults(sender, BATCHES / SENDERS, i + 1)),
    );
    expect(await collector.stop()).toBe(0);
    const store = await openStore({ directory, clock: systemClock, log: silentLog });
    const verdict = await judge(
      store,
      startMs,
      new Map(senders.map((s, i) => [names[i] ?? '', s])),
    );
    const { journalSamples, blockSamples } = store.stats();
    await store.close();
    const repeated = tallies.reduce((n, t) => n + t.repeated, 0);
    const ahead = tallies.reduce((n, t) => n + t.ahead, 0);
    console.log(`F13: ${BATCHES} batches, ${repeated} repeated, ${ahead} swapped`, verdict);
    expect(repeated).toBeGreaterThan(BATCHES * 0.17);
    expect(verdict).toMatchObject({ lost: 0, doubled: 0, wrong: 0, invented: 0 });
    expect(verdict.stored).toBe(BATCHES * 10);
    expect(journalSamples + blockSamples).toBe(verdict.stored);
  } finally {
    for (const sender of senders) sender.close();
    if (collector.child.exitCode === null) await collector.kill();
    rmSync(directory, { recursive: true, force: true });
  }
}, 300_000);
