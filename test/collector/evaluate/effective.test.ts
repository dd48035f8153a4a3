import { describe, expect, it } from 'vitest';
import { Resolver } from '../../../src/collector/evaluate/effective.ts';
import { policyOf } from './story.ts';

const YAML = `
rules:
  disk_full:
    kind: threshold
    indicator: filesystem_used_bytes
    ratio_of: filesystem_size_bytes
    summary: { en: Disk is full, zh: 磁盘已满 }
    open: "> 90%"
    for: 1m
    critical: { open: "> 95%" }
overrides:
  - device: db-7
    rules: { disk_full: { for: 7m } }
  - device: db-*
    rules: { disk_full: { open: "> 80%", for: 6m, urgency: low } }
  - labels: { role: db, site: east }
    rules: { disk_full: { open: "> 70%", for: 5m } }
  - labels: { role: db }
    rules: { disk_full: { for: 4m } }
  - labels: { site: east }
    rules: { disk_full: { for: 3m } }
  - items: [/archive]
    rules: { disk_full: { open: "> 94%", for: 2m } }
  - device: db-9
    items: [/archive]
    rules: { disk_full: { enabled: false } }
`;
const resolver = new Resolver(policyOf(YAML));
const [rule] = resolver.policy.rules;

function effective(device: string, labels: Record<string, string> = {}, item = '/') {
  return resolver.effective(rule!, { device, labels, item });
}

describe('layers', () => {
  it.each([
    ['the default alone', 'web-1', {}, '/', '1m', 'default'],
    ['an item', 'web-1', {}, '/archive', '2m', 'items:6'],
    ['a label', 'web-1', { site: 'east' }, '/', '3m', 'default'],
    ['a label over an item', 'web-1', { site: 'east' }, '/archive', '3m', 'items:6'],
    ['another label', 'web-1', { role: 'db' }, '/', '4m', 'default'],
    ['more labels over fewer', 'web-1', { role: 'db', site: 'east' }, '/', '5m', 'labels:3'],
    ['a label of another value', 'web-1', { role: 'web' }, '/', '1m', 'default'],
    ['a pattern over labels', 'db-1', { role: 'db', site: 'east' }, '/', '6m', 'device:db-*'],
    ['a name over a pattern', 'db-7', {}, '/', '7m', 'device:db-*'],
  ])('%s', (_, device, labels, item, held, winner) => {
    const { settings, winner: won } = effective(device, labels, item);
    expect([settings.for, won]).toEqual([held, winner]);
  });

  it('add up field by field', () => {
    expect(effective('db-7').settings).toMatchObject({
      open: '> 80%',
      for: '7m',
      urgency: 'low',
      critical: { open: '> 95%' },
    });
  });

  it('switch a rule off for one item of one device', () => {
    expect(effective('db-9', {}, '/archive').enabled).toBe(false);
    expect(effective('db-9', {}, '/').enabled).toBe(true);
  });

  it('with equal rank are taken in file order', () => {
    const policy = policyOf(
      YAML.replace(
        'site: east }\n    rules: { disk_full: { for: 3m',
        'role: db }\n    rules: { disk_full: { for: 8m',
      ),
    );
    const later = new Resolver(policy);
    const subject = { device: 'web-1', labels: { role: 'db' }, item: '/' };
    expect(later.effective(policy.rules[0]!, subject).settings.for).toBe('8m');
  });

  it('are resolved once for all whom the same layers concern', () => {
    expect(effective('db-1')).toBe(effective('db-2'));
    expect(effective('db-1')).not.toBe(effective('db-7'));
  });

  it('that put the second limit before the first, together, leave the first alone', () => {
    const policy = policyOf(`
rules:
  cpu:
    kind: threshold
    indicator: cpu_used_ratio
    summary: { en: CPU, zh: CPU 繁忙 }
    open: "> 50%"
    critical: { open: "> 90%" }
overrides:
  - labels: { a: x }
    rules: { cpu: { open: "> 85%" } }
  - labels: { b: x }
    rules: { cpu: { critical: { open: "> 60%" } } }
`);
    const both = new Resolver(policy).effective(policy.rules[0]!, {
      device: 'web-1',
      labels: { a: 'x', b: 'x' },
      item: '',
    });
    expect(both.limits.map(({ open }) => open.value)).toEqual([0.85]);
  });

  it('are all listed in rising precedence, with whether they apply', () => {
    const uses = resolver.layers(rule!, { device: 'db-7', labels: { site: 'east' }, item: '/' });
    expect(uses.map(({ layer, applies }) => `${applies ? '+' : '-'} ${layer}`)).toEqual([
      '+ default',
      '- items:6',
      '- labels:4',
      '+ labels:5',
      '- labels:3',
      '+ device:db-*',
      '+ device:db-7',
      '- device:db-9',
    ]);
    expect(uses[3]?.sets).toEqual({ for: '3m' });
  });
});

describe('what a policy wants of the stream', () => {
  it('is what rules judge and what they divide by', () => {
    expect(resolver.wants('filesystem_used_bytes')).toBe(true);
    expect(resolver.wants('filesystem_size_bytes')).toBe(true);
    expect(resolver.wants('cpu_used_ratio')).toBe(false);
    expect(resolver.rulesOf('filesystem_size_bytes')).toEqual([]);
  });
});
