/**
 * Kill −9 at every step between the ledger and the delivery, at the pull-request count: no notice
 * is lost, repetitions are counted, and who was told hears of the recovery.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDesk, openDeskConnection } from '../../src/collector/desk/desk.ts';
import { loadLevels, openFaults } from '../../src/collector/faults/faults.ts';
import { Outbox } from '../../src/collector/notify/outbox.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { silentLog } from '../../src/shared/log.ts';
import { openReceiver } from '../collector/notify/receiver.ts';
import { policyFiles } from '../collector/people/policies.ts';
import { compileCache } from '../support/collector-process.ts';
import { projectFile } from '../support/parts.ts';

const KILLS = Number(process.env.NOTICE_KILLS ?? 32);
/** A little more than the steps of one delivery of two notices, so that some runs end alive. */
const STEPS = 16;
/** Visits every step, the late ones as often among the first rounds as the early ones. */
const killAtOf = (round: number): number => ((round * 5) % STEPS) + 1;

const CHANNELS = `
channels:
  mail: { kind: webhook, url_file: url, secret_file: secret, plain_http: true }
  sms: { kind: webhook, url_file: url, secret_file: secret, plain_http: true }
allow: [127.0.0.1/32]
group_wait: { 1: 0s, 2: 0s, 3: 0s, 4: 0s }
storm: { per: 1s, messages: { 1: 10000, 2: 10000, 3: 10000, 4: 10000 } }
`;

/** Raises the fault of this round; every second one is over two rounds later. */
async function happen(directory: string, round: number): Promise<void> {
  const [clock, log] = [systemClock, silentLog];
  const desk = await openDesk({ directory, clock, log });
  const levels = loadLevels(projectFile('config/levels.yaml'));
  const faults = await openFaults({ directory, clock, log, levels });
  const place = (n: number) => ({ device: `device-${n}`, rule: 'reachable', item: '' });
  await faults.raise(
    {
      ...{ origin: 'trap', ...place(round), severity: 'critical', urgency: 'high' },
      ...{ phenomenon: { en: 'down', zh: '中断' }, beganMs: clock.now(), by: 'system' },
    },
    { impactOf: () => 'high', policyOf: () => '', quietOf: () => null },
  );
  if (round % 2 === 0) {
    const about = { origin: 'trap', ...place(round - 2) } as const;
    const over = { ...about, atMs: clock.now(), by: 'system', note: '' };
    if (round > 2) await faults.clear(over);
  }
  await faults.close();
  await desk.close();
}

test(`${KILLS} kills between ledger and delivery lose no notice`, {
  timeout: 600_000,
}, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'wk-notices-'));
  const receiver = await openReceiver();
  const people = policyFiles();
  const config = mkdtempSync(join(tmpdir(), 'wk-notices-config-'));
  const channels = join(config, 'channels.yaml');
  writeFileSync(channels, CHANNELS);
  writeFileSync(join(config, 'url'), receiver.url, { mode: 0o600 });
  writeFileSync(join(config, 'secret'), 's3cret', { mode: 0o600 });
  const child = projectFile('test/durability/notices-child.ts');
  const run = async (killAt: number): Promise<string | null> => {
    const args = [child, directory, channels, people.people, people.duty, String(killAt)];
    const started = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
      env: { ...process.env, ...compileCache },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return new Promise((resolve, reject) => {
      started.once('exit', (code, signal) => {
        if (signal === null && code !== 0) reject(new Error(`the child ended with ${code}`));
        else resolve(signal);
      });
    });
  };
  try {
    let killed = 0;
    for (let round = 1; round <= KILLS; round++) {
      await happen(directory, round);
      if ((await run(killAtOf(round))) === 'SIGKILL') killed++;
    }
    expect(await run(0)).toBeNull();

    const connection = openDeskConnection(directory);
    const notices = new Outbox(connection).list({ limit: 10_000 });
    connection.close();
    expect(notices.filter(({ state }) => state === 'pending')).toEqual([]);

    const seen = new Map<string, number>();
    for (const { json } of receiver.received) {
      for (const { key } of json.faults as { key: string }[]) {
        // fault/entry/step/recipient → how often it arrived.
        const [fault, , step] = key.split('/');
        seen.set(`${fault} ${step}`, (seen.get(`${fault} ${step}`) ?? 0) + 1);
      }
    }
    const id = (round: number): string => `F-${String(round).padStart(6, '0')}`;
    for (let round = 1; round <= KILLS; round++) {
      const opened = seen.get(`${id(round)} opened`) ?? 0;
      const over = round % 2 === 0 && round + 2 <= KILLS;
      if (!over) expect(opened, `${id(round)} goes on and was told`).toBeGreaterThan(0);
      if (!over) continue;
      const recovered = seen.get(`${id(round)} recovered`) ?? 0;
      // Whoever heard of it hears of its end, also when the process died between the two.
      if (opened > 0) expect(recovered, `${id(round)} is over and was told`).toBeGreaterThan(0);
    }
    const messages = receiver.received.length;
    const repeated = [...seen.values()].reduce((sum, times) => sum + times - 1, 0);
    console.log(`notices: ${killed} kills, ${messages} messages, ${repeated} repetitions, 0 lost`);
    expect(killed).toBeGreaterThan(KILLS / 2);
    // A repetition needs a kill between the send and its record.
    expect(repeated).toBeLessThanOrEqual(killed);
  } finally {
    await receiver.close();
    rmSync(directory, { recursive: true, force: true });
    rmSync(config, { recursive: true, force: true });
  }
});
