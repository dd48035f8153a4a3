/** `collector device …`: the ledger. */
import { type Command, InvalidArgumentError } from 'commander';
import { call, withApi } from '../api.ts';
import { ask, listText, type Options, type View } from '../ask.ts';
import { cardOf } from '../item-verbs.ts';
import type { LocalTimes } from '../local-times.ts';
import { plain } from '../table.ts';
import { flagsOf, type VerbContext, withExample, withPlace } from '../verb.ts';

interface DeviceView {
  readonly name: string;
  readonly kind: string;
  readonly status: string;
  readonly newest: string | null;
  readonly open_faults: readonly string[];
}

const pathOf = (name: string): string => `/api/v1/devices/${encodeURIComponent(name)}`;

const row = ({ name, kind, status, newest, open_faults }: DeviceView): string[] => [
  name,
  kind,
  status,
  newest ?? 'never',
  open_faults.join(' '),
];

/** `impact=high` → one entry more. */
function collectLabel(text: string, labels: Record<string, string>): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('write name=value.');
  return { ...labels, [text.slice(0, at)]: text.slice(at + 1) };
}

function addList(verbs: Command, context: VerbContext): void {
  const command = verbs
    .command('list')
    .description('all devices')
    .option('--json', 'as JSON, with figures and facts')
    .action((options: Options) =>
      ask<{ devices: DeviceView[] }>(context, options, {
        request: { method: 'GET', path: '/api/v1/devices' },
        show: ({ devices }, { offset }) => {
          const header = ['NAME', 'KIND', 'STATUS', 'NEWEST', 'OPEN FAULTS'];
          return listText(header, devices.map(row), { none: 'no devices yet', offset });
        },
      }),
    );
  withExample(withPlace(command), 'collector device list --data ./data');
}

interface FigureView {
  readonly indicator: string;
  readonly item: string;
  readonly value: number | null;
  readonly unit: string;
  readonly time: string;
}

function deviceCard(device: View, { offset }: LocalTimes): string {
  const { indicators, labels, facts, ...rest } = device;
  const figures = (indicators as readonly FigureView[]).map((one) => [
    ...[one.indicator, one.item, one.value === null ? 'unknown' : String(one.value)],
    ...[one.unit, one.time],
  ]);
  const named = (kind: string, values: unknown) =>
    Object.fromEntries(Object.entries(values ?? {}).map(([name, one]) => [`${kind} ${name}`, one]));
  const said = { ...named('label', labels), ...named('fact', facts) };
  const header = ['INDICATOR', 'ITEM', 'VALUE', 'UNIT', 'AT'];
  const table = listText(header, figures, { none: 'no figures', offset });
  return `${cardOf({ ...rest, ...said })}\n${table}`;
}

function addShow(verbs: Command, context: VerbContext): void {
  const command = verbs
    .command('show <name>')
    .description('one device: facts, labels, newest figures, open faults')
    .option('--json', 'as JSON')
    .action((name: string, options: Options) => {
      const request = { method: 'GET', path: pathOf(name) } as const;
      return ask<View>(context, options, { request, show: deviceCard });
    });
  withExample(withPlace(command), 'collector device show web-01 --data ./data');
}

export function addDeviceVerbs(program: Command, context: VerbContext): void {
  const { host } = context;
  const verbs = program.command('device').description('the ledger of devices');
  addList(verbs, context);
  addShow(verbs, context);
  const label = verbs
    .command('label <name>')
    .description('replace the labels that thresholds and levels look at')
    .option('--set <name=value>', 'a label; may be repeated', collectLabel, {})
    .action(async (name: string, options) => {
      const body = { labels: options.set };
      await withApi(host, flagsOf(options), (api) =>
        call(api, { method: 'PUT', path: `${pathOf(name)}/labels`, body }),
      );
      host.stdout.write(`${plain(name)}: ${Object.keys(options.set).length} labels\n`);
    });
  withExample(withPlace(label), 'collector device label db-01 --set impact=high --data ./data');
  const remove = verbs
    .command('remove <name>')
    .description('forget a device: samples, figures, faults; one that still sends comes back')
    .action(async (name: string, options) => {
      await withApi(host, flagsOf(options), (api) =>
        call(api, { method: 'DELETE', path: pathOf(name) }),
      );
      host.stdout.write(`${plain(name)} is removed\n`);
    });
  withExample(withPlace(remove), 'collector device remove web-01 --data ./data');
}
