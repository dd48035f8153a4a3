/** Maker, model and serial number of the machine, from /sys/class/dmi/id (SMBIOS tables). */
import { gauge } from './metric.ts';
import type { Source } from './sources.ts';

/** Files, named as their labels; only the maker's differs. Serial numbers are for root only. */
const LABELS = [
  'bios_date',
  'bios_release',
  'bios_vendor',
  'bios_version',
  'board_asset_tag',
  'board_name',
  'board_serial',
  'board_vendor',
  'board_version',
  'chassis_asset_tag',
  'chassis_serial',
  'chassis_vendor',
  'chassis_version',
  'product_family',
  'product_name',
  'product_serial',
  'product_sku',
  'product_uuid',
  'product_version',
  'system_vendor',
];
const FILE_OF_LABEL: Readonly<Record<string, string>> = { system_vendor: 'sys_vendor' };

/** Makers fill these fields with whatever they like, control characters included. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}]+/gu;

export const dmi: Source = {
  name: 'dmi',
  metrics: {
    node_dmi_info: gauge(
      `A metric with a constant '1' value labeled by ${LABELS.join(', ')} if provided by DMI.`,
    ),
  },
  missing: (host) =>
    host.list(`${host.sysPath}/class/dmi/id`) === null
      ? {
          reason: 'this machine offers no SMBIOS tables (a container, or firmware without them)',
          mend: 'nothing to mend; leave this source out',
        }
      : null,
  collect: (host, emit) => {
    const labels: string[] = [];
    for (const label of LABELS) {
      const text = host.fact(`${host.sysPath}/class/dmi/id/${FILE_OF_LABEL[label] ?? label}`);
      const value = text?.replaceAll(UNPRINTABLE, ' ').trim() ?? '';
      if (value !== '') labels.push(label, value);
    }
    if (labels.length > 0) emit('node_dmi_info', 1, ...labels);
  },
};
