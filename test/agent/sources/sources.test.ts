/** What holds for every source, on both kinds of platform. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { PORTABLE_SOURCES } from '../../../src/agent/sources/portable.ts';
import { LINUX_SOURCES } from '../../../src/agent/sources/registry.ts';
import { listSources, openHost, type Source } from '../../../src/agent/sources/sources.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { LABEL_NAME, METRIC_NAME } from '../../../src/shared/sample.ts';
import { projectFile } from '../../support/parts.ts';
import { fixtureHost, hostOf, linesOf } from './fixture-host.ts';

const cases = LINUX_SOURCES.map((source) => [source.name, source] as const);

/** Reads once and keeps what was emitted, as it was emitted. */
async function emitted(host: ReturnType<typeof fixtureHost>, source: Source) {
  const samples: { name: string; value: number; labels: readonly string[] }[] = [];
  await source.collect(
    host,
    (name, value, ...labels) => samples.push({ name, value, labels }),
    new AbortController().signal,
  );
  return samples;
}

test('names are unique', () => {
  for (const sources of [LINUX_SOURCES, PORTABLE_SOURCES]) {
    const names = sources.map((source) => source.name);
    expect(new Set(names).size).toBe(names.length);
  }
});

test('the portable sources have names that Linux has too', () => {
  const linux = new Set(LINUX_SOURCES.map((source) => source.name));
  expect(PORTABLE_SOURCES.filter(({ name }) => !linux.has(name))).toEqual([]);
});

test('this platform has its own list', () => {
  expect(listSources()).toBe(process.platform === 'linux' ? LINUX_SOURCES : PORTABLE_SOURCES);
});

describe.each(cases)('%s', (name, source) => {
  test('emits only metrics it has described, with valid names and paired labels', async () => {
    for (const sample of await emitted(fixtureHost(name), source)) {
      expect(source.metrics[sample.name], sample.name).toBeDefined();
      expect(sample.name).toMatch(METRIC_NAME);
      expect(sample.labels.length % 2).toBe(0);
      sample.labels.forEach((label, i) => {
        if (i % 2 === 0) expect(label).toMatch(LABEL_NAME);
      });
    }
  });

  test('describes counters by the name that counters have', () => {
    for (const [metric, { type, help }] of Object.entries(source.metrics)) {
      if (type === 'counter') expect(metric).toMatch(/_total$/);
      expect(help).not.toBe('');
    }
  });

  test('emits every series once', async () => {
    const series = (await emitted(fixtureHost(name), source)).map(
      (sample) => `${sample.name} ${sample.labels.join(' ')}`,
    );
    expect(new Set(series).size).toBe(series.length);
  });

  test('reads the same twice from the same host', async () => {
    const host = fixtureHost(name);
    expect(await linesOf(host, source)).toEqual(await linesOf(host, source));
  });

  test('on a host without any files it has nothing or says that it cannot look', async () => {
    const lines = await Promise.resolve()
      .then(() => linesOf(hostOf({}), source))
      .catch(() => []);
    // The clock and the processor type need no files.
    expect(lines.filter((line) => !/^node_(time_seconds|uname_info)/.test(line))).toEqual([]);
  });
});

/** Every file under a fixture, with its text replaced. */
function withText(name: string, text: string): Record<string, string> {
  const root = projectFile(`test/agent/sources/fixtures/${name}`);
  if (!existsSync(root)) return {};
  const files = readdirSync(root, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    files
      .filter((entry) => entry.isFile())
      .map((entry) => [`${entry.parentPath}/${entry.name}`.slice(root.length + 1), text]),
  );
}

const PROC_TEXT = ['cpu', 'stat', 'loadavg', 'meminfo', 'vmstat', 'pressure', 'netdev', 'filefd'];

test.each(PROC_TEXT)('%s: an empty file, garbage or zero bytes fail it', async (name) => {
  const [, source] = cases.find(([n]) => n === name) ?? [];
  for (const text of ['', 'garbage\n', '\0\0\0\0', '<html>502</html>\n', '\n\n\n']) {
    const reading = Promise.resolve().then(() => linesOf(hostOf(withText(name, text)), source!));
    await expect(reading, JSON.stringify(text)).rejects.toThrow();
  }
});

test.each(PROC_TEXT)('%s: a file cut short gives what it holds or fails, never zero', async (n) => {
  const [, source] = cases.find(([name]) => name === n) ?? [];
  const whole = new Map((await linesOf(fixtureHost(n), source!)).map(splitLine));
  const root = projectFile(`test/agent/sources/fixtures/${n}`);
  const [file = ''] = Object.keys(withText(n, ''));
  const text = readFileSync(`${root}/${file}`, 'utf8');
  for (let end = 0; end < text.length; end += 13) {
    const host = hostOf({ [file]: text.slice(0, end) });
    const lines = await Promise.resolve()
      .then(() => linesOf(host, source!))
      .catch(() => []);
    for (const [series, value] of lines.map(splitLine)) {
      if (value === 0) expect(whole.get(series), `${series} after ${end} bytes`).toBe(0);
    }
  }
});

function splitLine(line: string): [series: string, value: number] {
  const at = line.lastIndexOf(' ');
  return [line.slice(0, at), Number(line.slice(at + 1))];
}

test('the sources of this machine read it without a failure', async () => {
  const host = openHost({ clock: systemClock, clockOffset: () => 0 });
  for (const source of listSources()) {
    if (source.missing(host) !== null) continue;
    const lines = await linesOf(host, source);
    expect(lines, source.name).not.toContainEqual(expect.stringContaining('NaN'));
  }
});
