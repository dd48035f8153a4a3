import { expect, test } from 'vitest';
import { type Probe, type ProbeSettings, probeFiles } from '../../../src/agent/probes/probes.ts';

const probe = (name: string, spec: unknown): Probe => ({
  ...{ name, instance: name, kind: 'http', labels: {}, intervalMs: 1, timeoutMs: 1 },
  spec,
});
const settings = (...probes: Probe[]): ProbeSettings => ({ allow: [], probes });

test('secrets and authorities, wherever a kind has them, each once', async () => {
  const secrets = { password: { file: '/etc/shop.password' } };
  const found = await probeFiles(
    settings(
      probe('page', { secrets, tls: { ca_file: '/etc/own-ca.pem' } }),
      probe('tls', { ca_file: '/etc/own-ca.pem' }),
      probe('flow', { secrets: { token: { file: '/etc/token' } }, steps: [{ body: 'file' }] }),
    ),
  );
  expect(found).toEqual(['/etc/shop.password', '/etc/own-ca.pem', '/etc/token']);
});

test('none where none is named', async () => {
  const spec = { host: 'a', banner: /file/, file_count: 3, expect: { body: [/ca_file/] } };
  expect(await probeFiles(settings(probe('tcp', spec), probe('none', null)))).toEqual([]);
});
