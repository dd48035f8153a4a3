/** Network devices: the figures of IF-MIB (RFC 2863) and the system group under snmp_exporter's names. */
import type { IndicatorName } from '../../../shared/indicator.ts';
import type { Break, Recipe, Term } from '../recipe.ts';

/**
 * A device that restarted, or a port whose card was changed, counts anew: a 32-bit counter that is
 * smaller for that has not wrapped.
 */
const BREAKS: readonly Break[] = [
  { metric: 'sysUpTime', of: 'device', when: 'restarts' },
  { metric: 'ifCounterDiscontinuityTime', of: 'series', when: 'changes' },
];
const INTERFACE = { item: ['ifName'], breaks: BREAKS } as const;
const WRAPS_AT_32_BITS = 2 ** 32;
const BYTES_PER_MEGABIT = 125_000;

/** The 64-bit counter where the device has one, else the 32-bit one. */
const octets = (indicator: IndicatorName, way: 'In' | 'Out'): Recipe[] => [
  { ...INTERFACE, indicator, read: 'rate', plus: [{ metric: `ifHC${way}Octets` }] },
  {
    ...INTERFACE,
    indicator,
    read: 'rate',
    plus: [{ metric: `if${way}Octets`, wrapsAt: WRAPS_AT_32_BITS }],
  },
];

const BITS_PER_BYTE = 8;
/** ifSpeed says this where the speed does not fit into it. */
const SPEED_SATURATED = 2 ** 32 - 1;
const TICKS_PER_SECOND = 100;
const OPER_UP = 1;
const ADMIN_DOWN = 2;

const counter32 = (metric: string): Term => ({ metric, wrapsAt: WRAPS_AT_32_BITS });

/** Both ways together; a port that lacks one of them has no ratio. */
const BAD_PACKETS = ['ifInErrors', 'ifOutErrors', 'ifInDiscards', 'ifOutDiscards'].map(counter32);

const errors = (packets: readonly Term[]): Recipe => ({
  ...INTERFACE,
  indicator: 'network_errors_ratio',
  read: 'rate',
  plus: BAD_PACKETS,
  over: [...packets, ...BAD_PACKETS],
});

export const SNMP_EXPORTER: readonly Recipe[] = [
  ...octets('network_receive_bytes_per_second', 'In'),
  ...octets('network_transmit_bytes_per_second', 'Out'),
  {
    ...INTERFACE,
    indicator: 'network_speed_bytes_per_second',
    read: 'value',
    plus: [{ metric: 'ifHighSpeed' }],
    scale: BYTES_PER_MEGABIT,
    above: 0,
  },
  {
    ...INTERFACE,
    indicator: 'network_speed_bytes_per_second',
    read: 'value',
    plus: [{ metric: 'ifSpeed' }],
    scale: 1 / BITS_PER_BYTE,
    above: 0,
    below: SPEED_SATURATED / BITS_PER_BYTE,
  },
  errors([{ metric: 'ifHCInUcastPkts' }, { metric: 'ifHCOutUcastPkts' }]),
  errors(['ifInUcastPkts', 'ifOutUcastPkts'].map(counter32)),
  // Somebody switched the port off: it is neither up nor a fault.
  {
    ...INTERFACE,
    indicator: 'interface_up',
    read: 'value',
    plus: [{ metric: 'ifOperStatus' }],
    is: OPER_UP,
    when: { metric: 'ifAdminStatus' },
    whenNot: ADMIN_DOWN,
  },
  {
    indicator: 'uptime_seconds',
    read: 'value',
    plus: [{ metric: 'sysUpTime' }],
    scale: 1 / TICKS_PER_SECOND,
  },
];

/** For a device that nobody probes: it answers, or it does not. */
export const SNMP_ANSWERS: readonly Recipe[] = [
  { indicator: 'reachable', read: 'value', plus: [{ metric: 'snmp_scrape_answered' }] },
];
