/** The sources of the ledger's facts: os, dmi, uname; and the two about time. */
import { describe, expect, test } from 'vitest';
import { dmi } from '../../../src/agent/sources/dmi.ts';
import { os } from '../../../src/agent/sources/os.ts';
import { time } from '../../../src/agent/sources/time.ts';
import { timex } from '../../../src/agent/sources/timex.ts';
import { uname } from '../../../src/agent/sources/uname.ts';
import { hostOf, linesOf } from './fixture-host.ts';

describe('os', () => {
  test('/usr/lib/os-release serves where /etc has none', async () => {
    const host = hostOf({ 'rootfs/usr/lib/os-release': 'ID=alpine\nVERSION_ID=3.20.3\n' });
    expect(await linesOf(host, os)).toEqual([
      'node_os_info{id="alpine",version_id="3.20.3"} 1',
      'node_os_version{id="alpine"} 3.2',
    ]);
  });

  test('a rolling distribution has no version, and no version 0', async () => {
    const host = hostOf({ 'rootfs/etc/os-release': 'ID=arch\nBUILD_ID=rolling\n' });
    expect(await linesOf(host, os)).toEqual(['node_os_info{build_id="rolling",id="arch"} 1']);
  });

  test('neither file: nothing, and the doctor knows why', async () => {
    const host = hostOf({});
    expect(await linesOf(host, os)).toEqual([]);
    expect(os.missing(host)?.mend).toContain('rootfsPath');
    expect(os.missing(hostOf({ 'rootfs/etc/os-release': 'ID=x' }))).toBeNull();
  });

  test('an unclosed quote is taken as it stands', async () => {
    const host = hostOf({ 'rootfs/etc/os-release': 'ID="x\nNAME=\'\n' });
    expect(await linesOf(host, os)).toEqual(['node_os_info{id="\\"x",name="\'"} 1']);
  });
});

describe('dmi', () => {
  test('an agent that is not root sends what it may read', async () => {
    const host = hostOf({ 'sys/class/dmi/id/sys_vendor': 'Example Inc.\n' });
    expect(await linesOf(host, dmi)).toEqual(['node_dmi_info{system_vendor="Example Inc."} 1']);
  });

  test('a machine without tables: nothing, and the doctor knows why', async () => {
    const host = hostOf({});
    expect(await linesOf(host, dmi)).toEqual([]);
    expect(dmi.missing(host)?.reason).toContain('SMBIOS');
  });

  test('unprintable bytes of a maker do not cost the series', async () => {
    const host = hostOf({
      'sys/class/dmi/id/product_name': 'Power\u0000\u001bBox\u202e\n',
      'sys/class/dmi/id/product_sku': '\u0001\n',
    });
    expect(await linesOf(host, dmi)).toEqual(['node_dmi_info{product_name="Power Box"} 1']);
  });
});

describe('uname', () => {
  test('what the kernel does not say is left out', async () => {
    const host = hostOf({ 'proc/sys/kernel/hostname': 'db01\n' });
    expect(await linesOf(host, uname)).toEqual([
      `node_uname_info{machine="${host.os.machine()}",nodename="db01"} 1`,
    ]);
  });
});

describe('time', () => {
  test('is the wall clock, in seconds with milliseconds', async () => {
    const host = hostOf({});
    host.clock.jump(1_234);
    expect(await linesOf(host, time)).toEqual([`node_time_seconds ${host.clock.now() / 1_000}`]);
    expect(time.missing(host)).toBeNull();
  });
});

describe('timex', () => {
  test('an unknown offset is no sample, and above all not 0', async () => {
    const host = hostOf({});
    expect(await linesOf(host, timex)).toEqual([]);
    expect(timex.missing(host)?.reason).toContain('no collector');
  });

  test('no offset at all is a sample', async () => {
    const host = hostOf({}, { clockOffset: () => 0 });
    expect(await linesOf(host, timex)).toEqual(['watchkeeper_agent_clock_offset_seconds 0']);
    expect(timex.missing(host)).toBeNull();
  });
});
