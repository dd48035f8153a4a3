/**
 * Generations of a family that keep their figures elsewhere than today's: the ordered fallbacks of
 * the profiles, and the placeholders such boxes answer. Written down from the MIBs.
 */
import { E, ENTITY, entities, type Family, M, system, testFamilies } from './in-words.ts';
import { tableOf } from './simulator.ts';

const CISCO = `${E}.9.9`;
const JUNOS = `${E}.2636.3.1.13.1`;

const DEVICES: Readonly<Record<string, Family>> = {
  // Today's sysObjectID, tables still below Huawei's number; a sensor without threshold is none.
  'h3c-under-old-tables': {
    profile: 'h3c-comware',
    cells: {
      ...system(
        '25506.1.999',
        'H3C Comware Platform Software H3C WX5540E. Product Version Release 3111P07 Copyright',
      ),
      ...entities({
        '1': [3, 'H3C WX5540E'],
        '10': [9, 'Module 1'],
        '11': [9, 'Virtual module'],
        '12': [8, 'Sensor 1'],
        '20': [10, 'GigabitEthernet1/0/1'],
      }),
      ...tableOf(`${E}.2011.10.2.6.1.1.1.1`, [6, 8, 10, 12, 13], {
        '10': [31, 45, 536_870_912, 65_535, 0],
        '11': [0, 0, 0, 0, 0],
        '12': [0, 0, 0, 38, 80],
        '20': [0, 0, 0, 38, 80],
      }),
    },
    cpu: ['Module 1 31 %'],
    memory: ['Module 1 system 45 % of 512 MiB'],
    temperature: ['Sensor 1 38'],
    device: [31, 45],
    facts: { model: 'WX5540E', version: 'Release 3111P07', category: 'wireless-controller' },
  },
  // No entity table at all: the slots that have memory, else the system.
  'h3c-slots': {
    profile: 'h3c-comware',
    cells: {
      ...system('25506.1.997', 'H3C Switch S3100V2 Software Version 5.20, Release 2108P01'),
      ...tableOf(`${E}.25506.8.35.18.4.3.1`, [4, 11, 12, 13, 14], {
        '1.0': [18, 268_435_456, 134_217_728, 50, 44],
        '1.1': [0, 0, 0, 0, 0],
      }),
      [`${E}.25506.8.35.18.1.3.0`]: 18,
    },
    cpu: ['Slot 1.0 18 %'],
    memory: ['Slot 1.0 system 50 % of 256 MiB'],
    temperature: ['Slot 1.0 44'],
    device: [18, 50],
    facts: { model: 'S3100V2', version: '5.20, Release 2108P01' },
  },
  'h3c-system': {
    profile: 'h3c-comware',
    cells: {
      ...system('25506.1.996', 'H3C Switch E126 Software Version 5.20, Release 1103'),
      [`${E}.25506.8.35.18.1.3.0`]: 27,
      [`${E}.25506.8.35.18.1.16.0`]: 64,
    },
    cpu: ['System 27 %'],
    memory: ['System system 64 %'],
    device: [27, null],
  },
  // A stack above its chassis: the chassis is the model.
  'h3c-stack': {
    profile: 'h3c-comware',
    cells: {
      ...system(
        '25506.1.998',
        'H3C Comware Platform Software, Software Version 7.1.070, Release 6530',
      ),
      ...tableOf(ENTITY, [5, 13], { '1': [11, 'STACK MODE'], '3': [3, 'H3C S10504'] }),
    },
    facts: { model: 'S10504', version: '7.1.070, Release 6530' },
  },
  'huawei-silent-description': {
    profile: 'huawei-vrp',
    cells: {
      ...system('2011.2.89.4', 'core one'),
      ...tableOf(ENTITY, [2, 5, 10, 13], {
        '1': ['ME60-X16 frame', 3, 'Version 8.180 V800R010C10SPC500', ''],
        '9': ['Board', 9, '', 'ME0B00CKXF80'],
      }),
    },
    facts: { model: 'ME60-X16', version: 'V800R010C10SPC500', category: 'router' },
  },
  // Boards with two processors and one memory; a power board has neither.
  'zxr10-boards': {
    profile: 'zte-zxr10',
    cells: {
      ...system(
        '3902.3.600.3.1.602',
        'ZTE ZXR10 9904 Software, 9900 Version: V2.00.10.B05, RELEASE',
      ),
      ...tableOf(`${E}.3902.3.600.2.1.1`, [3, 4, 5, 6, 7, 8], {
        '0.0.1.0': [2048, 40, 90, 15, 12, 95],
        '0.0.1.1': [2048, 40, 80, 9, 7, 88],
        '0.0.5.0': [0, 0, 0, 0, 0, 0],
      }),
    },
    cpu: ['Slot 1 CPU 0 12 %', 'Slot 1 CPU 1 7 %'],
    memory: ['Slot 1 system 40 % of 2048 MiB'],
    device: [12, 40],
    facts: { version: 'V2.00.10.B05', model: '9904' },
  },
  'hillstone-of-old': {
    profile: 'hillstone-stoneos',
    cells: {
      ...system('28557.1.12', 'Hillstone Security Appliance SG-6000-M3100'),
      [`${E}.28557.2.2.1.0`]: '0802000000000000',
      [`${E}.28557.2.2.2.0`]: 'Version 4.0 SG6000-M-2-4.0R5.bin',
      [`${E}.28557.2.2.3.0`]: 12,
      [`${E}.28557.2.2.4.0`]: 1_048_576,
      [`${E}.28557.2.2.5.0`]: 786_432,
    },
    cpu: ['CPU 12 %'],
    memory: ['Memory system 75 % of 1024 MiB'],
    device: [12, 75],
    facts: { model: 'SG-6000-M3100', version: '4.0', serial: '0802000000000000' },
  },
  // Texts, and the description of the site's own.
  'zxr10-texts': {
    profile: 'zte-zxr10',
    cells: {
      ...system('3902.15.2.30.104', 'second floor'),
      [`${E}.3902.15.2.30.1.3.0`]: '7.5',
      [`${E}.3902.15.2.30.1.5.0`]: '62.5',
      [`${E}.3902.15.2.30.1.6.0`]: 'ZXR10 2928E',
      [`${E}.3902.15.2.30.1.13.0`]: 256,
      [`${E}.3902.15.2.30.1.25.0`]: 'V2.05.10B24',
      [`${E}.3902.15.2.30.1.36.0`]: '210000000001',
    },
    cpu: ['CPU 7.5 %'],
    memory: ['Memory system 62.5 % of 256 MiB'],
    device: [7.5, 62.5],
    facts: { model: '2928E', version: 'V2.05.10B24', serial: '210000000001' },
  },
  'zxr10-used-in-megabytes': {
    profile: 'zte-zxr10',
    cells: {
      ...system('3902.3.100.138', 'ZXR10 3884, ZTE ZXR10 Software Version: 3800 V4.8.01.A'),
      ...tableOf(`${E}.3902.3.3.1.1`, [3, 4, 12], { '0': [512, 384, 5] }),
    },
    cpu: ['Unit 0 5 %'],
    memory: ['Unit 0 system 75 % of 512 MiB'],
    device: [5, 75],
  },
  // A line card has no memory of its own and does not work as a processor.
  'zxa10-first-generation': {
    profile: 'zte-zxa10',
    cells: {
      ...system(
        '3902.1015.1.1.1.1.2',
        'ZXA10 C300 Version V1.2.5 Software, (c) by ZTE Corporation',
      ),
      ...tableOf(`${E}.3902.1015.2.1.1.3.1`, [4, 9, 11, 19], {
        '1.1.10': ['SCXN', 14, 36, 1024],
        '1.1.20': ['PRWG', 0, 0, 0],
      }),
      ...tableOf(`${E}.3902.1015.2.1.3.13.5.1`, [1], { '1.1.10': [41], '1.1.20': [-274] }),
    },
    cpu: ['SCXN 1.1.10 14 %'],
    memory: ['SCXN 1.1.10 system 36 % of 1024 MiB'],
    temperature: ['Card 1.1.10 SCXN 41'],
    device: [14, 36],
  },
  // Cores tell the processor already: the mean of old software beside them is not another one.
  'iosxe-cores-and-old-mean': {
    profile: 'cisco-iosxe',
    cells: {
      ...system(
        '9.1.2494',
        'Cisco IOS Software, Catalyst L3 (CAT9K_IOSXE), Version 17.3.4, RELEASE',
      ),
      ...tableOf(`${CISCO}.109.1.1.1.1`, [2, 8], { '19': [0, 30] }),
      ...tableOf(`${CISCO}.109.1.1.2.1`, [5], { '19.0': [20], '19.1': [40] }),
      [`${E}.9.2.1.58.0`]: 30,
    },
    cpu: ['Core 0 20 %', 'Core 1 40 %'],
    device: [30, null],
  },
  'iosxr-with-its-package': {
    profile: 'cisco-iosxr',
    cells: {
      ...system(
        '9.1.1709',
        'Cisco IOS XR Software (ASR9K), Version 6.4.2[Default] Copyright (c) 2018',
      ),
      ...tableOf(`${CISCO}.109.1.1.1.1`, [2, 8], { '2': [8_384_518, 3], '3': [0, 6] }),
      [`${ENTITY}.7.8384518`]: '0/RSP0/CPU0',
    },
    cpu: ['0/RSP0/CPU0 3 %', 'Processor 3 6 %'],
    device: [6, null],
    facts: { version: '6.4.2', category: 'router' },
  },
  // A chassis whose description says nothing: line cards have firmware of their own.
  'ios-version-of-a-module': {
    profile: 'cisco-ios',
    cells: {
      ...system('9.1.283', 'core switch, ask the night shift'),
      ...tableOf(ENTITY, [5, 10, 13], {
        '1': [3, '', 'WS-C6509-E'],
        '1000': [9, '8.7(0.22)BUB15', 'WS-X6148A-RJ-45'],
        '5000': [9, '12.2(33)SXI9', 'WS-SUP720-3B'],
      }),
    },
    facts: { model: 'WS-C6509-E', version: '12.2(33)SXI9' },
  },
  'ios-one-minute-only': {
    profile: 'cisco-ios',
    cells: {
      ...system('9.1.516', 'Cisco IOS Software, C3750 Software, Version 12.2(55)SE'),
      ...tableOf(`${CISCO}.109.1.1.1.1`, [4], { '1': [17] }),
    },
    cpu: ['Processor 1 17 %'],
    device: [17, null],
  },
  // CISCO-SYSTEM-EXT-MIB alone.
  'nxos-without-pools': {
    profile: 'cisco-nxos',
    cells: {
      ...system(
        '9.12.3.1.3.840',
        'Cisco NX-OS(tm) n5000, Software (n5000-uk9), Version 5.2(1)N1(4)',
      ),
      [`${CISCO}.305.1.1.1.0`]: 23,
      [`${CISCO}.305.1.1.2.0`]: 61,
    },
    cpu: ['Processor 23 %'],
    memory: ['System system 61 %'],
    device: [23, null],
  },
  // The chassis runs the software that the description forgot to follow.
  'asa-description-behind': {
    profile: 'cisco-asa',
    cells: {
      ...system('9.1.2114', 'Cisco Adaptive Security Appliance Version 9.12(1)'),
      ...tableOf(ENTITY, [5, 10, 13], { '1': [3, '9.12(4)', 'ASA5516'] }),
    },
    facts: { version: '9.12(4)', model: 'ASA5516', category: 'firewall' },
  },
  'ftd-not-its-asa': {
    profile: 'cisco-ftd',
    cells: {
      ...system(
        '9.1.2404',
        'Cisco Firepower Threat Defense, Version 6.6.5 (Build 81), ASA Version 9.14(3)15',
      ),
      ...tableOf(ENTITY, [5, 10, 13], { '1': [3, '9.14(3)15', 'FPR-1120'] }),
    },
    facts: { version: '6.6.5', model: 'FPR-1120' },
  },
  'junos-memory-in-bytes': {
    profile: 'juniper-junos',
    cells: {
      ...system(
        '2636.1.1.1.2.9',
        'Juniper Networks, Inc. m7i internet router, kernel JUNOS 8.5R4.3',
      ),
      ...tableOf(JUNOS, [5, 7, 8, 10, 11], {
        '2.1.0.0': ['Power Supply 0', 0, 0, 0, 0],
        '9.1.0.0': ['Routing Engine', 34, 11, 536_870_912, 50],
      }),
    },
    cpu: ['Routing Engine 11 %'],
    memory: ['Routing Engine system 50 % of 512 MiB'],
    temperature: ['Routing Engine 34'],
    device: [11, 50],
  },
  // A stack that answers no HOST-RESOURCES-MIB: its members; alone, the system.
  'aoscx-stack': {
    profile: 'aruba-cx',
    cells: {
      ...system('47196.4.1.1.1.100', 'Aruba JL658A 6300M FL.10.07.0020'),
      ...tableOf(`${E}.47196.4.1.1.3.15.1.2.1`, [9, 10], { '1': [14, 33], '2': [8, 21] }),
      ...tableOf(`${E}.47196.4.1.1.3.22.1.0.1.1`, [3, 4], { '1': [14, 33] }),
    },
    cpu: ['Member 1 14 %', 'Member 2 8 %'],
    memory: ['Member 1 system 33 %', 'Member 2 system 21 %'],
    device: [14, null],
    facts: { model: '6300M', version: 'FL.10.07.0020' },
  },
  'aoscx-system-information': {
    profile: 'aruba-cx',
    cells: {
      ...system('47196.4.1.1.1.202', 'Aruba JL679A 6100 PL.10.09.1000'),
      ...tableOf(`${E}.47196.4.1.1.3.22.1.0.1.1`, [3, 4], { '1': [9, 44] }),
    },
    cpu: ['System 1 9 %'],
    memory: ['System 1 system 44 %'],
    device: [9, null],
  },
  // No gauges: the board and its processor, in tenths.
  'routeros-6': {
    profile: 'mikrotik-routeros',
    cells: {
      ...system('14988.1', 'RouterOS CCR1009-7G-1C-1S+'),
      [`${E}.14988.1.1.3.10.0`]: 345,
      [`${E}.14988.1.1.3.11.0`]: 512,
    },
    temperature: ['Board 34.5', 'Processor 51.2'],
  },
  'routeros-gauges': {
    profile: 'mikrotik-routeros',
    cells: {
      ...system('14988.1', 'RouterOS CCR2004-16G-2S+'),
      [`${E}.14988.1.1.3.10.0`]: 345,
      ...tableOf(`${E}.14988.1.1.3.100.1`, [2, 3, 4], {
        '14': ['temperature', 34, 1],
        '17': ['fan1-speed', 4500, 2],
      }),
    },
    temperature: ['temperature 34'],
  },
  // Degrees Fahrenheit; the third place has no probe.
  'apc-fahrenheit': {
    profile: 'apc',
    cells: {
      ...system(
        '318.1.3.27',
        'APC Web/SNMP Management Card (MB:v4.1.0 PF:v6.5.0 PN:apc_hw05_aos.bin)',
      ),
      [`${E}.318.1.1.1.1.2.1.0`]: 'UPS 05.0',
      ...tableOf(`${E}.318.1.1.10.2.3.2.1`, [2, 3, 4, 5], {
        '1': ['Rack', 2, 68, 2],
        '2': ['Room', 2, 77, 2],
        '3': ['None', 1, 70, 2],
      }),
    },
    temperature: ['Rack 20', 'Room 25'],
    facts: { version: 'v6.5.0' },
  },
  // Without software in the host the controller says 0.
  'ibmc-alone': {
    profile: 'huawei-ibmc',
    cells: {
      ...system('2011.2.235.1.1', 'Hardware management system'),
      [`${E}.2011.2.235.1.1.1.23.0`]: 0,
    },
  },
  // Empty bays of power supplies and disks.
  'qnap-empty-bays': {
    profile: 'qnap',
    cells: {
      ...system('24681', 'Linux TS-1283XU 5.1.2.2533'),
      ...tableOf(`${E}.24681.1.4.1.1.1.1.3.2.1`, [6], { '1': [31], '2': [0] }),
      ...tableOf(`${E}.24681.1.4.1.1.1.1.5.2.1`, [6, 8], { '1': [29, 'A'], '2': [-1, 'B'] }),
    },
    temperature: ['Disk 1 A 29', 'Power supply 1 31'],
    facts: { version: '5.1.2.2533' },
  },
  'ruijie-system-version': {
    profile: 'ruijie',
    cells: {
      ...system('4881.1.1.10.1.41', 'Ruijie 10G Routing Switch(S5760) By Ruijie Networks'),
      [`${E}.4881.1.1.10.2.1.1.2.0`]: 'RGOS 10.4(3b17)p2 Release(180357)',
      [`${E}.4881.1.1.10.2.1.1.24.0`]: 'G1XX000000001',
    },
    facts: { version: 'RGOS 10.4(3b17)p2 Release(180357)', serial: 'G1XX000000001' },
  },
  'windows-server-2022': {
    profile: 'windows',
    cells: system(
      '311.1.1.3.1.2',
      'Hardware: AMD64 Family 25 - Software: Windows Version 6.3 (Build 20348 Multiprocessor Free)',
    ),
    facts: {
      model: 'AMD x64',
      version: 'Windows Server 2022 (21H2), build 20348',
      category: 'server',
    },
  },
  'windows-11': {
    profile: 'windows-workstation',
    cells: system(
      '311.1.1.3.1.1',
      'Hardware: Intel64 Family 6 - Software: Windows Version 6.3 (Build 22631 Multiprocessor Free)',
    ),
    facts: { version: 'Windows 11 (23H2), build 22631', category: 'workstation' },
  },
  'windows-to-come': {
    profile: 'windows',
    cells: system(
      '311.1.1.3.1.2',
      'Hardware: Intel64 Family 6 - Software: Windows Version 6.4 (Build 99999 Multiprocessor Free)',
    ),
    facts: { version: 'Windows Version 6.4 (Build 99999' },
  },
  'printer-of-its-own-name': {
    profile: 'printer',
    cells: {
      ...system('1347.41', 'KYOCERA Document Solutions Printing System'),
      ...tableOf(`${M}.43.5.1.1`, [16, 17], { '1': ['ECOSYS M2540dn', 'VCG0000000'] }),
    },
    facts: { vendor: 'Kyocera', model: 'ECOSYS M2540dn', serial: 'VCG0000000' },
  },
};

testFamilies(DEVICES);
