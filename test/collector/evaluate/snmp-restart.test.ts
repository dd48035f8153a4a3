/** The shipped `restarted` over what an SNMP device says of its uptime, from series to verdict. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openLiveIndicators } from '../../../src/collector/indicators/indicators.ts';
import { makeLabels } from '../../../src/shared/sample.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { projectFile } from '../../support/parts.ts';
import { Story } from './story.ts';

const SHIPPED = readFileSync(projectFile('config/thresholds.yaml'), 'utf8');
const MINUTE_MS = 60_000;
const WRAP_SECONDS = 2 ** 32 / 100;

/** One look a minute; each says what it says of the uptime, by the names of the series. */
async function told(looks: readonly Readonly<Record<string, number>>[]): Promise<string[]> {
  const story = new Story(SHIPPED);
  const store = memoryStore();
  const live = openLiveIndicators(store);
  const lines: string[] = [];
  for (const look of looks) {
    story.nowMs += MINUTE_MS;
    story.facts = { ...story.facts, heardMs: story.nowMs };
    const samples = Object.entries(look).map(([name, value]) => ({
      labels: makeLabels([
        ['__name__', name],
        ['instance', story.device],
        ['agent', 'a'],
        ['job', 'snmp'],
      ]),
      timeMs: story.nowMs,
      value,
    }));
    await store.add(samples);
    lines.push(...story.tick([...live.update()]));
  }
  return lines.filter((line) => line.includes('restarted'));
}

const look = (seconds: number) => ({
  sysUpTime: (seconds % WRAP_SECONDS) * 100,
  uptime_seconds: seconds,
});
const minutes = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => from + i * 60);

test('a device that restarted is a fault, and is over by itself', async () => {
  const lines = await told([...minutes(900_000, 3), ...minutes(20, 20)].map(look));
  expect(lines.map((line) => line.replace(/^\S+ /, ''))).toEqual([
    'restarted breached warning moved',
    'restarted ok settled',
  ]);
});

test('a device that is told by sysUpTime alone is one too', async () => {
  const ticks = (seconds: number) => ({ sysUpTime: seconds * 100 });
  const [line] = await told([...minutes(900_000, 3), ...minutes(20, 2)].map(ticks));
  expect(line).toContain('restarted breached');
});

test('a device that has been up for 497 days is none', async () => {
  expect(await told(minutes(WRAP_SECONDS - 90, 6).map(look))).toEqual([]);
});
