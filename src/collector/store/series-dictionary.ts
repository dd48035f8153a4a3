/** Series, their numbers, their devices and who sent them first. In memory; rows: `dictionary-table.ts`. */
import { bug, Failure } from '../../shared/errors.ts';
import { type Labels, labelsKey } from '../../shared/sample.ts';
import { DeviceState } from './device-state.ts';
import type { LatestSamples } from './latest-samples.ts';
import type { SeriesEntry, StoreSettings } from './store.ts';

export interface Sender {
  readonly id: number;
  readonly name: string;
  series: number;
}

export interface Series {
  readonly number: number;
  /** From `seriesKey`: one string instead of an object a series; labels are made when asked for. */
  readonly key: string;
  readonly device: DeviceState;
  readonly sender: Sender;
}

export type SeriesLimits = Pick<StoreSettings, 'seriesPerSender' | 'seriesPerCollector'>;

export class SeriesDictionary {
  generation = 1;
  readonly devices = new Map<string, DeviceState>();
  /** Not in the database yet, oldest first. */
  readonly unsaved = {
    senders: [] as Sender[],
    devices: [] as DeviceState[],
    series: [] as Series[],
  };
  /** Numbers are never used twice, also not after a removal. */
  readonly next = { sender: 1, device: 1, series: 1 };
  readonly #senders = new Map<string, Sender>();
  readonly #byKey = new Map<string, number>();
  #series: (Series | undefined)[] = [];
  readonly #latest: LatestSamples;
  readonly #limits: SeriesLimits;

  constructor(latest: LatestSamples, limits: SeriesLimits) {
    this.#latest = latest;
    this.#limits = limits;
  }

  get size(): number {
    return this.#byKey.size;
  }

  /** The number of a series, new or known. Throws `limit_reached` for one series too many. */
  resolve(labels: Labels, senderName: string): number {
    const deviceName = labels.instance ?? senderName;
    const key = seriesKey(labels, deviceName);
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    checkSeparators(labels, deviceName);
    this.#checkLimits(senderName);
    const sender = this.#senders.get(senderName) ?? this.#newSender(senderName);
    const device = this.devices.get(deviceName) ?? this.#newDevice(deviceName);
    const series = { number: this.next.series, key, device, sender };
    this.addSeries(series);
    this.unsaved.series.push(series);
    return series.number;
  }

  addSender(sender: Sender): void {
    this.#senders.set(sender.name, sender);
    this.next.sender = Math.max(this.next.sender, sender.id + 1);
  }

  addDevice(device: DeviceState): void {
    this.devices.set(device.name, device);
    this.next.device = Math.max(this.next.device, device.id + 1);
  }

  addSeries(series: Series): void {
    this.#byKey.set(series.key, series.number);
    this.#series[series.number] = series;
    series.device.series.push(series.number);
    series.device.revision++;
    series.sender.series++;
    this.next.series = Math.max(this.next.series, series.number + 1);
    this.#latest.reserve(this.next.series);
  }

  /** Forgets a device and its series; shapes and numbers known outside are void from now on. */
  remove(device: DeviceState): void {
    device.removed = true;
    this.devices.delete(device.name);
    for (const number of device.series) {
      const series = this.#at(number);
      this.#byKey.delete(series.key);
      series.sender.series--;
      this.#series[number] = undefined;
      this.#latest.forget(number);
    }
    const { unsaved } = this;
    unsaved.devices = unsaved.devices.filter((other) => other !== device);
    unsaved.series = unsaved.series.filter((series) => series.device !== device);
    this.generation++;
  }

  deviceOf(number: number): DeviceState {
    return this.#at(number).device;
  }

  labelsOf(number: number): Labels {
    return labelsOfKey(this.#at(number).key);
  }

  entriesOf(device: DeviceState): SeriesEntry[] {
    return device.series.map((series) => ({ series, labels: this.labelsOf(series) }));
  }

  #at(number: number): Series {
    return this.#series[number] ?? bug(`series ${number} is not known`);
  }

  #checkLimits(sender: string): void {
    const { seriesPerSender, seriesPerCollector } = this.#limits;
    if ((this.#senders.get(sender)?.series ?? 0) >= seriesPerSender) {
      throw new Failure('limit_reached', `${sender} sends more than ${seriesPerSender} series`, {
        hint: 'send fewer series, or raise the limit of series per sender',
        detail: { limit: seriesPerSender },
      });
    }
    if (this.size >= seriesPerCollector) {
      throw new Failure('limit_reached', `more than ${seriesPerCollector} series in all`, {
        hint: 'remove devices that are gone, or raise the limit of series of the collector',
        detail: { limit: seriesPerCollector },
      });
    }
  }

  #newSender(name: string): Sender {
    const sender = { id: this.next.sender, name, series: 0 };
    this.addSender(sender);
    this.unsaved.senders.push(sender);
    return sender;
  }

  #newDevice(name: string): DeviceState {
    const device = new DeviceState(this.next.device, name);
    this.addDevice(device);
    this.unsaved.devices.push(device);
    return device;
  }
}

/** Series without `instance` are of their sender, so the same labels may be several series. */
export function seriesKey(labels: Labels, device: string): string {
  return labels.instance === undefined ? `${device}\u0000${labelsKey(labels)}` : labelsKey(labels);
}

/** Keys are taken apart again, so their separators cannot be part of a label. */
function checkSeparators(labels: Labels, device: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  const separator = /[\u0000-\u0002]/;
  const texts = [device, ...Object.keys(labels), ...Object.values(labels)];
  if (texts.some((text) => separator.test(text))) {
    throw new Failure('malformed', 'label names and values cannot hold control characters');
  }
}

/** The labels back from a key. */
function labelsOfKey(key: string): Labels {
  const labels: Record<string, string> = Object.create(null);
  for (let at = key.indexOf('\u0000') + 1; at < key.length; ) {
    const middle = key.indexOf('\u0001', at);
    const end = key.indexOf('\u0002', middle);
    labels[key.slice(at, middle)] = key.slice(middle + 1, end);
    at = end + 1;
  }
  return Object.freeze(labels);
}
