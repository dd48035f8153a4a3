import { createSocket } from 'node:dgram';
import { expect, onTestFinished, test } from 'vitest';
import { dropsOf, kernelDrops } from '../../../src/agent/traps/kernel-drops.ts';

const TEXT = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  463: 0100007F:048A 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 81931 2 0000000000000000 12
  464: 0200007F:048A 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 81932 2 0000000000000000 3
  465: 0100007F:1F40 048A0000:048A 07 00000000:00000000 00:00000000 00000000     0        0 81933 2 0000000000000000 99
`;

test('drops are those of the local port', () => {
  expect(dropsOf(TEXT, 1_162)).toBe(15);
  expect(dropsOf(TEXT, 8_000)).toBe(99);
  expect(dropsOf(TEXT, 53)).toBeNull();
  expect(dropsOf('', 1_162)).toBeNull();
});

test.skipIf(process.platform !== 'linux')(
  'an open socket has a count, a closed one none',
  async () => {
    const socket = createSocket('udp4');
    onTestFinished(() => void socket.close());
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    expect(kernelDrops(socket.address().port)).toBe(0);
  },
);
