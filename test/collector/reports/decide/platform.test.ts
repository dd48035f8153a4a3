import { describe, expect, test } from 'vitest';
import { platformOf } from '../../../../src/collector/reports/decide/platform.ts';
import { policy } from '../support/cases.ts';

const POLICY = policy();
const platform = (facts: Record<string, string> = {}, labels: Record<string, string> = {}) =>
  platformOf({ facts, labels }, POLICY);

describe('virtual or physical', () => {
  test.each([
    [{ dmi_system_vendor: 'QEMU', dmi_product_name: 'Standard PC' }, 'virtual'],
    [{ dmi_system_vendor: 'VMware, Inc.', dmi_product_name: 'VMware7,1' }, 'virtual'],
    [{ dmi_system_vendor: 'Alibaba Cloud', dmi_product_name: 'Alibaba Cloud ECS' }, 'virtual'],
    [
      { dmi_system_vendor: 'Microsoft Corporation', dmi_product_name: 'Virtual Machine' },
      'virtual',
    ],
    [{ dmi_system_vendor: 'Inspur', dmi_product_name: 'NF5280M5' }, 'physical'],
    [{ dmi_system_vendor: 'Dell Inc.', dmi_product_name: 'PowerEdge R740' }, 'physical'],
    [{}, 'unknown'],
  ])('%j is %s', (facts, expected) => {
    expect(platform(facts as Record<string, string>).machine).toBe(expected);
  });

  test('the label wins over DMI, both ways', () => {
    expect(platform({ dmi_product_name: 'KVM' }, { type: 'physical' }).machine).toBe('physical');
    expect(platform({ dmi_product_name: 'PowerEdge' }, { type: 'virtual' }).machine).toBe(
      'virtual',
    );
  });
});

test('Windows is told by its facts', () => {
  expect(platform({ uname_sysname: 'Windows' }).windows).toBe(true);
  expect(platform({ os_pretty_name: 'Microsoft Windows Server 2022' }).windows).toBe(true);
  expect(platform({ uname_sysname: 'Linux', os_pretty_name: 'Debian GNU/Linux 13' }).windows).toBe(
    false,
  );
});
