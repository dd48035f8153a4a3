/** The sources, by platform. One line adds one; the order is that of the samples in a batch. */
import { cpu } from './cpu.ts';
import { diskstats } from './diskstats.ts';
import { dmi } from './dmi.ts';
import { filefd } from './filefd.ts';
import { filesystem } from './filesystem.ts';
import { hwmon } from './hwmon.ts';
import { loadavg } from './loadavg.ts';
import { meminfo } from './meminfo.ts';
import { netclass } from './netclass.ts';
import { netdev } from './netdev.ts';
import { os } from './os.ts';
import { PORTABLE_SOURCES } from './portable.ts';
import { pressure } from './pressure.ts';
import { processes } from './processes.ts';
import type { Source } from './sources.ts';
import { stat } from './stat.ts';
import { time } from './time.ts';
import { timex } from './timex.ts';
import { uname } from './uname.ts';
import { vmstat } from './vmstat.ts';

export const LINUX_SOURCES: readonly Source[] = Object.freeze([
  cpu,
  stat,
  loadavg,
  meminfo,
  vmstat,
  pressure,
  diskstats,
  filesystem,
  netdev,
  netclass,
  processes,
  filefd,
  hwmon,
  time,
  timex,
  uname,
  os,
  dmi,
]);

export const SOURCES = process.platform === 'linux' ? LINUX_SOURCES : PORTABLE_SOURCES;
