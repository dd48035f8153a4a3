/**
 * Debian's snmp_exporter with its module if_mib. The package comes without a configuration, so the
 * one here says what its own generator says for that module: every column of ifTable and ifXTable.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { findPart } from '../../tools/parts.ts';
import { freePort, type Server, startServer } from './child.ts';

const IF = '1.3.6.1.2.1.2.2.1';
const IFX = '1.3.6.1.2.1.31.1.1.1';

type Kind = 'counter' | 'gauge' | 'DisplayString' | 'PhysAddress48';

const IF_TABLE: Readonly<Record<string, readonly [number, Kind]>> = {
  ifIndex: [1, 'gauge'],
  ifType: [3, 'gauge'],
  ifMtu: [4, 'gauge'],
  ifSpeed: [5, 'gauge'],
  ifPhysAddress: [6, 'PhysAddress48'],
  ifAdminStatus: [7, 'gauge'],
  ifOperStatus: [8, 'gauge'],
  ifLastChange: [9, 'gauge'],
  ifInOctets: [10, 'counter'],
  ifInUcastPkts: [11, 'counter'],
  ifInNUcastPkts: [12, 'counter'],
  ifInDiscards: [13, 'counter'],
  ifInErrors: [14, 'counter'],
  ifInUnknownProtos: [15, 'counter'],
  ifOutOctets: [16, 'counter'],
  ifOutUcastPkts: [17, 'counter'],
  ifOutNUcastPkts: [18, 'counter'],
  ifOutDiscards: [19, 'counter'],
  ifOutErrors: [20, 'counter'],
  ifOutQLen: [21, 'gauge'],
};
const IFX_TABLE: Readonly<Record<string, readonly [number, Kind]>> = {
  ifInMulticastPkts: [2, 'counter'],
  ifInBroadcastPkts: [3, 'counter'],
  ifOutMulticastPkts: [4, 'counter'],
  ifOutBroadcastPkts: [5, 'counter'],
  ifHCInOctets: [6, 'counter'],
  ifHCInUcastPkts: [7, 'counter'],
  ifHCInMulticastPkts: [8, 'counter'],
  ifHCInBroadcastPkts: [9, 'counter'],
  ifHCOutOctets: [10, 'counter'],
  ifHCOutUcastPkts: [11, 'counter'],
  ifHCOutMulticastPkts: [12, 'counter'],
  ifHCOutBroadcastPkts: [13, 'counter'],
  ifLinkUpDownTrapEnable: [14, 'gauge'],
  ifHighSpeed: [15, 'gauge'],
  ifPromiscuousMode: [16, 'gauge'],
  ifConnectorPresent: [17, 'gauge'],
  ifCounterDiscontinuityTime: [19, 'gauge'],
};

const LOOKUPS = [
  ['ifAlias', `${IFX}.18`],
  ['ifDescr', `${IF}.2`],
  ['ifName', `${IFX}.1`],
].map(([labelname, oid]) => ({ labels: ['ifIndex'], labelname, oid, type: 'DisplayString' }));

const metricsOf = (entry: string, table: typeof IF_TABLE) =>
  Object.entries(table).map(([name, [column, type]]) => ({
    name,
    oid: `${entry}.${column}`,
    type,
    help: name,
    indexes: [{ labelname: 'ifIndex', type: 'gauge' }],
    lookups: LOOKUPS,
  }));

/** Null where the program is not installed. */
export async function startSnmpExporter(directory: string): Promise<Server | null> {
  const program = findPart('prometheus-snmp-exporter', process.env.PATH ?? '');
  if (program === null) return null;
  const upTime = { name: 'sysUpTime', oid: '1.3.6.1.2.1.1.3', type: 'gauge', help: 'sysUpTime' };
  const module = {
    walk: ['1.3.6.1.2.1.2', '1.3.6.1.2.1.31.1.1'],
    get: ['1.3.6.1.2.1.1.3.0'],
    metrics: [upTime, ...metricsOf(IF, IF_TABLE), ...metricsOf(IFX, IFX_TABLE)],
    version: 2,
    timeout: '3s',
    retries: 1,
    auth: { community: 'public' },
  };
  const config = join(directory, 'snmp.yml');
  writeFileSync(config, stringify({ if_mib: module }, { aliasDuplicateObjects: false }));
  const port = await freePort();
  return startServer({
    name: 'snmp_exporter',
    program,
    args: [
      `--config.file=${config}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    port,
    readyPath: '/metrics',
  });
}
