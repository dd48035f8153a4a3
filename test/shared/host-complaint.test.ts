/** S17: what may be a target, in two hundred cases. */
import { expect, test } from 'vitest';
import { hostComplaint } from '../../src/shared/host-complaint.ts';

const letters = (count: number): string => 'a'.repeat(count);
const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

const GOOD: readonly string[] = [
  ...['a', 'A', 'x1', '1x', 'localhost', 'gw', 'core-switch', 'a-b', 'a--b', 'xn--fiqs8s'],
  ...['example.com', 'EXAMPLE.com', 'example.com.', 'a.b.c.d.e', '3com.com', '1.example', 'a.1b'],
  ...['7-eleven.example', 'h1.h2.h3', 'sw-1.floor2.site.example', 'xn--55qx5d.xn--fiqs8s'],
  ...['127.0.0.1', '0.0.0.0', '255.255.255.255', '10.0.0.1', '192.0.2.1', '169.254.169.254'],
  ...['::', '::1', '2001:db8::1', 'fe80::1', '::ffff:127.0.0.1', '2001:DB8:0:0:0:0:0:1'],
  ...['1:2:3:4:5:6:7:8', '64:ff9b::192.0.2.1', 'ff02::1', 'fd00:ec2::254'],
  ...[letters(63), `${letters(63)}.${letters(63)}`, `${`${letters(49)}.`.repeat(5)}abc`],
  ...numbers(20).map((i) => `host-${i}.example.org`),
  ...numbers(20).map((i) => `10.${i}.0.${i * 12}`),
  ...numbers(10).map((i) => `2001:db8::${i.toString(16)}:${i}`),
];

const BAD: readonly string[] = [
  // Options of ping, fping, curl and ssh.
  ...['-', '--', '-f', '-c', '-i0', '--help', '-oProxyCommand=id', '-I/etc/passwd', '-w 1', '-A'],
  ...['-1.example', '--interface=eth0', '-s65507', '-f/etc/shadow', '-g10.0.0.0/8', '-S1.2.3.4'],
  // A shell's characters.
  ...[
    'a;id',
    'a|id',
    'a&id',
    'a&&id',
    '$(id)',
    '`id`',
    'a$IFS',
    'a>b',
    'a<b',
    'a*',
    'a?',
    '~',
    '!',
  ],
  ...[
    'a\nb',
    'a\rb',
    'a\tb',
    'a b',
    ' a',
    'a ',
    'a\u0000b',
    "a'b",
    'a"b',
    'a\\b',
    '{a,b}',
    '[a]',
    '#a',
  ],
  // Names that are none.
  ...['', '.', '..', '.a', 'a..b', 'a-', '-a.b', 'a.-b', 'a-.b', 'a_b', '_sip._tcp.example', 'a/b'],
  ...[
    'http://a',
    'a:80',
    'a@b',
    'user:p@host',
    'a,b',
    'a=b',
    'a+b',
    'a%b',
    'a%00b',
    '%2e',
    '例子.中国',
  ],
  ...[
    'bücher.example',
    'a\u202eb',
    'a\u200bb',
    'а.example',
    'ａ.example',
    '１２７.0.0.1',
    'a。b',
    '②.example',
  ],
  ...[letters(64), `${letters(64)}.com`, `${`${letters(49)}.`.repeat(5)}abcd`, letters(1000)],
  // Addresses in other forms: what one program takes for a name another one takes for loopback.
  ...['127.1', '127.0.1', '2130706433', '0x7f000001', '0x7f.0.0.1', '0177.0.0.1', '017700000001'],
  ...['0x7f.1', '0x', '0', '1', '1.2.3', '1.2.3.4.5', '256.0.0.1', '127.0.0.256', '127.0.0.01'],
  ...['1.2.3.4.', '127.0.0.1/8', '127.0.0.1:80', 'a.0x1', 'a.123', '0xA9FEA9FE', '169.254.43518'],
  ...[
    '[::1]',
    '[::1',
    '::1]',
    ':::1',
    '1::2::3',
    '::1/128',
    'fe80::1%eth0',
    '::1%lo',
    '1:2:3:4:5:6:7:8:9',
  ],
  ...['::ffff:256.0.0.1', 'g::1', ':1', '1:', '::12345', '::1%25lo', '12345::'],
];

test('there are two hundred cases', () => {
  expect(GOOD.length + BAD.length).toBeGreaterThanOrEqual(200);
  expect(new Set([...GOOD, ...BAD]).size).toBe(GOOD.length + BAD.length);
});

test.each(GOOD)('%j is a host', (host) => {
  expect(hostComplaint(host)).toBeNull();
});

test.each(BAD)('%j is none', (host) => {
  expect(hostComplaint(host)).not.toBeNull();
});

test('says what is wrong', () => {
  expect(hostComplaint('')).toBe('is empty');
  expect(hostComplaint('-f')).toContain('begins with "-"');
  expect(hostComplaint('fe80::1%eth0')).toContain('zone');
  expect(hostComplaint('127.1')).toContain('unusual form');
  expect(hostComplaint('a_b')).toContain('neither an IP address nor a host name');
  expect(hostComplaint(`${'a.'.repeat(127)}b`)).toContain('longer than 253');
});
