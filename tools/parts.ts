/**
 * The real programs that tests and benchmarks run against, and the Debian package each comes from.
 * A test asks for one by name; where it cannot be had, the test is skipped and the reason is shown.
 */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface Part {
  /** Executable name, or an absolute path. */
  readonly program: string;
  readonly package: string;
}

export const PARTS = Object.freeze({
  prometheus: { program: 'prometheus', package: 'prometheus' },
  promtool: { program: 'promtool', package: 'prometheus' },
  'prometheus-node-exporter': {
    program: 'prometheus-node-exporter',
    package: 'prometheus-node-exporter',
  },
  'prometheus-alertmanager': {
    program: 'prometheus-alertmanager',
    package: 'prometheus-alertmanager',
  },
  'victoria-metrics': { program: 'victoria-metrics', package: 'victoria-metrics' },
  chromium: { program: 'chromium', package: 'chromium' },
  'cjk-fonts': {
    program: '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc',
    package: 'fonts-noto-cjk',
  },
  'stress-ng': { program: 'stress-ng', package: 'stress-ng' },
  strace: { program: 'strace', package: 'strace' },
  'prometheus-snmp-exporter': {
    program: 'prometheus-snmp-exporter',
    package: 'prometheus-snmp-exporter',
  },
  snmptrap: { program: 'snmptrap', package: 'snmp' },
  snmpinform: { program: 'snmpinform', package: 'snmp' },
  snmpsimd: { program: 'snmpsimd', package: 'snmpsim' },
  snmpd: { program: 'snmpd', package: 'snmpd' },
  pdftoppm: { program: 'pdftoppm', package: 'poppler-utils' },
  fping: { program: 'fping', package: 'fping' },
  ping: { program: 'ping', package: 'iputils-ping' },
  openssl: { program: 'openssl', package: 'openssl' },
} satisfies Record<string, Part>);

export type PartName = keyof typeof PARTS;

/** Where the program is, or null. `path` is the search path, as in the environment. */
export function findPart(name: PartName, path: string): string | null {
  const { program } = PARTS[name];
  if (program.startsWith('/')) return existsSync(program) ? program : null;
  for (const folder of [...path.split(delimiter), '/usr/sbin', '/usr/bin']) {
    if (folder !== '' && existsSync(join(folder, program))) return join(folder, program);
  }
  return null;
}
