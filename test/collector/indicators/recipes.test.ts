import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openLiveIndicators } from '../../../src/collector/indicators/indicators.ts';
import { RECIPES } from '../../../src/collector/indicators/recipes.ts';
import { INDICATORS, type IndicatorName } from '../../../src/shared/indicator.ts';
import { LABEL_NAME, METRIC_NAME } from '../../../src/shared/sample.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { projectFile } from '../../support/parts.ts';
import { DAY, STEP, sample } from './samples.ts';

const NAMES = Object.keys(INDICATORS) as IndicatorName[];
const FROM_SERIES = RECIPES.filter(({ asIs }) => asIs !== true);
const termsOf = ({ plus, minus = [], over = [], when }: (typeof RECIPES)[number]) =>
  when === undefined ? [...plus, ...minus, ...over] : [...plus, ...minus, ...over, when];

/** The values of one scrape, or of two scrapes 15 s apart: `indicator{item}` → value. */
async function derive(...scrapes: readonly Readonly<Record<string, number>>[]) {
  const store = memoryStore();
  const live = openLiveIndicators(store);
  for (const [i, scrape] of scrapes.entries()) {
    const timeMs = DAY + i * STEP;
    await store.add(Object.entries(scrape).map(([text, value]) => sample(text, timeMs, value)));
    live.update();
  }
  return Object.fromEntries(
    live.of('host').map(({ indicator, item, value }) => [`${indicator}{${item}}`, value]),
  );
}

describe('the table', () => {
  /** What only the agent can know: a share without a size, changes between two looks. */
  const fromAgent = ['memory_used_ratio', 'interface_flaps'];

  test.each(NAMES.filter((name) => !fromAgent.includes(name)))('%s has a recipe', (name) => {
    expect(FROM_SERIES.some(({ indicator }) => indicator === name)).toBe(true);
  });

  test('has only valid names, and no row that an earlier one repeats', () => {
    const rows = new Set<string>();
    for (const recipe of RECIPES) {
      for (const term of termsOf(recipe)) {
        expect(term.metric).toMatch(METRIC_NAME);
        for (const label of term.across ?? []) expect(label).toMatch(LABEL_NAME);
      }
      const row = JSON.stringify([recipe.indicator, termsOf(recipe), recipe.item]);
      expect(rows.has(row), row).toBe(false);
      rows.add(row);
    }
  });

  test('divides only to make ratios', () => {
    for (const { indicator, over } of RECIPES) {
      if (over !== undefined) expect(INDICATORS[indicator].unit).toBe('ratio');
    }
  });
});

describe('documentation', () => {
  const text = readFileSync(projectFile('docs/indicators.md'), 'utf8');
  const rows = new Map(
    [...text.matchAll(/^\| `(\w+)` \| (\w+) \| (?:`(\w+)`|–) \|/gm)].map(
      ([, name = '', unit, item]) => [name, { unit, item: item ?? null }],
    ),
  );

  test('lists every indicator with its unit and item, and nothing else', () => {
    const expected = NAMES.map((name) => [
      name,
      { unit: INDICATORS[name].unit, item: INDICATORS[name].item },
    ]);
    expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(expected));
  });

  test('names every series that is used', () => {
    const metrics = new Set(FROM_SERIES.flatMap(termsOf).map(({ metric }) => metric));
    for (const metric of metrics) expect(text, metric).toContain(`\`${metric}\``);
  });
});

describe('node_exporter', () => {
  test('old kernels have no MemAvailable', async () => {
    const got = await derive({
      node_memory_MemTotal_bytes: 1_000,
      node_memory_MemFree_bytes: 100,
      node_memory_Buffers_bytes: 50,
      node_memory_Cached_bytes: 250,
    });
    expect(got['memory_used_bytes{}']).toBe(600);
  });

  test.each(['vda1', 'nvme0n1p2', 'mmcblk0p1', 'loop7', 'ram0', 'zram0', 'sr0'])(
    '%s is not a disk',
    async (device) => {
      const read = `node_disk_read_bytes_total{device="${device}"}`;
      expect(await derive({ [read]: 0 }, { [read]: 150 })).toEqual({});
    },
  );

  test.each(['sda', 'vda', 'nvme0n1', 'mmcblk0', 'dm-0', 'md127', 'xvda'])(
    '%s is a disk',
    async (device) => {
      const read = `node_disk_read_bytes_total{device="${device}"}`;
      expect(await derive({ [read]: 0 }, { [read]: 150 })).toEqual({
        [`disk_read_bytes_per_second{${device}}`]: 10,
      });
    },
  );

  test.each([
    ['lo', false],
    ['veth12ab', false],
    ['docker0', false],
    ['br-0123456789ab', false],
    ['cali9f', false],
    ['eth0', true],
    ['enp3s0', true],
    ['bond0', true],
    ['br0', true],
    ['wg0', true],
    ['docking', true],
  ])('interface %s counts: %s', async (device, counts) => {
    const got = await derive({ [`node_network_up{device="${device}"}`]: 1 });
    expect(Object.keys(got)).toEqual(counts ? [`interface_up{${device}}`] : []);
  });

  test.each([
    ['ext4', '/', true],
    ['tmpfs', '/tmp', true],
    ['overlay', '/', true],
    ['nfs4', '/home', true],
    ['fuse.sshfs', '/mnt/far', true],
    ['ext4', '/run/media/ann/stick', true],
    ['ext4', '/devel', true],
    ['tmpfs', '/run/user/0', false],
    ['tmpfs', '/dev/shm', false],
    ['overlay', '/var/lib/docker/overlay2/ab/merged', false],
    ['squashfs', '/media/image', false],
    ['iso9660', '/media/cdrom', false],
  ])('file system %s on %s counts: %s', async (fstype, mountpoint, counts) => {
    const labels = `{device="d",fstype="${fstype}",mountpoint="${mountpoint}"}`;
    const got = await derive({ [`node_filesystem_size_bytes${labels}`]: 10 });
    expect(Object.keys(got)).toEqual(counts ? [`filesystem_size_bytes{${mountpoint}}`] : []);
  });

  test('two RAM file systems are not one, although their device has one name', async () => {
    const size = (mountpoint: string) =>
      `node_filesystem_size_bytes{device="tmpfs",fstype="tmpfs",mountpoint="${mountpoint}"}`;
    const got = await derive({ [size('/tmp')]: 1, [size('/var/tmp')]: 2 });
    expect(Object.keys(got)).toHaveLength(2);
  });

  test('an interface with errors only is in error altogether', async () => {
    const scrape = (bad: number) =>
      Object.fromEntries(
        ['receive', 'transmit'].flatMap((way) =>
          ['errs', 'drop', 'packets'].map((kind) => [
            `node_network_${way}_${kind}_total{device="eth0"}`,
            kind === 'errs' ? bad : 0,
          ]),
        ),
      );
    expect(await derive(scrape(0), scrape(7))).toEqual({ 'network_errors_ratio{eth0}': 1 });
    // No packets at all: there is no ratio.
    expect(await derive(scrape(7), scrape(7))).toEqual({});
  });

  test('uptime needs only the start where the host does not say what time it has', async () => {
    const got = await derive({ node_boot_time_seconds: DAY / 1_000 - 60 });
    expect(got).toEqual({ 'uptime_seconds{}': 60 });
  });

  test('our agent measures the offset of the clock where the kernel does not', async () => {
    expect(await derive({ watchkeeper_agent_clock_offset_seconds: -0.5 })).toEqual({
      'clock_offset_seconds{}': -0.5,
    });
  });
});

describe('windows_exporter', () => {
  const cpu = (core: string, idle: number, user: number) => ({
    [`windows_cpu_time_total{core="${core}",mode="idle"}`]: idle,
    [`windows_cpu_time_total{core="${core}",mode="user"}`]: user,
    [`windows_cpu_time_total{core="${core}",mode="privileged"}`]: 2 * user,
    // Already inside `privileged`.
    [`windows_cpu_time_total{core="${core}",mode="interrupt"}`]: 2 * user,
  });

  test('gives the processor, without counting interrupts twice', async () => {
    const got = await derive(
      { ...cpu('0,0', 0, 0), ...cpu('0,1', 0, 0) },
      { ...cpu('0,0', 9, 2), ...cpu('0,1', 15, 0) },
    );
    expect(got['cpu_used_ratio{}']).toBeCloseTo(6 / 30, 12);
    expect(got['cpu_cores{}']).toBe(2);
  });

  test('gives memory, volumes, network and uptime', async () => {
    const scrape = (n: number) => ({
      windows_cs_physical_memory_bytes: 100,
      windows_os_physical_memory_free_bytes: 25,
      'windows_logical_disk_size_bytes{volume="C:"}': 500,
      'windows_logical_disk_free_bytes{volume="C:"}': 200,
      'windows_logical_disk_size_bytes{volume="HarddiskVolume4"}': 7,
      'windows_logical_disk_read_bytes_total{volume="C:"}': 30 * n,
      'windows_net_bytes_sent_total{nic="Intel[R] I350"}': 150 * n,
      'windows_net_bytes_sent_total{nic="Teredo_Tunneling"}': 150 * n,
      windows_system_system_up_time: DAY / 1_000 - 100,
    });
    expect(await derive(scrape(0), scrape(1))).toEqual({
      'memory_used_bytes{}': 75,
      'memory_size_bytes{}': 100,
      'filesystem_used_bytes{C:}': 300,
      'filesystem_size_bytes{C:}': 500,
      'disk_read_bytes_per_second{C:}': 2,
      'network_transmit_bytes_per_second{Intel[R] I350}': 10,
      'uptime_seconds{}': 115,
    });
  });
});

describe('snmp_exporter', () => {
  const port = '{ifName="Gi0/1",ifIndex="1",ifDescr="GigabitEthernet0/1"}';

  test('names interfaces by ifName', async () => {
    const scrape = (n: number) => ({
      [`ifHCInOctets${port}`]: 1_500 * n,
      [`ifHighSpeed${port}`]: 1_000,
    });
    expect(await derive(scrape(0), scrape(1))).toEqual({
      'network_receive_bytes_per_second{Gi0/1}': 100,
      'network_speed_bytes_per_second{Gi0/1}': 125_000_000,
    });
  });

  test('unwraps a 32-bit counter, and prefers the 64-bit one', async () => {
    const name = `ifInOctets${port}`;
    const wrapped = await derive({ [name]: 2 ** 32 - 1_000 }, { [name]: 500 });
    expect(wrapped).toEqual({ 'network_receive_bytes_per_second{Gi0/1}': 100 });
    const wide = `ifHCInOctets${port}`;
    const both = await derive({ [name]: 0, [wide]: 0 }, { [name]: 15, [wide]: 3_000 });
    expect(both).toEqual({ 'network_receive_bytes_per_second{Gi0/1}': 200 });
  });

  describe('a counter that began anew', () => {
    const wide = `ifHCInOctets${port}`;
    const narrow = `ifInOctets${port}`;
    const since = `ifCounterDiscontinuityTime${port}`;
    const rate = 'network_receive_bytes_per_second{Gi0/1}';

    test('after a restart has not wrapped, and gives a rate again from the next scrape on', async () => {
      const before = { sysUpTime: 900_000, [narrow]: 3_000_000_000 };
      const after = { sysUpTime: 500, [narrow]: 1_000_000 };
      expect(await derive(before, after)).not.toHaveProperty([rate]);
      const next = { sysUpTime: 2_000, [narrow]: 1_001_500 };
      expect(await derive(before, after, next)).toHaveProperty([rate], 100);
    });

    test('gives no rate though it is larger than before', async () => {
      const scrapes = [
        { sysUpTime: 900_000, [wide]: 1_000 },
        { sysUpTime: 500, [wide]: 5_000_000 },
      ] as const;
      expect(await derive(...scrapes)).not.toHaveProperty([rate]);
    });

    test('is told from a wrap of the uptime after 497 days', async () => {
      const before = { sysUpTime: 2 ** 32 - 700, [narrow]: 1_000 };
      const after = { sysUpTime: 800, [narrow]: 2_500 };
      expect(await derive(before, after)).toHaveProperty([rate], 100);
    });

    test('is one of the device that restarted, as its own agent sees it', async () => {
      const by = (agent: string, text: string) => text.replace(/\{|$/, `{agent="${agent}",`);
      const scrape = (up: number, octets: number) => ({
        'sysUpTime{agent="a"}': up,
        'sysUpTime{agent="b"}': 900_000 + octets,
        [by('b', narrow)]: octets,
      });
      expect(await derive(scrape(900_000, 0), scrape(500, 1_500))).toHaveProperty([rate], 100);
    });

    test('with a card that was changed: the port says since when, once or at every scrape', async () => {
      const said = await derive(
        { [since]: 0, [narrow]: 3_000_000_000 },
        { [since]: 77_000, [narrow]: 1_000_000 },
      );
      expect(said).not.toHaveProperty([rate]);
      const once = await derive(
        { [narrow]: 3_000_000_000 },
        { [since]: 77_000, [narrow]: 1_000_000 },
      );
      expect(once).not.toHaveProperty([rate]);
      const always = { [since]: 77_000 };
      const later = await derive(
        { ...always, [narrow]: 2 ** 32 - 1_000 },
        { ...always, [narrow]: 500 },
      );
      expect(later).toHaveProperty([rate], 100);
    });

    test('of another port concerns that port only', async () => {
      const other = since.replace('Gi0/1', 'Gi0/2');
      const scrape = (time: number, octets: number) => ({ [other]: time, [wide]: octets });
      expect(await derive(scrape(0, 0), scrape(77_000, 1_500))).toHaveProperty([rate], 100);
    });
  });

  test('an unknown speed is not a speed', async () => {
    expect(await derive({ [`ifHighSpeed${port}`]: 0 })).toEqual({});
    expect(await derive({ [`ifSpeed${port}`]: 0 })).toEqual({});
    expect(await derive({ [`ifSpeed${port}`]: 2 ** 32 - 1 })).toEqual({});
  });

  test('ifSpeed tells the speed where ifHighSpeed does not', async () => {
    const slow = await derive({ [`ifSpeed${port}`]: 1e8 });
    expect(slow).toEqual({ 'network_speed_bytes_per_second{Gi0/1}': 12_500_000 });
    const both = await derive({ [`ifSpeed${port}`]: 2 ** 32 - 1, [`ifHighSpeed${port}`]: 10_000 });
    expect(both).toEqual({ 'network_speed_bytes_per_second{Gi0/1}': 1_250_000_000 });
  });

  test.each([
    ['up and switched on', 1, 1, 1],
    ['down', 2, 1, 0],
    ['a layer below is down', 7, 1, 0],
    ['dormant', 5, 1, 0],
    ['switched off', 2, 2, null],
    ['switched off and without a module', 6, 2, null],
  ])('a port that is %s', async (_what, oper, admin, up) => {
    const got = await derive({ [`ifOperStatus${port}`]: oper, [`ifAdminStatus${port}`]: admin });
    expect(got).toEqual(up === null ? {} : { 'interface_up{Gi0/1}': up });
  });

  test('a port whose switch is not told is judged by its state', async () => {
    expect(await derive({ [`ifOperStatus${port}`]: 2 })).toEqual({ 'interface_up{Gi0/1}': 0 });
  });

  test('bad packets are a share of all packets, both ways together', async () => {
    const scrape = (n: number, wide: string) => ({
      [`ifInErrors${port}`]: n,
      [`ifOutErrors${port}`]: 2 * n,
      [`ifInDiscards${port}`]: 3 * n,
      [`ifOutDiscards${port}`]: 4 * n,
      [`if${wide}InUcastPkts${port}`]: 40 * n,
      [`if${wide}OutUcastPkts${port}`]: 50 * n,
    });
    for (const wide of ['HC', '']) {
      expect(await derive(scrape(0, wide), scrape(1, wide))).toEqual({
        'network_errors_ratio{Gi0/1}': 0.1,
      });
    }
  });

  test('uptime is counted in hundredths', async () => {
    expect(await derive({ sysUpTime: 12_345 })).toEqual({ 'uptime_seconds{}': 123.45 });
  });

  test('an uptime that is told beyond 497 days goes before the 32 bits that begin again', async () => {
    const scrape = (n: number) => ({
      sysUpTime: (2 ** 32 - 700 + n * 1_500) % 2 ** 32,
      uptime_seconds: (2 ** 32 - 700 + n * 1_500) / 100,
    });
    expect(await derive(scrape(0), scrape(1))).toEqual({
      'uptime_seconds{}': (2 ** 32 + 800) / 100,
    });
  });

  test('a device that nobody probes is reachable while it answers', async () => {
    expect(await derive({ snmp_scrape_answered: 0 })).toEqual({ 'reachable{}': 0 });
    const both = await derive({ snmp_scrape_answered: 0, probe_success: 1 });
    expect(both).toEqual({ 'reachable{}': 1 });
  });
});

describe('probes', () => {
  test('reachable, round trip by ICMP, days of the certificate', async () => {
    const got = await derive({
      probe_success: 1,
      'probe_icmp_duration_seconds{phase="resolve"}': 0.5,
      'probe_icmp_duration_seconds{phase="rtt"}': 0.002,
      probe_duration_seconds: 0.6,
      probe_ssl_earliest_cert_expiry: DAY / 1_000 + 30 * 86_400,
    });
    expect(got).toEqual({
      'reachable{}': 1,
      'round_trip_seconds{}': 0.002,
      'certificate_days_left{}': 30,
    });
  });

  test('a probe that failed has no round trip', async () => {
    const got = await derive({ probe_success: 0, probe_duration_seconds: 9.5 });
    expect(got).toEqual({ 'reachable{}': 0 });
  });

  test('a certificate that ended has days below zero', async () => {
    const got = await derive({ probe_ssl_earliest_cert_expiry: DAY / 1_000 - 86_400 });
    expect(got).toEqual({ 'certificate_days_left{}': -1 });
  });

  test('loss as our own probes tell it', async () => {
    expect(await derive({ probe_loss_ratio: 0.25 })).toEqual({ 'loss_ratio{}': 0.25 });
  });

  test('loss is what was asked and not answered', async () => {
    const scrape = (asked: number, answered: number) => ({
      smokeping_requests_total: asked,
      smokeping_response_duration_seconds_count: answered,
    });
    const got = await derive(scrape(0, 0), scrape(20, 19));
    expect(got['loss_ratio{}']).toBeCloseTo(0.05, 12);
  });
});

describe('databases', () => {
  test('PostgreSQL, without its templates', async () => {
    const size = (name: string) => `pg_database_size_bytes{datname="${name}"}`;
    expect(await derive({ [size('shop')]: 5e9, [size('template0')]: 7e6 })).toEqual({
      'database_used_bytes{shop}': 5e9,
    });
  });

  test('MySQL: data and indexes of all tables of a schema', async () => {
    const size = (schema: string, table: string, component: string) =>
      `mysql_info_schema_table_size{schema="${schema}",table="${table}",component="${component}"}`;
    const got = await derive({
      [size('shop', 'orders', 'data_length')]: 100,
      [size('shop', 'orders', 'index_length')]: 20,
      [size('shop', 'orders', 'data_free')]: 999,
      [size('shop', 'people', 'data_length')]: 3,
      [size('mysql', 'user', 'data_length')]: 50,
    });
    expect(got).toEqual({ 'database_used_bytes{shop}': 123 });
  });

  test('Oracle: the limit is the ceiling of autoextend', async () => {
    const got = await derive({
      'oracledb_tablespace_bytes{tablespace="USERS"}': 40,
      'oracledb_tablespace_max_bytes{tablespace="USERS"}': 100,
    });
    expect(got).toEqual({ 'database_used_bytes{USERS}': 40, 'database_limit_bytes{USERS}': 100 });
  });
});

describe('series named like an indicator', () => {
  test('pass as they are, with their item', async () => {
    const got = await derive({
      cpu_used_ratio: 1.03,
      'disk_read_bytes_per_second{device="all"}': 12.5,
      'filesystem_used_bytes{mountpoint="/data"}': 7,
    });
    expect(got).toEqual({
      'cpu_used_ratio{}': 1.03,
      'disk_read_bytes_per_second{all}': 12.5,
      'filesystem_used_bytes{/data}': 7,
    });
  });

  test('are preferred to what we would derive', async () => {
    const got = await derive({ load1: 2, node_load1: 9 });
    expect(got).toEqual({ 'load1{}': 2 });
  });
});
