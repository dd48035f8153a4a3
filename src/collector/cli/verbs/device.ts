/** `collector device …`: the ledger. */
import { type Command, InvalidArgumentError } from 'commander';
import { call, callJson, withApi } from '../api.ts';
import { formatTable, plain } from '../table.ts';
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

function addList(verbs: Command, { host }: VerbContext): void {
  const command = verbs
    .command('list')
    .description('all devices')
    .option('--json', 'as JSON, with figures and facts')
    .action(async (options) => {
      const answer = await withApi(host, flagsOf(options), (api) =>
        callJson<{ devices: DeviceView[] }>(api, { method: 'GET', path: '/api/v1/devices' }),
      );
      const header = ['NAME', 'KIND', 'STATUS', 'NEWEST', 'OPEN FAULTS'];
      host.stdout.write(
        options.json
          ? `${JSON.stringify(answer, null, 2)}\n`
          : formatTable(header, answer.devices.map(row)) || 'no devices yet\n',
      );
    });
  withExample(withPlace(command), 'collector device list --data ./data');
}

export function addDeviceVerbs(program: Command, context: VerbContext): void {
  const { host } = context;
  const verbs = program.command('device').description('the ledger of devices');
  addList(verbs, context);
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
