/** What kind of machine a device is, as far as its facts and labels tell. */
import type { ReportPolicy } from '../policy.ts';
import type { ReportDevice } from '../reports.ts';

export interface Platform {
  /** A virtual machine, or unknown: only known physical servers are treated as such. */
  readonly virtual: boolean;
  readonly windows: boolean;
}

/** The label `type` (`physical`, `virtual`) wins over what DMI says. */
export function platformOf(
  { facts, labels }: Pick<ReportDevice, 'facts' | 'labels'>,
  policy: ReportPolicy,
): Platform {
  const dmi = `${facts.dmi_system_vendor ?? ''} ${facts.dmi_product_name ?? ''}`
    .trim()
    .toLowerCase();
  const known = policy.platform.virtual_products.some((product) => dmi.includes(product));
  const system = `${facts.uname_sysname ?? ''} ${facts.os_product ?? ''} ${facts.os_pretty_name ?? ''}`;
  return {
    virtual: labels.type === 'virtual' || (labels.type !== 'physical' && (dmi === '' || known)),
    windows: /windows/i.test(system),
  };
}
