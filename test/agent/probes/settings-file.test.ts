import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { probesJsonSchema, readProbes } from '../../../src/agent/probes/probes.ts';
import { messageOf } from '../../../src/shared/errors.ts';
import { projectFile } from '../../support/parts.ts';
import { closeAll, file, folder } from './parts.ts';

afterEach(closeAll);

const read = (text: string) => readProbes(file('probes.yaml', text));
const problems = (path: string): Promise<string> =>
  readProbes(path).then(
    () => expect.unreachable(),
    (error) => messageOf(error),
  );

test('every mistake of a file is told in one run, with its place and its reason', async () => {
  const path = projectFile('test/agent/probes/bad-config/probes.yaml');
  const told = (await problems(path)).replaceAll(`${dirname(path)}/`, '');
  const expected = readFileSync(path.replace('probes.yaml', 'problems.txt'), 'utf8');
  expect(`${told}\n`).toBe(expected);
});

describe('a file', () => {
  test('gives every probe what it leaves out', async () => {
    const settings = await read(`
      allow: [127.0.0.0/8]
      labels: { site: hq, tier: core }
      timeout: 4s
      probes:
        gw: { kind: icmp, host: 127.0.0.1 }
        shop:
          kind: http
          url: https://shop.example/
          instance: web-shop
          labels: { tier: shop }
          interval: 5m
          timeout: 20s
    `);
    expect(settings.allow).toEqual(['127.0.0.0/8']);
    expect(settings.probes).toMatchObject([
      { name: 'gw', kind: 'icmp', instance: 'gw', intervalMs: 30_000, timeoutMs: 4_000 },
      { name: 'shop', kind: 'http', instance: 'web-shop', intervalMs: 300_000, timeoutMs: 20_000 },
    ]);
    expect(settings.probes.map(({ labels }) => labels)).toEqual([
      { site: 'hq', tier: 'core' },
      { site: 'hq', tier: 'shop' },
    ]);
  });

  test('may hold no probe, and may not lack the list of them', async () => {
    expect((await read('probes: {}')).probes).toEqual([]);
    await expect(read('allow: []')).rejects.toThrow('probes: is missing');
    await expect(read('[]')).rejects.toThrow('(file): must be');
  });

  test('with names in any language', async () => {
    const { probes } = await read('probes: { 核心交换机: { kind: icmp, host: a.example } }');
    expect(probes[0]).toMatchObject({ name: '核心交换机', instance: '核心交换机' });
  });

  test('that is not there, or is no YAML, is said to be so', async () => {
    await expect(readProbes('/nonexistent.yaml')).rejects.toThrow('cannot read /nonexistent.yaml');
    await expect(read('probes: [')).rejects.toThrow(/line 1/);
    await expect(read('probes: {}\nprobes: {}')).rejects.toThrow(/unique/);
  });

  test('that lists a private network may name addresses in it', async () => {
    const text = 'probes: { gw: { kind: icmp, host: 192.168.1.1 } }';
    await expect(read(text)).rejects.toThrow('private');
    expect((await read(`allow: [192.168.0.0/16]\n${text}`)).probes).toHaveLength(1);
  });
});

describe('secrets', () => {
  const text = `
    probes:
      api: { kind: http, url: "https://a.example/", secrets: { token: { file: keys/token } } }
  `;
  const place = (mode: number, value = 'x'): string => {
    const home = folder();
    mkdirSync(join(home, 'keys'));
    writeFileSync(join(home, 'keys/token'), value);
    chmodSync(join(home, 'keys/token'), mode);
    writeFileSync(join(home, 'probes.yaml'), text);
    return join(home, 'probes.yaml');
  };

  test('are files beside the configuration, for their owner alone', async () => {
    const path = place(0o600);
    const [probe] = (await readProbes(path)).probes;
    expect(probe?.spec).toMatchObject({
      secrets: { token: { file: join(dirname(path), 'keys/token') } },
    });
    expect(JSON.stringify(probe)).not.toContain('"x"');
  });

  test.each([0o640, 0o604, 0o666])('with mode %o are refused', async (mode) => {
    expect(await problems(place(mode))).toMatch(
      /probes\.api\.secrets\.token\.file: .*keys\/token is open to others \(mode 06\d\d\): chmod 600 .*keys\/token/,
    );
  });

  test('that are empty or a whole file of something are refused', async () => {
    expect(await problems(place(0o600, ''))).toContain('is empty');
    expect(await problems(place(0o600, 'x'.repeat(5_000)))).toContain('more than 4096 bytes');
  });
});

test('the shipped example is right', async () => {
  const example = readFileSync(projectFile('config/probes.example.yaml'), 'utf8');
  const home = folder();
  for (const [, name = ''] of example.matchAll(/_?file: (\S+?)[ }\n]/g)) {
    mkdirSync(dirname(join(home, name)), { recursive: true });
    writeFileSync(join(home, name), '-----BEGIN CERTIFICATE-----\n', { mode: 0o600 });
  }
  writeFileSync(join(home, 'probes.yaml'), example);
  const { probes } = await readProbes(join(home, 'probes.yaml'));
  expect(new Set(probes.map(({ kind }) => kind))).toEqual(
    new Set(['icmp', 'tcp', 'dns', 'tls', 'http', 'flow']),
  );
});

test('the JSON Schema knows every kind and refuses unknown keys', async () => {
  const schema = JSON.stringify(await probesJsonSchema());
  for (const kind of ['icmp', 'tcp', 'dns', 'tls', 'http', 'flow']) {
    expect(schema).toContain(`"const":"${kind}"`);
  }
  expect(schema).toContain('"additionalProperties":false');
});
