import { Command } from 'commander';
import { expect, test } from 'vitest';
import type { CliHost } from '../../../src/collector/cli/cli.ts';
import { completeTimes, withOffset } from '../../../src/collector/cli/local-options.ts';

test.each([
  ['2026-01-05 07:30', 'Asia/Shanghai', '2026-01-05T07:30:00+08:00'],
  ['2026-01-05T07:30:15', 'UTC', '2026-01-05T07:30:15+00:00'],
  ['2026-07-05 07:30', 'Europe/Berlin', '2026-07-05T07:30:00+02:00'],
  ['2026-03-29 02:30', 'Europe/Berlin', '2026-03-29T03:30:00+02:00'],
  ['2026-10-25 02:30', 'Europe/Berlin', '2026-10-25T02:30:00+02:00'],
  ['2026-02-30 07:30', 'UTC', '2026-02-30 07:30'],
])('%s in %s is %s', (text, zone, whole) => expect(withOffset(text, zone)).toBe(whole));

/** What a verb sees of its options, and how often the collector was asked for its zone. */
async function complete(...args: string[]) {
  let asked = 0;
  const host = {
    dataDirectory: () => '/nowhere',
    isClaimed: async () => false,
    openHere: async () => ({
      window: 1,
      request: async () => {
        asked++;
        const body = Buffer.from('{"now":"2026-01-05T00:00:00Z","timezone":"Asia/Shanghai"}');
        return { status: 200, headers: {}, body };
      },
      close: async () => {},
    }),
  } as unknown as CliHost;
  const verb = new Command('v')
    .option('--from <time>')
    .option('--note <text>')
    .option('--duration <time>')
    .action(() => {});
  verb.hook('preAction', (_, one) => completeTimes({ host, outcome: { code: 0 } }, one));
  await verb.parseAsync(args, { from: 'user' });
  return { ...verb.opts(), asked };
}

test('options that are times are completed, others stay as they are', async () => {
  const note = '2026-01-05 07:30';
  expect(await complete('--from', note, '--note', note, '--duration', '2h')).toEqual({
    ...{ from: '2026-01-05T07:30:00+08:00', note, duration: '2h', asked: 1 },
  });
});

test.each(['2026-01-05T07:30:00Z', '2026-01-05T07:30:00+01:00', '2026-01-05', 'soon'])(
  '%s is left to the collector, which is not asked',
  async (from) => expect(await complete('--from', from)).toEqual({ from, asked: 0 }),
);
