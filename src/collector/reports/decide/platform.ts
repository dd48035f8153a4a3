/** What kind of machine a device is, as far as its facts and labels tell. */
import type { ReportPolicy } from '../policy.ts';
import type { ReportDevice } from '../reports.ts';

export type Machine = 'virtual' | 'physical' | 'unknown';

export interface Platform {
  readonly machine: Machine;
  readonly windows: boolean;
}

/** The label `type` (`physical`, `virtual`) wins over what DMI says. */
export function platformOf(
  { facts, labels }: Pick<ReportDevice, 'facts' | 'labels'>,
  policy: ReportPolicy,
): Platform {
  const system = [facts.uname_sysname, facts.os_product, facts.os_pretty_name, labels.os];
  return {
    machine: machineOf(facts, labels, policy),
    windows: system.some((name) => /windows/i.test(name ?? '')),
  };
}

function machineOf(
  facts: ReportDevice['facts'],
  { type }: ReportDevice['labels'],
  { platform }: ReportPolicy,
): Machine {
  if (type === 'physical' || type === 'virtual') return type;
  const dmi = `${facts.dmi_system_vendor ?? ''} ${facts.dmi_product_name ?? ''}`
    .trim()
    .toLowerCase();
  if (dmi === '') return 'unknown';
  return platform.virtual_products.some((product) => dmi.includes(product))
    ? 'virtual'
    : 'physical';
}
