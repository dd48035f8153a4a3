/**
 * The sources of platforms without /proc (macOS, Windows): the same names, as far as Node itself
 * and `systeminformation` give the figures. That library answers 0 or '' where it could not look,
 * so here a 0 that cannot be true is nothing. What starts programs goes at a slower pace.
 */
import { cpu } from './cpu.ts';
import { dmi } from './dmi.ts';
import { filesystem } from './filesystem.ts';
import { hwmon } from './hwmon.ts';
import { loadavg } from './loadavg.ts';
import { gauge } from './metric.ts';
import { netclass } from './netclass.ts';
import { netdev } from './netdev.ts';
import { os } from './os.ts';
import type { Source } from './sources.ts';
import { stat } from './stat.ts';
import { time } from './time.ts';
import { timex } from './timex.ts';
import { uname } from './uname.ts';

const SLOW_MS = 60_000;
const BYTES_PER_MEGABIT = 125_000;

/** For figures that are never 0 on a living host. */
const positive = (value: number | null | undefined): number =>
  typeof value === 'number' && value > 0 ? value : Number.NaN;
const counted = (value: number | null | undefined): number =>
  typeof value === 'number' && value >= 0 ? value : Number.NaN;

/** Names and values in turn, without what is not known; the library writes that as '' or '-'. */
function known(labels: Readonly<Record<string, string | null | undefined>>): string[] {
  return Object.entries(labels).flatMap(([name, value]) =>
    value && value !== '-' ? [name, value.trim()] : [],
  );
}

const portableCpu: Source = {
  ...cpu,
  collect: (host, emit) => {
    host.os.cpus().forEach(({ times }, core) => {
      for (const [mode, ms] of Object.entries(times)) {
        const label = mode === 'sys' ? 'system' : mode;
        emit('node_cpu_seconds_total', ms / 1_000, 'cpu', String(core), 'mode', label);
      }
    });
  },
};

const portableStat: Source = {
  ...stat,
  collect: (host, emit) =>
    emit('node_boot_time_seconds', Math.round(host.clock.now() / 1_000 - host.os.uptime())),
};

const portableLoadavg: Source = {
  ...loadavg,
  missing: (host) =>
    host.os.platform() === 'win32'
      ? { reason: 'Windows keeps no load average', mend: 'nothing to mend' }
      : null,
  collect: (host, emit) => {
    if (host.os.platform() === 'win32') return;
    const [load1 = Number.NaN, load5 = Number.NaN, load15 = Number.NaN] = host.os.loadavg();
    emit('node_load1', load1);
    emit('node_load5', load5);
    emit('node_load15', load15);
  },
};

const MEMORY_FIELDS = ['MemTotal', 'MemFree', 'MemAvailable', 'SwapTotal', 'SwapFree'] as const;

const portableMeminfo: Source = {
  name: 'meminfo',
  metrics: Object.fromEntries(
    MEMORY_FIELDS.map((field) => [
      `node_memory_${field}_bytes`,
      gauge(`Memory information field ${field}_bytes.`),
    ]),
  ),
  missing: () => null,
  collect: async (host, emit) => {
    const memory = await (await host.systemInformation()).mem();
    emit('node_memory_MemTotal_bytes', positive(memory.total));
    emit('node_memory_MemFree_bytes', positive(memory.free));
    emit('node_memory_MemAvailable_bytes', positive(memory.available));
    emit('node_memory_SwapTotal_bytes', positive(memory.swaptotal));
    if (memory.swaptotal > 0) emit('node_memory_SwapFree_bytes', counted(memory.swapfree));
  },
};

/** Volumes of macOS itself, which share the space of the one the user sees. */
const SYSTEM_VOLUME = /^\/System\/Volumes\/(?!Data$)/;

const portableFilesystem: Source = {
  ...filesystem,
  intervalMs: SLOW_MS,
  collect: async (host, emit) => {
    for (const volume of await (await host.systemInformation()).fsSize()) {
      if (!(volume.size > 0) || SYSTEM_VOLUME.test(volume.mount)) continue;
      const labels = ['device', volume.fs, 'fstype', volume.type, 'mountpoint', volume.mount];
      emit('node_filesystem_size_bytes', volume.size, ...labels);
      emit('node_filesystem_free_bytes', counted(volume.size - volume.used), ...labels);
      emit('node_filesystem_avail_bytes', counted(volume.available), ...labels);
      if (volume.rw !== null) emit('node_filesystem_readonly', volume.rw ? 0 : 1, ...labels);
    }
  },
};

const portableNetdev: Source = {
  ...netdev,
  collect: async (host, emit) => {
    for (const traffic of await (await host.systemInformation()).networkStats('*')) {
      const send = (field: string, value: number): void =>
        emit(`node_network_${field}_total`, counted(value), 'device', traffic.iface);
      send('receive_bytes', traffic.rx_bytes);
      send('receive_errs', traffic.rx_errors);
      send('receive_drop', traffic.rx_dropped);
      send('transmit_bytes', traffic.tx_bytes);
      send('transmit_errs', traffic.tx_errors);
      send('transmit_drop', traffic.tx_dropped);
    }
  },
};

const portableNetclass: Source = {
  ...netclass,
  intervalMs: SLOW_MS,
  collect: async (host, emit) => {
    const found = await (await host.systemInformation()).networkInterfaces();
    for (const { iface, mac, duplex, operstate, mtu, speed } of Array.isArray(found)
      ? found
      : [found]) {
      emit('node_network_up', operstate === 'up' ? 1 : 0, 'device', iface);
      emit('node_network_mtu_bytes', positive(mtu), 'device', iface);
      emit('node_network_speed_bytes', positive(speed) * BYTES_PER_MEGABIT, 'device', iface);
      const info = known({ address: mac, device: iface, duplex, operstate });
      emit('node_network_info', 1, ...info);
    }
  },
};

const portableHwmon: Source = {
  ...hwmon,
  missing: () => null,
  collect: async (host, emit) => {
    const { main } = await (await host.systemInformation()).cpuTemperature();
    emit('node_hwmon_temp_celsius', positive(main), 'chip', 'cpu', 'sensor', 'temp1');
  },
};

const portableUname: Source = {
  ...uname,
  collect: (host, emit) =>
    emit(
      'node_uname_info',
      1,
      ...known({
        machine: host.os.machine(),
        nodename: host.os.hostname(),
        release: host.os.release(),
        sysname: host.os.type(),
        version: host.os.version(),
      }),
    ),
};

const portableOs: Source = {
  ...os,
  intervalMs: SLOW_MS,
  missing: () => null,
  collect: async (host, emit) => {
    const found = await (await host.systemInformation()).osInfo();
    const labels = known({
      build_id: found.build,
      id: host.os.platform(),
      name: found.distro,
      pretty_name: `${found.distro} ${found.release}`,
      version: found.release,
      version_codename: found.codename,
    });
    emit('node_os_info', 1, ...labels);
  },
};

const portableDmi: Source = {
  ...dmi,
  intervalMs: SLOW_MS,
  missing: () => null,
  collect: async (host, emit) => {
    const { manufacturer, model, version, serial, uuid } = await (
      await host.systemInformation()
    ).system();
    const labels = known({
      product_name: model,
      product_serial: serial,
      product_uuid: uuid,
      product_version: version,
      system_vendor: manufacturer,
    });
    if (labels.length > 0) emit('node_dmi_info', 1, ...labels);
  },
};

export const PORTABLE_SOURCES: readonly Source[] = Object.freeze([
  portableCpu,
  portableStat,
  portableLoadavg,
  portableMeminfo,
  portableFilesystem,
  portableNetdev,
  portableNetclass,
  portableHwmon,
  time,
  timex,
  portableUname,
  portableOs,
  portableDmi,
]);
