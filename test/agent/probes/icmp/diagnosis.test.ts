import { describe, expect, test } from 'vitest';
import {
  diagnoseIcmp,
  type Rights,
  readRights,
  rightOf,
} from '../../../../src/agent/probes/icmp/diagnosis.ts';
import { findPingTool, type PingTool } from '../../../../src/agent/probes/icmp/tool.ts';
import { systemClock } from '../../../../src/shared/clock.ts';
import { needs } from '../../../support/parts.ts';
import { file } from '../parts.ts';

const ROOT: Rights = { userId: 0, groupIds: [0], pingGroups: [1, 0] };
const AGENT: Rights = { userId: 990, groupIds: [990, 27], pingGroups: [1, 0] };

describe('by which right', () => {
  test.each<[Rights, string]>([
    [ROOT, 'as root'],
    [AGENT, "by the program's own capability"],
    [
      { ...AGENT, pingGroups: [0, 2_147_483_647] },
      'unprivileged: net.ipv4.ping_group_range is 0 to 2147483647',
    ],
    [{ ...AGENT, pingGroups: [27, 27] }, 'unprivileged: net.ipv4.ping_group_range is 27 to 27'],
    [{ ...AGENT, pingGroups: [28, 989] }, "by the program's own capability"],
    [{ ...AGENT, pingGroups: null }, "by the program's own capability"],
  ])('%j: %s', (rights, expected) => {
    expect(rightOf(rights)).toBe(expected);
  });

  test('is read from the kernel, where there is one to ask', () => {
    expect(readRights(file('range', '100\t200\n'))).toMatchObject({ pingGroups: [100, 200] });
    expect(readRights('/nonexistent').pingGroups).toBeNull();
    expect(readRights().userId).toBe(process.getuid?.());
  });
});

test('fping is preferred; ping is enough; nothing is nothing', () => {
  const find =
    (...installed: string[]) =>
    (name: string): string | null =>
      installed.includes(name) ? `/usr/bin/${name}` : null;
  expect(findPingTool(find('ping', 'fping'))).toMatchObject({
    name: 'fping',
    path: '/usr/bin/fping',
  });
  expect(findPingTool(find('ping'))).toMatchObject({ name: 'ping', most: 1 });
  expect(findPingTool(find())).toBeNull();
});

describe('the diagnosis', () => {
  const tool = (send: PingTool['send'], name: 'fping' | 'ping' = 'fping'): PingTool => ({
    ...{ name, path: `/usr/bin/${name}`, most: 1 },
    send,
  });
  const echoes = (...roundTripsMs: number[]) =>
    new Map([['127.0.0.1', { sent: 1, roundTripsMs, hopLimit: null }]]);

  test('works, and says by which program and right', async () => {
    expect(
      await diagnoseIcmp(
        systemClock,
        tool(async () => echoes(0.1)),
        ROOT,
      ),
    ).toEqual({
      state: 'works',
      text: '/usr/bin/fping, as root',
      mend: '',
    });
  });

  test('works slowly with ping, and says what would be better', async () => {
    const found = await diagnoseIcmp(
      systemClock,
      tool(async () => echoes(0.1), 'ping'),
      AGENT,
    );
    expect(found.state).toBe('works');
    expect(found.text).toContain('one process per address');
    expect(found.mend).toContain('apt install fping');
  });

  test('fails without a program, without the right, and without an answer', async () => {
    expect(await diagnoseIcmp(systemClock, null, AGENT)).toMatchObject({
      state: 'fails',
      mend: expect.stringContaining('install fping'),
    });
    const refused = tool(() => Promise.reject(new Error('Operation not permitted')));
    expect(await diagnoseIcmp(systemClock, refused, AGENT)).toMatchObject({
      state: 'fails',
      text: '/usr/bin/fping: Operation not permitted',
      mend: expect.stringContaining('setcap cap_net_raw+ep /usr/bin/fping'),
    });
    expect(
      await diagnoseIcmp(
        systemClock,
        tool(async () => echoes()),
        AGENT,
      ),
    ).toMatchObject({
      state: 'fails',
      text: '/usr/bin/fping: 127.0.0.1 does not answer',
    });
  });

  test('of this host', async (context) => {
    needs('fping', context);
    expect(await diagnoseIcmp(systemClock)).toMatchObject({ state: 'works', mend: '' });
  });
});
