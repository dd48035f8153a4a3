/** What docs/probes.md says is what there is. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { REASONS } from '../../../src/agent/probes/reasons.ts';
import { KINDS } from '../../../src/agent/probes/registry.ts';
import { projectFile } from '../../support/parts.ts';

const TEXT = readFileSync(projectFile('docs/probes.md'), 'utf8');

test('every reason is listed, and no other', () => {
  const list = /\nReasons: ([\s\S]*?)\.\n/.exec(TEXT)?.[1] ?? '';
  expect([...list.matchAll(/`(\w+)`/g)].map(([, name]) => name)).toEqual(Object.keys(REASONS));
});

test('every kind has a row with all its keys', () => {
  const common = ['kind', 'instance', 'labels', 'interval', 'timeout'];
  for (const [name, kind] of Object.entries(KINDS)) {
    const row = new RegExp(`\\n\\| \`${name}\` \\| (.*) \\|`).exec(TEXT)?.[1] ?? '';
    const keys = Object.keys(kind.schema('.').shape).filter((key) => !common.includes(key));
    for (const key of keys) expect(row, `${name}: ${key}`).toContain(`\`${key}\``);
  }
});

test('every series that is made is in the table', () => {
  const sources = [
    ...['target.ts', 'connect.ts', 'secure.ts', 'http/exchange.ts', 'http/expect.ts'],
    ...['http/session.ts', 'kinds/dns.ts', 'kinds/flow.ts', 'kinds/icmp.ts', 'kinds/tcp.ts'],
  ].map((name) => readFileSync(projectFile(`src/agent/probes/${name}`), 'utf8'));
  const made = new Set(sources.join('\n').match(/probe_[a-z_]+(?=')/g));
  expect(made.size).toBeGreaterThan(20);
  for (const name of made) expect(TEXT).toContain(name);
});
