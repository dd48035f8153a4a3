/** The lines of `agent doctor` about devices, traps and probes. */
import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCli } from '../../../src/agent/cli/cli.ts';
import { findingsText } from '../../../src/agent/cli/finding.ts';
import { targetFindings, userFinding } from '../../../src/agent/cli/remote-findings.ts';
import { makeHost } from '../../../src/agent/run.ts';
import type { ExaminedTarget } from '../../../src/agent/snmp/snmp.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { isRoot } from '../../support/parts.ts';
import { honest, openSimDevice, type SimDevice } from '../../support/snmp-device.ts';
import { system } from '../snmp/devices.ts';

const devices: SimDevice[] = [];
let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'findings-'));
});
afterEach(async () => {
  rmSync(home, { recursive: true });
  for (const device of devices.splice(0)) await device.close();
});

const write = (name: string, text: string, mode = 0o600): string => {
  writeFileSync(join(home, name), text, { mode });
  return join(home, name);
};

async function doctor(config: string, ...more: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const off = 'off: [hwmon, timex, dmi, filesystem, netdev, netclass, diskstats, processes]\n';
  const file = write('agent.yaml', `${off}${config}`);
  const code = await runCli(['doctor', '--config', file, '--data', home, ...more], {
    ...makeHost({ script: 'agent.ts', args: [], clock: systemClock, version: '1' }),
    stdout: { write: (text) => void out.push(text) },
    stderr: { write: (text) => void err.push(text) },
  });
  return { code, out: out.join(''), err: err.join('') };
}

const CREDENTIALS = `
credentials:
  old: { version: 2c, community: public, allow_clear_text: true }
  other: { version: 2c, community: hush-hush, allow_clear_text: true }
  core: { user: w, auth: { protocol: sha256, key: authpass123 }, priv: { protocol: aes, key: privpass123 } }
`;

test('doctor asks devices, tries the receiver, and names what should not stay so', async () => {
  const device = await openSimDevice(honest(system()));
  devices.push(device);
  write('credentials.yaml', CREDENTIALS);
  write('key', 'hush-hush');
  write(
    'probes.yaml',
    'probes: { shop: { kind: http, url: "https://shop.example", secrets: { k: { file: key } } } }',
  );
  const { out, code } = await doctor(`
snmp:
  credentials_file: credentials.yaml
  credential: old
  timeout: 200ms
  retries: 0
  targets:
    - { name: sw-1, address: 127.0.0.1, port: ${device.port}, timeout: 5s }
    - { name: sw-2, address: 127.0.0.1, port: ${device.port}, credential: other }
    - { name: sw-3, address: no-such-name.invalid }
probes: probes.yaml
traps: { listen: "127.0.0.1:0", sources: [127.0.0.0/8], credentials: [core, old] }
`);
  expect(code).toBe(1);
  expect(out).toMatch(/^FAILS +snmp +1 of 3 devices answer: 1 generic$/m);
  expect(out).toMatch(/^works +snmp sw-1 +generic: answers as "core-1" \(no profile fits\)$/m);
  expect(out).toMatch(/^FAILS +snmp sw-2 +127\.0\.0\.1:\d+ does not answer$/m);
  expect(out).toMatch(/^FAILS +snmp sw-3 +the name "no-such-name\.invalid" has no address/m);
  expect(out).toMatch(/^mend snmp sw-2: check address, port/m);
  expect(out).toMatch(/^warns +config +snmp: sw-1, sw-3: SNMP v2c sends/m);
  expect(out).toMatch(/^warns +config +snmp: sw-2: SNMP v2c sends/m);
  expect(out).toMatch(/^works +traps +UDP port 0 is free/m);
  expect(out).toMatch(/^works +traps +users: 1 \(1 with privacy\), communities: 1/m);
  expect(out).toMatch(/^warns +config +traps: credential "old"/m);
  expect(out).toMatch(/^works +probes +probes: 1 \(1 http\); the files they name can be read: 1$/m);
  expect(out).not.toMatch(/hush|authpass|privpass/);
});

test('a file of a probe that cannot be read ends the look with its name', async () => {
  write(
    'probes.yaml',
    'probes: { shop: { kind: http, url: "https://shop.example", secrets: { k: { file: gone } } } }',
  );
  const { code, err } = await doctor('probes: probes.yaml\n');
  expect(code).toBe(1);
  expect(err).toMatch(/probes\.shop\.secrets\.k\.file: the secret file cannot be read: .*gone/);
});

describe('of hundreds of devices', () => {
  const examined = (count: number, failing: number): ExaminedTarget[] =>
    Array.from({ length: count }, (_, i) => ({
      name: `sw-${i}`,
      state: i < failing ? 'fails' : 'works',
      profile: i < failing ? '' : i % 4 === 0 ? 'huawei-vrp' : 'cisco-ios',
      text: i < failing ? 'does not answer' : 'answers',
      mend: i < failing ? 'check it' : '',
    }));

  test('a summary and the first that fail, and how to see the others', () => {
    const findings = targetFindings(examined(400, 40), false);
    expect(findings).toHaveLength(12);
    expect(findings[0]).toMatchObject({
      state: 'fails',
      text: '360 of 400 devices answer: 270 cisco-ios, 90 huawei-vrp',
    });
    expect(findings.at(-1)).toMatchObject({ text: '30 more do not answer' });
    expect(findingsText(findings)).toContain('--all shows every device');
  });

  test('all of them when they are asked for', () => {
    expect(targetFindings(examined(400, 40), true)).toHaveLength(401);
  });

  test('one line when all is well', () => {
    expect(targetFindings(examined(400, 0), false)).toEqual([
      expect.objectContaining({ subject: 'snmp', state: 'works' }),
    ]);
  });

  test('few are told one by one, and none are no failure', () => {
    expect(targetFindings(examined(10, 0), false)).toHaveLength(11);
    expect(targetFindings([], false)).toMatchObject([{ state: 'nothing' }]);
  });
});

test('root is told that the agent is somebody else', (context) => {
  context.skip(!isRoot, 'only root can give files away');
  const data = join(home, 'data');
  mkdirSync(data);
  expect(userFinding(data, 0)).toEqual([]);
  chownSync(data, 12_345, 12_345);
  expect(userFinding(data, 0)).toMatchObject([
    { mend: expect.stringContaining('sudo -u "#12345"') },
  ]);
  expect(userFinding(data, 12_345)).toEqual([]);
  expect(userFinding(join(home, 'none'), 0)).toEqual([]);
});
