/** Network devices: the interface figures of IF-MIB (RFC 2863) under snmp_exporter's names. */
import type { IndicatorName } from '../../../shared/indicator.ts';
import type { Recipe } from '../recipe.ts';

const INTERFACE = { item: ['ifName'] } as const;
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
];
