import { expect, test } from 'vitest';
import {
  categoryOf,
  firstStage,
  genericProfile,
  probed,
  secondStage,
} from '../../../src/agent/snmp/identify.ts';
import type { Match, Profile } from '../../../src/agent/snmp/profile-schema.ts';

const profile = (id: string, match: Match[], more: Partial<Profile> = {}): Profile => ({
  id,
  title: id,
  match,
  ...more,
});

const CISCO = '1.3.6.1.4.1.9';
const VENDORS = [
  profile('ios', [{ sysObjectID: [`${CISCO}.1`], exclude: { sysDescr: ['Adaptive Security'] } }]),
  profile('asa', [{ sysObjectID: [`${CISCO}.1`], sysDescr: ['Adaptive Security Appliance'] }]),
  profile('ftd', [{ sysObjectID: [`${CISCO}.1.2404`], sysDescr: ['Threat Defense'] }]),
  profile('nexus', [{ sysObjectID: [`${CISCO}.12.3`] }]),
  profile('vrp', [
    {
      sysObjectID: ['1.3.6.1.4.1.2011.2.23'],
      exclude: { sysObjectID: ['1.3.6.1.4.1.2011.2.23.9'] },
    },
    { sysDescr: ['Huawei Versatile Routing Platform'] },
  ]),
  profile('linux', [{ sysObjectID: ['1.3.6.1.4.1.8072.3.2.10'] }], { weak: true }),
  profile('dsm', [
    {
      sysObjectID: ['1.3.6.1.4.1.8072.3.2.10'],
      probe: [{ oid: '1.3.6.1.4.1.6574.1.1.0' }],
    },
  ]),
  profile('camera', [{ probe: [{ oid: '1.3.6.1.4.1.39165.1.1.0', matches: '^DS-' }] }]),
];

test.each([
  ['9.1.2404', 'Cisco Adaptive Security Appliance Version 9.12(2)', 'asa'],
  ['9.1.2404', 'Cisco Firepower Threat Defense', 'ftd'],
  ['9.1.2683', 'customised without the usual word', 'ios'],
  ['9.12.3.1.3.1163', '', 'nexus'],
  ['2011.2.23.294', '', 'vrp'],
  ['2011.2.235.1', '', undefined],
  ['2011.2.23.9.4', '', undefined],
  ['2011.2.99', 'HUAWEI versatile routing platform', 'vrp'],
  ['99999.1', 'nobody knows', undefined],
])('sysObjectID …%s and "%s" are %s', (arcs, sysDescr, wanted) => {
  const identity = { sysObjectID: `1.3.6.1.4.1.${arcs}`, sysDescr };
  expect(firstStage(VENDORS, identity)?.profile.id).toBe(wanted);
});

test('the reason names what fitted', () => {
  const identity = { sysObjectID: `${CISCO}.1.5`, sysDescr: 'Adaptive Security Appliance' };
  expect(firstStage(VENDORS, identity)?.reason).toBe(
    `sysObjectID ${CISCO}.1.5 is at or below ${CISCO}.1 and sysDescr matches /Adaptive Security Appliance/`,
  );
});

test('a sure identity asks no probes', () => {
  const identity = { sysObjectID: `${CISCO}.1.5`, sysDescr: '' };
  const first = firstStage(VENDORS, identity);
  expect(secondStage(VENDORS, identity, first)).toEqual([]);
});

test('an identity that many share is told apart by probes, the more specific first', () => {
  const identity = { sysObjectID: '1.3.6.1.4.1.8072.3.2.10', sysDescr: 'Linux' };
  const first = firstStage(VENDORS, identity);
  const candidates = secondStage(VENDORS, identity, first);
  expect(candidates.map((one) => one.profile.id)).toEqual(['dsm', 'camera']);
  expect(probed(candidates, new Map([['1.3.6.1.4.1.6574.1.1.0', '1']]))?.profile.id).toBe('dsm');
  expect(probed(candidates, new Map())).toBeNull();
});

test('without any identity the answer to a probe decides, and its text', () => {
  const identity = { sysObjectID: '', sysDescr: '' };
  const candidates = secondStage(VENDORS, identity, firstStage(VENDORS, identity));
  const answers = (text: string) => new Map([['1.3.6.1.4.1.39165.1.1.0', text]]);
  expect(probed(candidates, answers('DS-2CD2185'))?.profile.id).toBe('camera');
  expect(probed(candidates, answers('something else'))).toBeNull();
});

test('what fits nothing is generic, with or without a profile of that name', () => {
  const own = { id: 'generic', title: 'Ours' };
  expect(genericProfile(VENDORS).id).toBe('generic');
  expect(genericProfile([...VENDORS, own])).toBe(own);
});

test('the category is the first that fits', () => {
  const category: Profile['category'] = [
    { is: 'router', sysObjectID: ['1.3.6.1.4.1.2011.2.224'] },
    { is: 'firewall', sysDescr: ['USG'] },
    { is: 'switch' },
  ];
  const of = (sysObjectID: string, sysDescr: string) =>
    categoryOf(profile('x', [], { category }), { sysObjectID, sysDescr });
  expect(of('1.3.6.1.4.1.2011.2.224.62', '')).toBe('router');
  expect(of('1.3.6.1.4.1.2011.2.321', 'Huawei USG6000')).toBe('firewall');
  expect(of('', '')).toBe('switch');
  expect(categoryOf(profile('x', [], { category: 'nas' }), { sysObjectID: '', sysDescr: '' })).toBe(
    'nas',
  );
});
