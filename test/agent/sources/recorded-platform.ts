/** What Node and systeminformation answer on macOS and Windows, in the parts that sources use. */
import type { HostOptions } from '../../../src/agent/sources/sources.ts';

type Platform = Required<Pick<HostOptions, 'os' | 'systemInformation'>>;

const core = (user: number, sys: number, idle: number) => ({
  model: 'x',
  speed: 2400,
  times: { user, nice: 0, sys, idle, irq: 0 },
});

const DARWIN = {
  os: {
    platform: () => 'darwin',
    cpus: () => [core(1_200_500, 300_250, 9_000_000), core(900_000, 200_000, 9_500_000)],
    loadavg: () => [2.5, 2.25, 1.75],
    uptime: () => 86_400.4,
    machine: () => 'arm64',
    hostname: () => 'design-01.local',
    release: () => '24.1.0',
    type: () => 'Darwin',
    version: () => 'Darwin Kernel Version 24.1.0',
  },
  information: {
    mem: async () => ({
      total: 17_179_869_184,
      free: 134_217_728,
      available: 9_663_676_416,
      swaptotal: 2_147_483_648,
      swapfree: 1_073_741_824,
    }),
    fsSize: async () => [
      volume('/dev/disk3s1s1', 'APFS', '/', 494_384_795_648, 10_737_418_240, false),
      volume('/dev/disk3s5', 'APFS', '/System/Volumes/Data', 494_384_795_648, 2e11, true),
      volume('/dev/disk3s6', 'APFS', '/System/Volumes/VM', 494_384_795_648, 3e9, true),
      volume('map auto_home', 'AUTOFS', '/home', 0, 0, true),
    ],
    networkStats: async () => [traffic('en0', 1_234_567, 7_654_321)],
    networkInterfaces: async () => [
      {
        iface: 'en0',
        mac: 'a4:83:e7:00:00:01',
        duplex: 'full',
        operstate: 'up',
        mtu: 1500,
        speed: 1000,
      },
      { iface: 'utun0', mac: '', duplex: '', operstate: 'down', mtu: 1380, speed: null },
    ],
    cpuTemperature: async () => ({ main: null, cores: [], max: null }),
    osInfo: async () => ({ distro: 'macOS', release: '15.1', codename: 'Sequoia', build: '24B83' }),
    system: async () => ({
      manufacturer: 'Apple Inc.',
      model: 'Mac14,2',
      version: '-',
      serial: 'WKTEST01',
      uuid: '',
    }),
  },
};

const WIN32 = {
  os: {
    ...DARWIN.os,
    platform: () => 'win32',
    loadavg: () => [0, 0, 0],
    machine: () => 'x86_64',
    hostname: () => 'FILESRV',
    release: () => '10.0.20348',
    type: () => 'Windows_NT',
    version: () => 'Windows Server 2022 Standard',
  },
  information: {
    mem: async () => ({
      total: 34_359_738_368,
      free: 12_884_901_888,
      available: 12_884_901_888,
      swaptotal: 0,
      swapfree: 0,
    }),
    fsSize: async () => [volume('C:', 'NTFS', 'C:', 255_000_000_000, 120_000_000_000, null)],
    networkStats: async () => [traffic('Ethernet0', 99_000_000_000, null)],
    networkInterfaces: async () => ({
      iface: 'Ethernet0',
      mac: '00:50:56:00:00:01',
      duplex: '',
      operstate: 'up',
      mtu: null,
      speed: 10_000,
    }),
    cpuTemperature: async () => ({ main: 51, cores: [], max: 51 }),
    osInfo: async () => ({
      distro: 'Microsoft Windows Server 2022 Standard',
      release: '10.0.20348',
      codename: '',
      build: '20348',
    }),
    system: async () => ({
      manufacturer: 'VMware, Inc.',
      model: 'VMware20,1',
      version: 'None',
      serial: 'VMware-42 00',
      uuid: '42000000-0000-0000-0000-000000000001',
    }),
  },
};

function volume(
  fs: string,
  type: string,
  mount: string,
  ...[size, used, rw]: [number, number, boolean | null]
) {
  return { fs, type, mount, size, used, available: size - used, use: 0, rw };
}

function traffic(iface: string, received: number, sent: number | null) {
  return {
    iface,
    rx_bytes: received,
    rx_errors: 1,
    rx_dropped: 2,
    tx_bytes: sent,
    tx_errors: 0,
    tx_dropped: null,
  };
}

export function recordedPlatform(name: 'darwin' | 'win32'): Platform {
  const { os, information } = name === 'darwin' ? DARWIN : WIN32;
  return {
    os: os as unknown as Platform['os'],
    systemInformation: async () =>
      information as unknown as Awaited<ReturnType<Platform['systemInformation']>>,
  };
}
