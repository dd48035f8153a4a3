/** `collector notice …`: who was told what, and whether the channels deliver. */
import { type Command, Option } from 'commander';
import { Failure } from '../../../shared/errors.ts';
import { callJson, withApi } from '../api.ts';
import { ask, listText, type Options, queryOf } from '../ask.ts';
import { plain } from '../table.ts';
import { flagsOf, type VerbContext, withExample, withPlace } from '../verb.ts';

interface NoticeView {
  readonly fault: string;
  readonly step: string;
  readonly recipient: string;
  readonly channel: string;
  readonly state: string;
  readonly reason: string;
  readonly planned: string;
  readonly sent: string | null;
}

interface ChannelView {
  readonly name: string;
  readonly kind: string;
  readonly breaker: string;
  readonly last_sent: string | null;
  readonly last_error: string;
  readonly pending: number;
}

function addList(verbs: Command, context: VerbContext): void {
  const command = verbs
    .command('list')
    .description('notices, newest first')
    .option('--fault <id>', 'of one fault')
    .addOption(
      new Option('--state <state>', 'which').choices(['pending', 'sent', 'moved', 'dropped']),
    )
    .option('--limit <n>', 'at most this many', '100')
    .option('--json', 'as JSON')
    .option('--after <number>', 'continue after this one')
    .action((options: Options) => {
      const query = queryOf(options, ['limit', 'fault', 'state', 'after']);
      return ask<{ notices: NoticeView[]; next: number | null }>(context, options, {
        request: { method: 'GET', path: `/api/v1/notices${query}` },
        show: ({ notices, next }, { offset }) => {
          const header = ['FAULT', 'WHAT', 'TO', 'BY', 'STATE', 'AT', 'WHY'];
          const rows = notices.map((one) => [
            ...[one.fault, one.step, one.recipient, one.channel, one.state],
            ...[one.sent ?? one.planned, one.reason],
          ]);
          return listText(header, rows, { none: 'no notices', offset, next });
        },
      });
    });
  withExample(withPlace(command), 'collector notice list --fault F-000001 --data ./data');
}

function addChannels(verbs: Command, context: VerbContext): void {
  const command = verbs
    .command('channels')
    .description('whether the channels deliver, and what waits')
    .option('--json', 'as JSON')
    .action((options: Options) =>
      ask<{ channels: ChannelView[] }>(context, options, {
        request: { method: 'GET', path: '/api/v1/channels' },
        show: ({ channels }, { offset }) => {
          const header = ['CHANNEL', 'KIND', 'STATE', 'WAITING', 'LAST SENT', 'LAST ERROR'];
          const rows = channels.map((one) => [
            ...[one.name, one.kind, one.breaker === 'open' ? 'dead' : 'well', String(one.pending)],
            ...[one.last_sent ?? 'never', one.last_error],
          ]);
          return listText(header, rows, { none: 'no channels', offset });
        },
      }),
    );
  withExample(withPlace(command), 'collector notice channels --data ./data');
}

function addTest(verbs: Command, { host }: VerbContext): void {
  const command = verbs
    .command('test <channel>')
    .description('send a test message')
    .option('--to <address>', 'where the channel needs one', '')
    .addOption(
      new Option('--locale <locale>', 'its language').choices(['zh-CN', 'en']).default('zh-CN'),
    )
    .action(async (channel: string, options) => {
      const { outcome, reason } = await withApi(host, flagsOf(options), (api) =>
        callJson<{ outcome: string; reason: string }>(api, {
          method: 'POST',
          path: `/api/v1/channels/${encodeURIComponent(channel)}/test`,
          body: { to: options.to, locale: options.locale },
        }),
      );
      if (outcome !== 'accepted') {
        throw new Failure('io', `${channel} did not take the message: ${reason}`, {
          hint: 'check the channel in channels.yaml and its secrets',
        });
      }
      host.stdout.write(`${plain(channel)} took the message\n`);
    });
  withExample(withPlace(command), 'collector notice test mail --to wang@example.com --data ./data');
}

export function addNoticeVerbs(program: Command, context: VerbContext): void {
  const verbs = program.command('notice').description('who was told what, and by which channel');
  addList(verbs, context);
  addChannels(verbs, context);
  addTest(verbs, context);
}
