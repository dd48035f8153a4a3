/** `agent snmp test HOST` and `agent snmp discover RANGE`: look once, change nothing. */
import type { Command } from 'commander';
import { silentLog } from '../../../shared/log.ts';
import { discover, loadSnmpCommands, testDevice } from '../../snmp/snmp.ts';
import { plain } from '../text.ts';
import { checkFormat, type VerbContext, withExample } from '../verb.ts';

/** Keys on a command line can be read by every user of the host: files are offered for all. */
function withCredential(command: Command): Command {
  return command
    .option('--community <name>', 'community of SNMP v1 or v2c (visible to users of this host)')
    .option('--community-file <file>', 'file with the community, mode 0600')
    .option('--snmp-version <1|2c>', 'of the community; default 2c')
    .option('--v3-user <name>', 'user of SNMP v3')
    .option('--v3-auth-protocol <name>', 'sha, sha224, sha256 (default), sha384, sha512')
    .option('--v3-auth-key-file <file>', 'file with the authentication key, mode 0600')
    .option('--v3-auth-key <key>', 'the key itself (visible to users of this host)')
    .option('--v3-priv-protocol <name>', 'aes (default), aes192b, aes192r, aes256b, aes256r')
    .option('--v3-priv-key-file <file>', 'file with the privacy key, mode 0600')
    .option('--v3-priv-key <key>', 'the key itself (visible to users of this host)')
    .option('--v3-context <name>', 'context')
    .option('--profiles <folder...>', 'folders of own profiles')
    .option('--timeout <duration>', 'for one answer')
    .option('--retries <count>', 'after the first try');
}

function addTest(group: Command, { host, outcome }: VerbContext): void {
  const command = group
    .command('test <host>')
    .description(
      'ask a device once: which profile fits and why, what answers, which figures result',
    )
    .option('--profile <id>', 'take this profile unseen')
    .option('--format <text|json>', 'what to print', 'text')
    .action(async (name: string, options) => {
      checkFormat(options.format);
      const { targetFrom, foldersFrom, reportText } = await loadSnmpCommands();
      const room = { clock: host.clock, log: silentLog };
      const tested = await testDevice(targetFrom(name, options), foldersFrom(options), room);
      const text =
        options.format === 'json' ? JSON.stringify(tested.report, null, 2) : reportText(tested);
      host.stdout.write(`${text.trimEnd()}\n`);
      if (tested.trouble === '') return;
      host.stderr.write(`${plain(tested.trouble)}\n`);
      outcome.code = 1;
    });
  withExample(
    withCredential(command),
    'agent snmp test 192.0.2.1 --community-file community.key',
    'agent snmp test 192.0.2.1:161 --v3-user watch --v3-auth-key-file a.key --v3-priv-key-file p.key --format json',
  );
}

function addDiscover(group: Command, { host }: VerbContext): void {
  const command = group
    .command('discover <range...>')
    .description('ask every address of ranges; prints a list to review, never changes anything')
    .option('--port <number>', 'UDP port; default 161')
    .option('--at-once <count>', 'how many addresses are asked at once; default 64')
    .action(async (ranges: readonly string[], options) => {
      const { scanFrom, foundYaml } = await loadSnmpCommands();
      let told = 0;
      const scan = scanFrom(ranges.join(' '), options, (asked, of, found) => {
        const share = Math.floor((10 * asked) / of);
        if (share === told) return;
        told = share;
        host.stderr.write(`${asked} of ${of} asked, ${found} found\n`);
      });
      const found = await discover(scan, { clock: host.clock });
      host.stdout.write(plain(foundYaml(found, scan)));
    });
  withExample(
    withCredential(command),
    'agent snmp discover 192.0.2.0/24 --community-file community.key > found.yaml',
    'agent snmp discover 2001:db8::10/124 2001:db8::53 --community-file community.key',
  );
}

export function addSnmp(program: Command, context: VerbContext): void {
  const group = program.command('snmp').description('devices that are asked over SNMP');
  addTest(group, context);
  addDiscover(group, context);
}
