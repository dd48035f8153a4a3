/** Our figures beside those of a real node_exporter on this host: names, types, help and labels. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { collectOnce, listSources, openHost } from '../../../src/agent/sources/sources.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { openExpositionReader } from '../../../src/shared/exposition.ts';
import { formatSeries } from '../../../src/shared/sample.ts';
import { needs } from '../../support/parts.ts';

/** By design ours only; the excluded mounts of Debian's build differ from upstream's. */
const OURS_ONLY = /^(watchkeeper_|node_filesystem_.*mountpoint="\/(mnt|media|run)\b)/;
/** Moves between the two readings: states come and go, interface counters appear. */
const FLEETING = /^node_processes_(threads_)?state/;

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
    });
  });
}

async function scrape(program: string): Promise<string> {
  const port = await freePort();
  const child: ChildProcess = spawn(
    program,
    [`--web.listen-address=127.0.0.1:${port}`, '--collector.processes'],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  onTestFinished(() => void child.kill());
  await new Promise<void>((resolve) => {
    child.stderr?.on('data', (text: Buffer) => {
      if (String(text).includes('Listening on')) resolve();
    });
  });
  return (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
}

async function ours(): Promise<string> {
  const host = openHost({ clock: systemClock });
  const texts: string[] = [];
  for (const source of listSources()) texts.push(await collectOnce(host, source));
  return texts.join('');
}

/** Series → value. Labels without a value are dropped, as remote write demands. */
function seriesOf(text: string): Map<string, number> {
  const reader = openExpositionReader('prometheus');
  const found = new Map<string, number>();
  for (const line of text.split('\n')) {
    const sample = reader.line(line);
    if (sample !== null) found.set(formatSeries(sample.labels), sample.value);
  }
  return found;
}

const headersOf = (text: string): string[] =>
  text.split('\n').filter((line) => line.startsWith('#') && !line.includes('watchkeeper_'));

test('every name, type, help and label set is one that node_exporter gives here', async (context) => {
  const program = needs('prometheus-node-exporter', context);
  const theirText = await scrape(program);
  const ourText = await ours();
  const theirs = seriesOf(theirText);
  const mine = [...seriesOf(ourText).keys()];

  const theirHeaders = new Set(headersOf(theirText));
  expect(headersOf(ourText).filter((header) => !theirHeaders.has(header))).toEqual([]);

  const unknown = mine.filter(
    (series) => !theirs.has(series) && !OURS_ONLY.test(series) && !FLEETING.test(series),
  );
  expect(unknown).toEqual([]);
  expect(mine.length).toBeGreaterThan(100);
});

test('of the sources we have, only what is known to be missing is missing', async (context) => {
  const theirs = seriesOf(await scrape(needs('prometheus-node-exporter', context)));
  const mine = seriesOf(await ours());
  const families =
    /^node_(boot|context|cpu_(seconds|guest)|disk|filefd|filesystem|forks|intr|load|memory|os|pressure|procs|uname|vmstat)/;
  const missing = [...theirs.keys()].filter((series) => families.test(series) && !mine.has(series));
  expect(missing).toEqual([]);
});

test('figures that hardly move agree', async (context) => {
  const theirs = seriesOf(await scrape(needs('prometheus-node-exporter', context)));
  const mine = seriesOf(await ours());
  for (const series of mine.keys()) {
    if (!/MemTotal|size_bytes|mtu|boot_time|filefd_maximum|files\{|max_/.test(series)) continue;
    if (theirs.has(series)) expect(mine.get(series), series).toBe(theirs.get(series));
  }
  const idle = 'node_cpu_seconds_total{cpu="0",mode="idle"}';
  expect(mine.get(idle)).toBeGreaterThanOrEqual(theirs.get(idle) ?? Number.NaN);
});
