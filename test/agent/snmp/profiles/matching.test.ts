/** The shipped profiles as data: whole, and each of them the only one for its devices. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  categoryOf,
  firstStage,
  genericProfile,
  type Identity,
  probed,
  secondStage,
} from '../../../../src/agent/snmp/identify.ts';
import type { Profile } from '../../../../src/agent/snmp/profile-schema.ts';
import { loadProfiles } from '../../../../src/agent/snmp/profiles.ts';
import { projectFile } from '../../../support/parts.ts';
import { PROFILES } from './simulator.ts';

const { all, byId } = loadProfiles([PROFILES]);
const ENTERPRISES = '1.3.6.1.4.1';

/** [profile, category, sysObjectID below enterprises ('' for none), sysDescr] */
const DEVICES: readonly (readonly [string, string, string, string])[] = [
  ['linux', 'server', '8072.3.2.10', 'Linux db1 5.10.0-21-amd64 #1 SMP Debian x86_64'],
  ['linux', 'server', '', 'Linux edge 6.1.0 #1 SMP aarch64'],
  ['linux', 'server', '8072.3.2.8', 'FreeBSD fw 13.2-RELEASE amd64'],
  ['windows', 'server', '311.1.1.3.1.2', 'Hardware: Intel64 - Software: Windows Version 10.0'],
  ['windows', 'server', '311.1.1.3.1.3', ''],
  [
    'windows-workstation',
    'workstation',
    '311.1.1.3.1.1',
    'Hardware: x86 - Software: Windows 2000 Version 5.1',
  ],
  ['vmware-esxi', 'hypervisor', '6876.4.1', 'VMware ESXi 6.7.0 build-8169922 VMware, Inc. x86_64'],
  ['vmware-vcenter', 'management', '6876.60.1.3.6', 'VMware-vCenter-Server-Appliance 6.7.0'],
  [
    'cisco-ios',
    'switch',
    '9.1.1208',
    'Cisco IOS Software, C2960X Software (C2960X-UNIVERSALK9-M), Version 15.2(2)E7',
  ],
  [
    'cisco-ios',
    'switch',
    '9.1.516',
    'Cisco IOS Software, C3750 Software (C3750-IPSERVICESK9-M), Version 12.2(55)SE',
  ],
  [
    'cisco-ios',
    'switch',
    '9.1.2593',
    'Cisco IOS Software, C1000 Software (C1000-UNIVERSALK9-M), Version 15.2(7)E3',
  ],
  [
    'cisco-ios',
    'router',
    '9.1.1045',
    'Cisco IOS Software, C2900 Software (C2900-UNIVERSALK9-M), Version 15.4(3)M',
  ],
  [
    'cisco-ios',
    'router',
    '9.1.577',
    'Cisco IOS Software, 2801 Software (C2801-ADVIPSERVICESK9-M), Version 12.4(24)T',
  ],
  [
    'cisco-ios',
    'router',
    '9.1.222',
    'Cisco Internetwork Operating System Software IOS (tm) 7200 Software (C7200-IK9S-M), Version 12.3',
  ],
  [
    'cisco-ios',
    'access-point',
    '9.1.1034',
    'Cisco IOS Software, C1140 Software (C1140-K9W7-M), Version 15.3(3)JA',
  ],
  ['cisco-ios', 'switch', '9.1.2683', 'Lobby switch, see the blue book'],
  [
    'cisco-iosxe',
    'switch',
    '9.1.2494',
    'Cisco IOS Software [Fuji], Catalyst L3 Switch Software (CAT9K_IOSXE), Version 16.9.4',
  ],
  [
    'cisco-iosxe',
    'switch',
    '9.1.1745',
    'Cisco IOS Software, IOS-XE Software, Catalyst L3 Switch Software (CAT3K_CAA-UNIVERSALK9-M)',
  ],
  [
    'cisco-iosxe',
    'router',
    '9.1.1707',
    'Cisco IOS Software, ISR Software (X86_64_LINUX_IOSD-UNIVERSALK9-M), Version 15.5(3)S',
  ],
  [
    'cisco-iosxe',
    'router',
    '9.1.923',
    'Cisco IOS Software, ASR1000 Software (PPC_LINUX_IOSD-ADVIPSERVICESK9-M), Version 15.1(3)S',
  ],
  [
    'cisco-iosxe',
    'wireless-controller',
    '9.1.2530',
    'Cisco IOS Software [Amsterdam], C9800 Software (C9800_IOSXE-K9), Version 17.3.4',
  ],
  [
    'cisco-iosxr',
    'router',
    '9.1.1639',
    'Cisco IOS XR Software (Cisco ASR9K Series), Version 6.1.4',
  ],
  ['cisco-nxos', 'switch', '9.12.3.1.3.1812', 'Cisco NX-OS(tm) nxos.9.3.5.bin, Software (nxos)'],
  ['cisco-nxos', 'switch', '9.12.3.1.3.840', ''],
  ['cisco-nxos', 'switch', '9.1.1000', 'Cisco NX-OS(tm) m9500, Software (m9500-sf2ek9-mz)'],
  ['cisco-asa', 'firewall', '9.1.1196', 'Cisco Adaptive Security Appliance Version 9.8(4)'],
  ['cisco-asa', 'firewall', '9.1.2404', 'Cisco Adaptive Security Appliance Version 9.12(2)'],
  [
    'cisco-ftd',
    'firewall',
    '9.1.2404',
    'Cisco Firepower Threat Defense, Version 6.6.1 (Build 91), ASA Version 9.14(1)150',
  ],
  ['cisco-ftd', 'firewall', '9.1.2663', ''],
  ['cisco-ftd', 'firewall', '9.1.9999', 'Cisco Secure Firewall Threat Defense, Version 7.4'],
  ['cisco-wlc', 'wireless-controller', '9.1.1069', 'Cisco Controller'],
  ['cisco-wlc', 'wireless-controller', '9.6.1.37.240.1', 'Cisco Business Wireless'],
  ['cisco-small-business', 'switch', '9.6.1.83.28.1', 'SG300-28 28-Port Gigabit Managed Switch'],
  ['cisco-small-business', 'switch', '9.6.1.1006.28.5', 'CBS350-24P-4G 24-Port Gigabit PoE'],
  ['cisco-small-business', 'switch', '9.1.3120', 'Catalyst 1300 Series Managed Switch, 24-port'],
  ['huawei-vrp', 'switch', '2011.2.23.294', 'S5720 Huawei Versatile Routing Platform Software'],
  ['huawei-vrp', 'switch', '2011.2.239.12', 'Huawei Versatile Routing Platform Software CE12800'],
  ['huawei-vrp', 'switch', '2011.2.23.800', 'Huawei YunShan OS Version 1.22.0.1 (S5700 V600)'],
  ['huawei-vrp', 'router', '2011.2.224.62', 'Huawei AR169F Huawei Versatile Routing Platform'],
  ['huawei-vrp', 'router', '2011.2.62.2.5', 'Huawei Versatile Routing Platform Software NE40E'],
  ['huawei-vrp', 'firewall', '2011.2.321.12', 'Huawei Versatile Routing Platform USG6300'],
  ['huawei-vrp', 'firewall', '2011.2.999.1', 'USG6625E Huawei Versatile Routing Platform'],
  ['huawei-vrp', 'wireless-controller', '2011.2.240.3', 'AC6605 Huawei Versatile Routing Platform'],
  ['huawei-ibmc', 'bmc', '2011.2.235.1.1', 'Hardware management system'],
  ['huawei-smartax', 'olt', '2011.2.248', 'Huawei Integrated Access Software'],
  [
    'h3c-comware',
    'switch',
    '25506.1.1234',
    'H3C Comware Platform Software, Version 7.1.070 H3C S6520',
  ],
  ['h3c-comware', 'switch', '25506.11.1.24', 'HP Comware Platform Software HP A5500-24G EI Switch'],
  ['h3c-comware', 'router', '25506.1.900', 'H3C Comware Software, Version 7.1 H3C MSR36-20'],
  ['h3c-comware', 'firewall', '25506.1.950', 'H3C Comware Software, Version 7.1 H3C SecPath F1000'],
  ['h3c-comware', 'wireless-controller', '25506.1.960', 'H3C Comware Software H3C WX3540H'],
  ['h3c-huawei', 'switch', '2011.10.1.88', 'H3C Comware Platform Software, Version 3.10'],
  ['zte-zxr10', 'switch', '3902.3.100.20', 'ZXR10 ROS Version V4.08.23 ZXR10_5928 Software'],
  ['zte-zxr10', 'router', '3902.3.100.500', 'ZXR10 M6000-8S, ZTE ZXR10 Software Version: V2.00'],
  ['zte-zxa10', 'olt', '3902.1082.1001.320.2.1', 'C320 Version V2.1.0 Software by ZTE'],
  ['zte-zxa10', 'olt', '3902.1015.2.1.1', 'ZXA10 C300, ZTE ZXA10 Software'],
  ['ruijie', 'switch', '4881.1.1.10.1.150', 'Ruijie 10G Routing Switch(S6220) By Ruijie Networks'],
  ['ruijie', 'router', '4881.1.1.10.1.90', 'Ruijie Router (RSR20-14E) By Ruijie Networks'],
  ['ruijie', 'wireless-controller', '4881.1.1.10.1.60', 'Ruijie (WS6008) By Ruijie Networks'],
  [
    'fs-switch',
    'switch',
    '52642.1.1.10.1.805',
    'FS Campus Switch PoE (S5810-48TS-P) By FS.COM Inc',
  ],
  ['hillstone-stoneos', 'firewall', '28557.1.126', 'Hillstone Security Appliance SG-6000-E3965'],
  [
    'juniper-junos',
    'switch',
    '2636.1.1.1.4.82.5',
    'Juniper Networks, Inc. qfx5100-48s-6q Ethernet',
  ],
  ['juniper-junos', 'switch', '2636.1.1.1.2.43', 'Juniper Networks, Inc. ex2200-24t-4g Ethernet'],
  ['juniper-junos', 'router', '2636.1.1.1.2.57', 'Juniper Networks, Inc. mx80 internet router'],
  [
    'juniper-junos',
    'firewall',
    '2636.1.1.1.2.39',
    'Juniper Networks, Inc. srx210he internet router',
  ],
  ['arista-eos', 'switch', '30065.1.3011.7050.427.3648', 'Arista Networks EOS version 4.20.1F'],
  ['hp-procurve', 'switch', '11.2.3.7.11.84', 'HP J9146A E2910al-24G-PoE Switch, revision W.15'],
  ['hp-procurve', 'switch', '11.2.3.7.11.181.1', 'Aruba JL322A 2930M-48G Switch, revision WC.16'],
  ['aruba-cx', 'switch', '47196.4.1.1.1.100', ''],
  ['aruba-cx', 'switch', '47196.4.1.1.1.50', 'Aruba JL635A 8325 GL.10.04.0020'],
  [
    'aruba-controller',
    'wireless-controller',
    '14823.1.1.32',
    'ArubaOS (MODEL: Aruba7210), Version 6.5',
  ],
  ['aruba-instant', 'access-point', '14823.1.2.100', 'ArubaOS (MODEL: 315), Version 8.3.0.0'],
  ['mikrotik-routeros', 'router', '14988.1', 'RouterOS RB750Gr3'],
  ['mikrotik-routeros', 'switch', '14988.1', 'RouterOS CRS326-24G-2S+'],
  ['mikrotik-swos', 'switch', '14988.2', 'CSS326-24G-2S+'],
  ['fortinet-fortigate', 'firewall', '12356.101.1.644', ''],
  ['fortinet-fortigate', 'firewall', '12356.101.1.30', 'FortiGate VM'],
  ['fortinet-fortiswitch', 'switch', '12356.106.1.1248', 'FortiSwitch-124E'],
  ['fortinet-manager', 'management', '12356.103.1.1000', 'FortiAnalyzer'],
  ['paloalto-panos', 'firewall', '25461.2.3.54', 'Palo Alto Networks PA-400 series firewall'],
  ['paloalto-panos', 'management', '25461.2.3.7', 'Palo Alto Networks Panorama server'],
  ['synology-dsm', 'nas', '6574.1', ''],
  ['qnap', 'nas', '24681', 'Linux hostname 4.2.2'],
  ['qnap', 'nas', '24681.1', 'Linux TS-251 4.3.4'],
  ['apc', 'ups', '318.1.3.27', 'APC Web/SNMP Management Card (MB:v4.1.0 PF:v7.0.8)'],
  ['apc', 'pdu', '318.1.3.4.6', 'APC Web/SNMP Management Card (MB:v3.9.2)'],
  ['eaton-ups', 'ups', '534.1', 'Eaton 9PX 6000i'],
  ['eaton-mge', 'ups', '705.1.2', 'Eaton 5P 1550i'],
  ['dell-idrac', 'bmc', '674.10892.5', ''],
  ['dell-idrac', 'bmc', '674.10892.2', 'Dell Out-of-band SNMP Agent for Remote Access Controller'],
  ['hpe-ilo', 'bmc', '232.9.4.10', 'Integrated Lights-Out 4 2.72 Oct 20 2019'],
  ['hpe-ilo', 'bmc', '232.9.4.12', 'Integrated Lights-Out 6 1.40 Apr 20 2023'],
  ['hikvision-nvr', 'nvr', '50001', 'Hikvision company products'],
  ['dahua', 'nvr', '1004849.3.2.10', 'DH-NVR4108HS-8P-4KS2'],
  ['dahua', 'camera', '1004849.2.1', 'DH-IPC-HFW2431S-S-S2'],
  ['printer', 'printer', '11.2.3.9.1', 'HP ETHERNET MULTI-ENVIRONMENT,SN:A,FN:B,PID:LaserJet'],
  ['printer', 'printer', '1347.41', 'KYOCERA Document Solutions Printing System'],
  ['printer', 'printer', '2435.2.3.9.1', 'Brother NC-8200h, Firmware Ver.1.08'],
  ['generic', 'other', '99999.1', 'A thing nobody has heard of'],
  ['generic', 'other', '', ''],
  // Close to a family's numbers or words, and none of the family.
  ['generic', 'other', '2011.2.91', 'OceanStor'],
  ['generic', 'other', '9.6.1.32.321.1', 'Cisco Small Business WAP321'],
  ['generic', 'other', '9.12.3.1.3.1062', 'Cisco NX-OS(tm) ucs, Software (ucs-6100-k9-system)'],
];

const identityOf = (oid: string, sysDescr: string): Identity => ({
  sysObjectID: oid === '' ? '' : `${ENTERPRISES}.${oid}`,
  sysDescr,
});

/** The same profiles under ids whose order is turned round: only a tie is decided by the id. */
function inverted(profiles: readonly Profile[]): Profile[] {
  return profiles.map((profile) => ({
    ...profile,
    id: [...profile.id.padEnd(40, ' ')]
      .map((char) => String.fromCharCode(0x9f - char.charCodeAt(0)))
      .join(''),
  }));
}

describe('the shipped profiles', () => {
  test('are whole: every file passes the schema, and names what exists', () => {
    const files = readdirSync(PROFILES).filter((name) => name.endsWith('.yaml'));
    expect(files.map((name) => name.replace('.yaml', '')).sort()).toEqual(
      all.map(({ id }) => id).sort(),
    );
    expect(byId.size).toBe(all.length);
  });

  test('say of every device that they match what kind and whose it is', () => {
    const kinds = all.filter(({ match }) => match !== undefined);
    for (const { id, category, facts } of kinds) {
      expect({ id, category, vendor: facts?.vendor }).toEqual({
        id,
        category: expect.anything(),
        vendor: expect.anything(),
      });
    }
  });

  test('are all told of in docs/snmp.md, and nothing else is', () => {
    const text = readFileSync(projectFile('docs/snmp.md'), 'utf8');
    const told = [...text.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map(([, id]) => id);
    const shipped = all.filter(({ id, match }) => match !== undefined || id === 'generic');
    expect(told.sort()).toEqual(shipped.map(({ id }) => id).sort());
    for (const { id } of all) expect(text).toContain(`\`${id}\``);
  });

  test('end in a category for any description', () => {
    fc.assert(
      fc.property(fc.constantFrom(...all), fc.string(), (profile, sysDescr) => {
        fc.pre(profile.match !== undefined);
        expect(categoryOf(profile, { sysObjectID: '', sysDescr })).not.toBe('');
      }),
    );
  });
});

describe('a device finds its profile', () => {
  test.each(DEVICES)('%s (%s): %s "%s"', (id, category, oid, sysDescr) => {
    const identity = identityOf(oid, sysDescr);

    const profile = firstStage(all, identity)?.profile ?? genericProfile(all);

    expect({ id: profile.id, category: categoryOf(profile, identity) }).toEqual({ id, category });
  });

  test('and no other that would do as well', () => {
    const titles = new Map(all.map(({ id, title }) => [id, title]));
    for (const [id, , oid, sysDescr] of DEVICES) {
      const found = firstStage(inverted(all), identityOf(oid, sysDescr))?.profile.title;
      expect(found ?? titles.get('generic'), `${oid} ${sysDescr}`).toBe(titles.get(id));
    }
  });

  test('every profile that matches by itself is asked for above', () => {
    const asked = new Set(DEVICES.map(([id]) => id));
    const matching = all.filter(({ match }) => match?.some(({ probe }) => probe === undefined));
    expect(matching.map(({ id }) => id).filter((id) => !asked.has(id))).toEqual([
      'hikvision-camera',
    ]);
  });

  test('arcs are whole: a longer number is another device', () => {
    const digit = fc.constantFrom(...'0123456789');
    fc.assert(
      fc.property(fc.constantFrom(...DEVICES), digit, ([id, , oid], more) => {
        fc.pre(oid !== '' && id !== 'generic');
        const root = oid.split('.')[0] as string;
        // One digit more on the maker's own number is another maker.
        const other = firstStage(all, identityOf(`${root}${more}00001`, ''));
        expect(other).toBeNull();
      }),
    );
  });
});

describe('a second question decides where the first says nothing', () => {
  const ask = (oid: string, sysDescr: string, answers: Readonly<Record<string, string>>) => {
    const identity = identityOf(oid, sysDescr);
    const first = firstStage(all, identity);
    const candidates = secondStage(all, identity, first);
    return probed(candidates, new Map(Object.entries(answers)))?.profile.id ?? first?.profile.id;
  };

  test.each([
    ['synology-dsm', '8072.3.2.10', 'Linux nas 4.4.59', { '1.3.6.1.4.1.6574.1.1.0': '1' }],
    [
      'synology-dsm',
      '8072.3.2.10',
      'Linux nas 3.2',
      { '1.3.6.1.2.1.25.1.4.0': 'syno_hw_version=1' },
    ],
    ['qnap', '8072.3.2.10', 'Linux TS-231P 4.3', { '1.3.6.1.4.1.24681.1.2.12.0': 'TS-231P' }],
    ['qnap', '8072.3.2.10', 'Linux x', { '1.3.6.1.2.1.47.1.1.1.1.12.1': 'QNAP Systems, Inc.' }],
    ['hikvision-camera', '', '', { '1.3.6.1.4.1.39165.1.1.0': 'DS-2CD2185FWD-I' }],
    ['dahua', '8072.3.2.10', 'Linux (none) 3.4', { '1.3.6.1.4.1.1004849.2.1.2.6.0': 'IPC' }],
    ['printer', '99999.2', 'Some printer', { '1.3.6.1.2.1.43.10.2.1.4.1.1': '12345' }],
    ['ups-generic', '99999.3', 'Some UPS', { '1.3.6.1.2.1.33.1.2.4.0': '100' }],
    ['linux', '8072.3.2.10', 'Linux plain 6.1', {}],
    ['linux', '8072.3.2.10', 'Linux x', { '1.3.6.1.2.1.25.1.4.0': 'BOOT_IMAGE=/vmlinuz' }],
  ])('%s: %s "%s"', (id, oid, sysDescr, answers) => {
    expect(ask(oid, sysDescr, answers)).toBe(id);
  });

  test('nobody is asked twice who has said it', () => {
    const identity = identityOf('9.1.1208', 'Cisco IOS Software, C2960X Software');
    expect(secondStage(all, identity, firstStage(all, identity))).toEqual([]);
  });
});
