/**
 * What the recordings do not show: other models and other generations of the families, written down
 * from their MIBs with the habits that make them hard (placeholder rows, sentinels, missing columns,
 * texts with units, numbers that do not fit). Served by the simulator like a device.
 */
import { E, ENTITY, entities, type Family, M, storages, system, testFamilies } from './in-words.ts';
import { tableOf } from './simulator.ts';

const HW = `${E}.2011.5.25.31.1.1`;
const H3C = `${E}.25506.2.6.1.1.1.1`;
const CISCO = `${E}.9.9`;
const APC = `${E}.318.1.1`;
const NO_FIT = 2_147_483_647;

const FAMILIES: Readonly<Record<string, Family>> = {
  // hwEntityStateTable: a row for every port; two main boards, one of them above 2 GiB in 32 bits.
  'huawei-chassis': {
    profile: 'huawei-vrp',
    cells: {
      ...system('2011.2.170.2', 'Huawei Versatile Routing Platform Software S9306'),
      ...entities({
        '7': [9, 'MPU Board 7'],
        '8': [9, 'MPU Board 8'],
        '20': [9, 'LPU Board 1'],
        '30': [10, 'GigabitEthernet1/0/1'],
        '31': [10, 'GigabitEthernet1/0/2'],
      }),
      ...tableOf(`${HW}.1.1`, [2, 5, 6, 7, 9, 11, 19], {
        '7': [3, 20, 80, 50, -2_147_483_648, 41, 0],
        '8': [3, 5, 80, 25, null, 39, 4096],
        '20': [3, 60, 80, 10, 536_870_912, NO_FIT, 0],
        '30': [3, 0, 0, 0, 0, 0, 0],
        '31': [13, 0, 95, 0, 0, NO_FIT - 1, 0],
      }),
      ...tableOf(`${HW}.3.1`, [1, 5], { '30': [2, 35], '31': [1, 0], '32': [2, NO_FIT] }),
      ...tableOf(`${HW}.8.1`, [6], { '1.0.2.3': [44], '1.0.2.4': [NO_FIT] }),
      ...tableOf(`${E}.2011.6.9.1.4.2.1`, [3, 4, 5], { '1': [204_800, 51_200, 'flash:'] }),
      [`${M}.25.3.3.1.2.1`]: 99,
    },
    cpu: ['LPU Board 1 60 %', 'MPU Board 7 20 %', 'MPU Board 8 5 %'],
    memory: [
      'LPU Board 1 system 10 % of 512 MiB',
      'MPU Board 7 system 50 % of 2048 MiB',
      'MPU Board 8 system 25 % of 4096 MiB',
    ],
    storage: ['flash: 75 % of 200 MiB'],
    temperature: [
      'GigabitEthernet1/0/1 35',
      'MPU Board 7 41',
      'MPU Board 8 39',
      'Slot 1 sensor 0.2.3 44',
    ],
    device: [60, 25],
  },
  // HUAWEI-DEVICE-MIB only: no entity extension at all.
  'huawei-old': {
    profile: 'huawei-vrp',
    cells: {
      ...system('2011.2.23.1', 'Quidway S3300 Huawei Versatile Routing Platform'),
      ...tableOf(`${E}.2011.6.3.4.1`, [2, 3, 4], { '0.0.0': [30, 20, 10] }),
      ...tableOf(`${E}.2011.6.3.5.1.1`, [2, 3], { '0.0.0': [268_435_456, 134_217_728] }),
    },
    cpu: ['CPU 0.0.0 10 %'],
    memory: ['Memory 0.0.0 system 50 % of 256 MiB'],
    device: [10, 50],
  },
  // An IRF member at rest reads 0 %: a processor nevertheless, for its board has memory.
  'h3c-irf': {
    profile: 'h3c-comware',
    cells: {
      ...system(
        '25506.1.1234',
        'H3C Comware Platform Software, Version 7.1.070 H3C S6520X-54QC-EI',
      ),
      ...entities({
        '2': [9, 'Level 1 Module 1'],
        '3': [9, 'Level 1 Module 2'],
        '4': [8, 'Temperature Sensor 1'],
        '5': [7, 'Fan 1'],
        '6': [10, 'Ten-GigabitEthernet1/0/1'],
      }),
      ...tableOf(H3C, [6, 8, 10, 12], {
        '2': [12, 40, 2_147_483_648, 45],
        '3': [0, 35, 2_147_483_648, 65_535],
        '4': [0, 0, 0, 38],
        '5': [0, 0, 0, 45],
        '6': [0, 0, 0, 45],
      }),
      ...tableOf(`${E}.25506.2.70.1.1.1`, [15], { '1': [NO_FIT] }),
    },
    cpu: ['Level 1 Module 1 12 %', 'Level 1 Module 2 0 %'],
    memory: [
      'Level 1 Module 1 system 40 % of 2048 MiB',
      'Level 1 Module 2 system 35 % of 2048 MiB',
    ],
    temperature: ['Level 1 Module 1 45', 'Temperature Sensor 1 38'],
    device: [12, 40],
  },
  // The same tables where H3C still used Huawei's number.
  'h3c-of-2005': {
    profile: 'h3c-huawei',
    cells: {
      ...system('2011.10.1.88', 'H3C Comware Platform Software, Version 3.10 H3C S3600'),
      ...tableOf(`${E}.2011.10.2.6.1.1.1.1`, [6, 8], { '2': [7, 33], '3': [0, 0] }),
    },
    cpu: ['2 7 %'],
    memory: ['2 system 33 %'],
    device: [7, null],
  },
  'zxr10-units': {
    profile: 'zte-zxr10',
    cells: {
      ...system('3902.3.100.30', 'ZXR10 5960-64DL-H, ZTE ZXR10 Software Version: 5900 V4.00.10'),
      ...tableOf(`${E}.3902.3.3.1.1`, [3, 4, 12], { '0': [512, 50, 21], '1': [512, 0, 0] }),
    },
    cpu: ['Unit 0 21 %', 'Unit 1 0 %'],
    memory: ['Unit 0 system 50 % of 512 MiB'],
    device: [21, 50],
  },
  'zxr10-new': {
    profile: 'zte-zxr10',
    cells: {
      ...system('3902.3.100.6002', 'ZXR10 M6000-8S, ZTE ZXR10 Software, Version: V3.00.20'),
      ...tableOf(`${E}.3902.3.6002.2.1.1`, [5, 6, 7, 9, 13], {
        '0.0.1.1': [8192, 25, 30, 12, 'MPU-1/0'],
        '0.0.2.1': [4096, 0, 3, 2, 'PFU-2/0'],
      }),
      ...tableOf(`${E}.3902.3.6002.2.5.1`, [9], { '0.0.1.1': [46] }),
      ...tableOf(`${E}.3902.3.6002.2.4.1`, [3], { '0.0': [24] }),
    },
    cpu: ['MPU-1/0 12 %', 'PFU-2/0 2 %'],
    memory: ['MPU-1/0 system 25 % of 8192 MiB'],
    temperature: ['Shelf 0.0 24', 'Slot 0.0.1.1 46'],
    device: [12, 25],
  },
  // A pool that tells only its share, under index 0.
  'ruijie-pool': {
    profile: 'ruijie',
    cells: {
      ...system('4881.1.1.10.1.100', 'Ruijie Gigabit Switch (S2910-24GT4XS-E) By Ruijie Networks'),
      [`${E}.4881.1.1.10.2.36.1.1.1.0`]: 9,
      [`${E}.4881.1.1.10.2.36.1.1.3.0`]: 14,
      ...tableOf(`${E}.4881.1.1.10.2.35.1.1.1`, [2, 3], { '0': ['Memory pool', 62] }),
      [`${E}.4881.1.1.10.2.1.1.16.0`]: 43,
    },
    cpu: ['CPU 14 %'],
    memory: ['Memory pool system 62 %'],
    temperature: ['System 43'],
    device: [14, null],
  },
  'ruijie-nodes': {
    profile: 'ruijie',
    cells: {
      ...system('4881.1.1.10.1.150', 'Ruijie 10G Routing Switch(N18010) By Ruijie Networks'),
      ...tableOf(`${E}.4881.1.1.10.2.36.1.2.1`, [2, 5], {
        '1': ['Slot M1', 11],
        '2': ['Slot 1', 44],
      }),
      ...tableOf(`${E}.4881.1.1.10.2.35.1.1.1`, [2, 3, 6, 7, 8], {
        '1': ['M1', 50, 4_194_304, 2_097_152, 2_097_152],
      }),
      ...tableOf(`${E}.4881.1.1.10.2.1.1.44.1`, [4, 5], {
        '1.0.1': ['air_inlet ', 25],
        '1.0.2': ['x', 0],
      }),
    },
    cpu: ['Slot 1 44 %', 'Slot M1 11 %'],
    memory: ['M1 system 50 % of 4096 MiB'],
    temperature: ['air_inlet 1.0.1 25'],
    device: [44, 50],
  },
  // A processor with cores and one without; a packet processor; a pool that is always full.
  'cisco-xe': {
    profile: 'cisco-iosxe',
    cells: {
      ...system('9.1.1707', 'Cisco IOS Software, ISR Software (X86_64_LINUX_IOSD-UNIVERSALK9-M)'),
      ...entities({ '7': [9, 'cpu R0/0'], '9': [9, 'cpu F0'], '12': [9, 'qfp F0'] }),
      ...tableOf(`${CISCO}.109.1.1.1.1`, [2, 5, 8], { '2': [7, 20, 20], '3': [9, 30, null] }),
      ...tableOf(`${CISCO}.109.1.1.2.1`, [5], { '2.0': [10], '2.1': [40] }),
      ...tableOf(`${CISCO}.715.1.1.6.1`, [14], { '12.1': [90], '12.2': [80], '12.3': [66] }),
      ...tableOf(`${CISCO}.221.1.1.1.1`, [3, 6, 7, 8, 18, 20], {
        '7.1': ['Processor', 1, 1, 1, 3_221_225_472, 1_073_741_824],
        '7.2': ['lsmpi_io', 1, 6_294_304, 824, null, null],
        '7.9': ['Bad', 2, 5, 5, null, null],
      }),
      ...tableOf(`${CISCO}.48.1.1.1`, [2, 5, 6], { '1': ['Processor', 7, 3] }),
      ...tableOf(`${CISCO}.10.1.1.4.1.1`, [4, 5, 10, 13, 14], {
        '1.1': [4_294_967_295, 4_294_967_295, 'bootflash', 8_589_934_592, 4_294_967_296],
        '2.1': [1_048_576, 524_288, 'nvram', null, null],
      }),
      ...tableOf(`${CISCO}.10.1.1.2.1`, [7], { '1': ['bootflash:'] }),
      ...tableOf(`${CISCO}.91.1.1.1.1`, [1, 2, 3, 4, 5], {
        '100': [8, 9, 0, 31, 1],
        '101': [8, 9, 1, -32_768, 1],
        '102': [8, 9, 1_615_384_784, 33, 1],
        '103': [8, 9, 0, 70, 2],
        '104': [6, 9, 0, 12, 1],
      }),
      ...tableOf(`${M}.99.1.1.1`, [1, 2, 3, 4, 5], {
        '100': [8, 9, 0, 31, 1],
        '200': [8, 8, 0, 28_500, 1],
      }),
      ...tableOf(`${CISCO}.13.1.3.1`, [2, 3, 6], { '1': ['Inlet', 24, 1], '2': ['Outlet', 0, 5] }),
    },
    cpu: ['cpu F0 30 %', 'cpu R0/0 Core 0 10 %', 'cpu R0/0 Core 1 40 %', 'qfp F0 66 %'],
    memory: [
      'cpu R0/0 Processor system 75 % of 4096 MiB',
      'cpu R0/0 lsmpi_io system 99.99 % of 6 MiB',
    ],
    storage: ['bootflash: 50 % of 8192 MiB', 'nvram 50 % of 1 MiB'],
    temperature: ['100 31', '102 33', '200 28.5', 'Inlet 24'],
    device: [30, 75],
  },
  // IOS 11 and 12.0: one number for the processor, pools without the enhanced table.
  'cisco-old': {
    profile: 'cisco-ios',
    cells: {
      ...system('9.1.209', 'Cisco Internetwork Operating System Software IOS (tm) C2600 Software'),
      [`${E}.9.2.1.58.0`]: 37,
      ...tableOf(`${CISCO}.48.1.1.1`, [2, 5, 6], {
        '1': ['Processor', 25_165_824, 8_388_608],
        '2': ['I/O', 4_194_304, 4_194_304],
      }),
    },
    cpu: ['Processor 37 %'],
    memory: ['I/O system 50 % of 8 MiB', 'Processor system 75 % of 32 MiB'],
    device: [37, 75],
  },
  // Neither table of pools: what the processes' table says, in KiB.
  'cisco-cpm': {
    profile: 'cisco-nxos',
    cells: {
      ...system(
        '9.12.3.1.3.1084',
        'Cisco NX-OS(tm) n5000, Software (n5000-uk9), Version 5.2(1)N1(4)',
      ),
      ...tableOf(`${CISCO}.109.1.1.1.1`, [2, 8, 12, 13, 17, 19], {
        '1': [0, 8, 1_572_864, 524_288, 0, 0],
      }),
    },
    cpu: ['Processor 1 8 %'],
    memory: ['Processor 1 system 75 % of 2048 MiB'],
    device: [8, 75],
  },
  'cisco-business': {
    profile: 'cisco-small-business',
    cells: {
      ...system('9.6.1.1006.28.5', 'CBS350-24P-4G 24-Port Gigabit PoE Stackable Managed Switch'),
      [`${E}.9.6.1.101.1.8.0`]: 101,
      ...tableOf(`${E}.9.6.1.101.53.15.1`, [10], { '1': [48], '2': [0] }),
    },
    temperature: ['Unit 1 48'],
    device: [null, null],
  },
  // An SRX: its services processors beside the routing engine; a fan that claims memory.
  'juniper-srx': {
    profile: 'juniper-junos',
    cells: {
      ...system(
        '2636.1.1.1.2.49',
        'Juniper Networks, Inc. srx3400 internet router, kernel JUNOS 12.1X46',
      ),
      ...tableOf(`${E}.2636.3.1.13.1`, [5, 7, 8, 11, 15], {
        '9.1.0.0': ['node0 Routing Engine 0', 38, 23, 60, 2048],
        '4.1.0.0': ['node0 Left Fan 1', 0, 0, 0, 512],
        '2.1.0.0': ['node0 PEM 0', 0, 0, 0, 0],
      }),
      ...tableOf(`${E}.2636.3.39.1.12.1.1.1`, [2, 3, 4, 5, 11], { '0': [1, 0, 71, 55, 'node0'] }),
      ...tableOf(`${E}.2636.3.60.1.1.1.1`, [8], { '513': [33], '514': [0] }),
      ...tableOf(`${M}.31.1.1.1`, [1], { '513': ['xe-1/0/0'], '514': ['xe-1/0/1'] }),
    },
    cpu: ['node0 Routing Engine 0 23 %', 'node0 SPU 1 0 71 %'],
    memory: ['node0 Routing Engine 0 system 60 % of 2048 MiB', 'node0 SPU 1 0 system 55 %'],
    temperature: ['node0 Routing Engine 0 38', 'xe-1/0/0 optics 33'],
    device: [71, 60],
  },
  // Without HOST-RESOURCES-MIB: UCD, where the disk is as full as a user finds it.
  'linux-ucd': {
    profile: 'linux',
    cells: {
      ...system('8072.3.2.10', 'Linux box 2.6.32 #1 SMP armv5tel'),
      [`${E}.2021.11.11.0`]: 88,
      [`${E}.2021.4.5.0`]: 1_048_576,
      [`${E}.2021.4.6.0`]: 262_144,
      [`${E}.2021.4.14.0`]: 131_072,
      [`${E}.2021.4.15.0`]: 131_072,
      ...tableOf(`${E}.2021.9.1`, [2, 6, 7, 8], {
        '1': ['/', 1_048_576, 471_859, 524_288],
        '2': ['/run', 1024, 1024, 0],
      }),
      ...tableOf(`${E}.2021.13.16.2.1`, [2, 3], { '1': ['temp1', 41_500], '2': ['temp2', 0] }),
    },
    cpu: ['CPU 12 %'],
    memory: [
      'Cached memory cached 12.5 % of 1024 MiB',
      'Memory buffers buffers 12.5 % of 1024 MiB',
      'Physical memory system 50 % of 1024 MiB',
    ],
    storage: ['/ 55 % of 1024 MiB'],
    temperature: ['temp1 41.5'],
    device: [12, 50],
  },
  // An agent that has left buffers and cache out of what is used, and says the kernel's own figure.
  'linux-new': {
    profile: 'linux',
    cells: {
      ...system('8072.3.2.10', 'Linux box 6.1.0 #1 SMP x86_64'),
      ...storages({
        '1': [2, 'Physical memory', 1024, 1_048_576, 262_144],
        '6': [1, 'Memory buffers', 1024, 1_048_576, 131_072],
        '7': [1, 'Cached memory', 1024, 524_288, 524_288],
        '31': [4, '/', 4096, -1_610_612_736, 1_342_177_280],
        '32': [4, '/run/user/0', 4096, 1000, 1],
        '33': [10, '/mnt/nfs', 4096, 1000, 1],
        '34': [5, '/media/stick', 4096, 1000, 1],
      }),
      [`${M}.25.2.2.0`]: 1_048_576,
      [`${E}.2021.4.5.0`]: 1_048_576,
      [`${E}.2021.4.27.0`]: 734_003,
    },
    memory: [
      'Available memory system 30 % of 1024 MiB',
      'Cached memory cached 50 % of 1024 MiB',
      'Memory buffers buffers 12.5 % of 1024 MiB',
      'Physical memory system 25 % of 1024 MiB',
    ],
    storage: ['/ 50 % of 10485760 MiB'],
    device: [null, 30],
  },
  windows: {
    profile: 'windows',
    cells: {
      ...system(
        '311.1.1.3.1.2',
        'Hardware: AMD64 Family 25 - Software: Windows Version 10.0 (Build 20348)',
      ),
      ...storages({
        '1': [4, 'C:\\ Label:System  Serial Number 1a2b', 4096, 1_048_576, 524_288],
        '2': [7, 'D:\\', 0, 0, 0],
        '3': [3, 'Virtual Memory', 65_536, 32_768, 8_192],
        '4': [2, 'Physical Memory', 65_536, 16_384, 4_096],
      }),
      ...tableOf(`${M}.25.3.3.1`, [2], { '6': [10], '7': [30] }),
    },
    cpu: ['6 10 %', '7 30 %'],
    memory: ['Physical Memory system 25 % of 1024 MiB', 'Virtual Memory virtual 25 % of 2048 MiB'],
    storage: ['C:\\ 50 % of 4096 MiB'],
    device: [20, 25],
  },
  arista: {
    profile: 'arista-eos',
    cells: {
      ...system(
        '30065.1.3011.7050',
        'Arista Networks EOS version 4.28.3M running on an Arista Networks 7050',
      ),
      ...storages({
        '1': [2, 'RAM', 1024, 4_194_304, 3_145_728],
        '2': [2, 'RAM (Buffers)', 1024, 4_194_304, 524_288],
        '3': [2, 'RAM (Cache)', 1024, 4_194_304, 1_572_864],
        '100': [9, 'Flash', 4096, 262_144, 131_072],
      }),
      ...tableOf(`${M}.99.1.1.1`, [1, 2, 3, 4, 5], {
        '100601110': [8, 9, 1, 421, 1],
        '7': [8, 9, 1, 0, 3],
      }),
      [`${ENTITY}.2.100601110`]: 'Cpu temp sensor',
    },
    memory: [
      'RAM (Buffers) buffers 12.5 % of 4096 MiB',
      'RAM (Cache) cached 37.5 % of 4096 MiB',
      'RAM system 25 % of 4096 MiB',
    ],
    storage: ['Flash 50 % of 1024 MiB'],
    temperature: ['Cpu temp sensor 42.1'],
    device: [null, 25],
  },
  // Panorama is a Linux host; a firewall's data plane has rows of its own.
  panorama: {
    profile: 'paloalto-panos',
    cells: {
      ...system('25461.2.3.7', 'Palo Alto Networks Panorama server'),
      ...storages({
        '1': [2, 'Physical memory', 1024, 1_048_576, 943_718],
        '3': [3, 'Virtual memory', 1024, 2_097_152, 1_048_576],
        '6': [1, 'Memory buffers', 1024, 1_048_576, 104_858],
        '7': [1, 'Cached memory', 1024, 314_573, 314_573],
      }),
    },
    memory: [
      'Memory buffers buffers 10 % of 1024 MiB',
      'Physical memory system 50 % of 1024 MiB',
      'Virtual memory virtual 50 % of 2048 MiB',
    ],
    device: [null, 50],
  },
  // Whole numbers where there are no tenths; a probe that is unplugged.
  'apc-old-card': {
    profile: 'apc',
    cells: {
      ...system('318.1.3.2.7', 'APC Web/SNMP Management Card (MB:v3.9.2 PF:v2.6.4)'),
      [`${APC}.1.2.2.1.0`]: 97,
      [`${APC}.1.2.2.2.0`]: 31,
      ...tableOf(`${APC}.10.2.3.2.1`, [2, 3, 4], { '1': ['Rack 4', 2, 22], '2': ['Spare', 1, 0] }),
    },
    temperature: ['Battery 31', 'Rack 4 22'],
  },
  eaton: {
    profile: 'eaton-ups',
    cells: {
      ...system('534.1', 'Eaton 9PX 6000i'),
      [`${E}.534.1.6.1.0`]: 27,
      [`${M}.33.1.2.7.0`]: 29,
      [`${M}.33.1.2.4.0`]: 100,
    },
    temperature: ['Ambient 27', 'Battery 29'],
  },
  ibmc: {
    profile: 'huawei-ibmc',
    cells: {
      ...system('2011.2.235.1.1', 'Hardware management system'),
      [`${E}.2011.2.235.1.1.1.23.0`]: 6,
      [`${E}.2011.2.235.1.1.1.25.0`]: 41,
      ...tableOf(`${E}.2011.2.235.1.1.26.50.1`, [2, 3], {
        '1': ['Inlet Temp', 235],
        '2': ['CPU1 Core Rem', 520],
        '3': ['PCH Temp', 65_535],
      }),
    },
    cpu: ['CPU 6 %'],
    memory: ['Memory system 41 %'],
    temperature: ['CPU1 Core Rem 52', 'Inlet Temp 23.5'],
    device: [6, null],
  },
  // "tmpfs on /run" is no disk; a sensor that is not fitted reads -99, a drive that cannot -1.
  ilo: {
    profile: 'hpe-ilo',
    cells: {
      ...system('232.9.4.11', 'Integrated Lights-Out 5 2.44 May 10 2021'),
      [`${E}.232.11.2.13.1.0`]: 65_536,
      [`${E}.232.11.2.13.2.0`]: 16_384,
      ...tableOf(`${E}.232.11.2.4.1.1`, [2, 3, 4], {
        '0': ['/dev/sda2 on /', 1000, 250],
        '1': ['tmpfs on /run', 100, 99],
        '2': ['C:\\ [OS:NTFS]', 2000, 500],
      }),
      ...tableOf(`${E}.232.6.2.6.8.1`, [3, 4], {
        '0.1': [11, 21],
        '0.2': [6, 40],
        '0.3': [7, -99],
      }),
      ...tableOf(`${E}.232.3.2.5.1.1`, [64, 70], {
        '0.0': ['Port 1I Box 1 Bay 1', 30],
        '0.1': ['', -1],
      }),
    },
    memory: ['Physical memory system 75 % of 65536 MiB'],
    storage: ['/ 25 % of 1000 MiB', 'C: 25 % of 2000 MiB'],
    temperature: ['CPU 2 40', 'Port 1I Box 1 Bay 1 30', 'ambient 1 21'],
    device: [null, 75],
  },
  'hikvision-nvr': {
    profile: 'hikvision-nvr',
    cells: {
      ...system('50001', 'Hikvision company products'),
      [`${E}.50001.1.220.0`]: 1024,
      [`${E}.50001.1.221.0`]: 47,
      ...tableOf(`${E}.50001.1.241.1`, [2, 3, 4, 5], {
        '1': ['hdd1', 0, 953_869, 3_815_447],
        '2': ['hdd2', 6, 0, 0],
      }),
    },
    memory: ['Memory system 47 % of 1024 MiB'],
    storage: ['hdd1 75 % of 3815447 MiB'],
    device: [null, 47],
  },
  // Health values in tenths, before there was a table of gauges.
  'routeros-6': {
    profile: 'mikrotik-routeros',
    cells: {
      ...system('14988.1', 'RouterOS RB2011UiAS'),
      [`${E}.14988.1.1.3.10.0`]: 390,
      [`${E}.14988.1.1.3.11.0`]: 0,
      ...tableOf(`${M}.25.3.3.1`, [2], { '1': [4] }),
    },
    cpu: ['1 4 %'],
    temperature: ['Board 39'],
    device: [4, null],
  },
  'qnap-old': {
    profile: 'qnap',
    cells: {
      ...system('24681.1', 'Linux TS-509 3.8'),
      [`${E}.24681.1.2.5.0`]: '43 C/109 F',
      ...tableOf(`${E}.24681.1.2.11.1`, [2, 3, 4], {
        '1': ['HDD1', '31 C/87 F', 0],
        '2': ['HDD2', '--', -5],
      }),
    },
    temperature: ['CPU 43', 'HDD1 31'],
  },
  'fortigate-big': {
    profile: 'fortinet-fortigate',
    cells: {
      ...system('12356.101.1.3010', ''),
      [`${E}.12356.101.4.1.3.0`]: 12,
      [`${E}.12356.101.4.1.4.0`]: 50,
      [`${E}.12356.101.4.1.5.0`]: 16_777_216,
      [`${E}.12356.101.4.1.6.0`]: 25,
      [`${E}.12356.101.4.1.7.0`]: 100,
      ...tableOf(`${E}.12356.101.4.4.2.1`, [2], { '1': [10], '2': [90] }),
      ...tableOf(`${E}.12356.101.4.3.2.1`, [2, 3, 4], {
        '1': ['CPU 0 Temperature', '48.5', 0],
        '2': ['PSU2 Temp', '-1', 0],
        '3': ['Fan 1', '5200', 0],
        '4': ['+12V', '12.06', 0],
      }),
    },
    cpu: ['Core 1 10 %', 'Core 2 90 %', 'System 12 %'],
    memory: ['Main memory system 50 % of 16384 MiB'],
    storage: ['Log disk 25 % of 100 MiB'],
    temperature: ['CPU 0 Temperature 48.5'],
    device: [12, 50],
  },
  'aruba-controller': {
    profile: 'aruba-controller',
    cells: {
      ...system('14823.1.1.32', 'ArubaOS (MODEL: Aruba7210), Version 6.5.4.5 (65110)'),
      ...tableOf(`${E}.14823.2.2.1.2.1.13.1`, [2, 3], { '1': ['Network Processor CPU10', 22] }),
      ...tableOf(`${E}.14823.2.2.1.1.1.11.1`, [2, 3, 4], {
        '1': [5_184_256, 1_296_064, 3_888_192],
      }),
      [`${E}.14823.2.2.1.2.1.10.0`]: '45.50 degrees Celsius',
    },
    cpu: ['Network Processor CPU10 22 %'],
    memory: ['Memory 1 system 25 % of 5062.75 MiB'],
    temperature: ['Internal 45.5'],
    device: [22, 25],
  },
};

/** Devices of no family: what they answer of the standard tables. */
const STRANGERS: Readonly<Record<string, Family>> = {
  'unknown-maker': {
    profile: 'generic',
    cells: {
      ...system('99999.1.1', 'A thing nobody has heard of'),
      ...tableOf(`${M}.25.3.3.1`, [2], { '1': [40] }),
      ...storages({
        '1': [2, 'Main memory', 1024, 1024, 512],
        '2': [9, 'flash', 1024, 2048, 512],
        '3': [2, 'Empty bank', 1024, 0, 0],
      }),
      ...tableOf(`${M}.99.1.1.1`, [1, 2, 3, 4, 5], {
        '5': [8, 9, 0, 33, 1],
        '6': [8, 9, 0, 99, 2],
      }),
      [`${ENTITY}.7.5`]: 'Board',
    },
    cpu: ['1 40 %'],
    memory: ['Main memory system 50 % of 1 MiB'],
    storage: ['flash 25 % of 2 MiB'],
    temperature: ['Board 33'],
    device: [40, 50],
  },
  'unknown-ups': {
    profile: 'ups-generic',
    cells: {
      ...system('99999.2.1', 'Some UPS'),
      [`${M}.33.1.2.4.0`]: 98,
      [`${M}.33.1.2.7.0`]: 26,
    },
    temperature: ['Battery 26'],
  },
  'unknown-printer': {
    profile: 'printer',
    cells: {
      ...system('99999.3.1', 'Some printer'),
      [`${M}.43.10.2.1.4.1.1`]: 12_345,
      ...storages({ '1': [2, 'RAM', 1, 134_217_728, 33_554_432] }),
    },
    memory: ['RAM system 25 % of 128 MiB'],
    device: [null, 25],
  },
  // A host that also speaks for the UPS under the desk stays a host.
  'linux-with-ups': {
    profile: 'linux',
    cells: {
      ...system('8072.3.2.10', 'Linux desk 6.1.0 #1 SMP x86_64'),
      [`${M}.33.1.2.4.0`]: 98,
      [`${M}.33.1.2.7.0`]: 26,
      ...tableOf(`${M}.25.3.3.1`, [2], { '1': [40] }),
    },
    cpu: ['1 40 %'],
    temperature: ['Battery 26'],
    device: [40, null],
  },
  // Not a single cell of the system group, as with cameras: the ports are there all the same.
  nameless: {
    profile: 'generic',
    cells: { ...tableOf(`${M}.2.2.1`, [2, 7, 8], { '1': ['eth0', 1, 1] }) },
  },
};

const DEVICES: Readonly<Record<string, Family>> = { ...FAMILIES, ...STRANGERS };

testFamilies(DEVICES);
