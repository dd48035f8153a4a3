/** A whole collector in a directory of its own, with a manual clock: real rooms, no network. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Collector, openCollector } from '../../src/collector/collector.ts';
import { storedSnappy } from '../../src/collector/import/stored-snappy.ts';
import { type CollectorSettings, loadSettings } from '../../src/collector/settings.ts';
import { createLog } from '../../src/shared/log.ts';
import { encodeSamples } from '../../src/shared/remote-write.ts';
import { makeLabels, type Sample } from '../../src/shared/sample.ts';
import { type ManualClock, manualClock } from '../support/manual-clock.ts';

export interface Stage {
  readonly directory: string;
  readonly clock: ManualClock;
  readonly collector: Collector;
  /** Log lines, newest last. */
  readonly logged: string[];
  settings: CollectorSettings;
  /** As the local administrator; the parsed JSON of an answer that worked. */
  ask<T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, body?: object): Promise<T>;
  /** Remote write; the status. */
  write(token: string, samples: readonly Sample[]): Promise<number>;
  /** Closes and opens again on the same directory. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** The policies that ship with the collector. */
export function shippedPolicies(): CollectorSettings['policies'] {
  return loadSettings({ machineTimezone: 'Asia/Shanghai' }).policies;
}

export interface StageOptions {
  readonly settings?: Partial<CollectorSettings>;
  readonly serve?: boolean;
  readonly clock?: ManualClock;
}

export function sample(
  name: string,
  device: string,
  rest: { value: number; timeMs: number; labels?: Record<string, string> },
): Sample {
  const labels = makeLabels([
    ['__name__', name],
    ['instance', device],
    ...Object.entries(rest.labels ?? {}),
  ]);
  return { labels, timeMs: rest.timeMs, value: rest.value };
}

export const WRITE_HEADERS = Object.freeze({
  'content-type': 'application/x-protobuf',
  'content-encoding': 'snappy',
  'x-prometheus-remote-write-version': '0.1.0',
});

export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const directory = mkdtempSync(join(tmpdir(), 'collector-'));
  const clock = options.clock ?? manualClock();
  const logged: string[] = [];
  const open = (settings: CollectorSettings): Promise<Collector> =>
    openCollector({
      settings,
      reread: () => stage.settings,
      clock,
      log: createLog({ write: (line) => void logged.push(line), now: clock.now }),
      version: '1.2.3',
      entry: null,
      serve: options.serve ?? true,
    });
  const settings: CollectorSettings = {
    ...loadSettings({ data: directory, listen: '127.0.0.1:0', machineTimezone: 'Asia/Shanghai' }),
    ...options.settings,
  };
  let collector: Collector;
  const stage: Stage = {
    directory,
    clock,
    logged,
    settings,
    get collector() {
      return collector;
    },
    ask: async (method, url, body) => {
      const answer = await collector.web.local({
        method,
        url,
        ...(body === undefined ? {} : { payload: body }),
      });
      if (answer.statusCode >= 300) throw new Error(`${method} ${url}: ${answer.body}`);
      return answer.json();
    },
    write: async (token, samples) => {
      const answer = await collector.web.remote({
        method: 'POST',
        url: '/api/v1/write',
        headers: { ...WRITE_HEADERS, authorization: `Bearer ${token}` },
        payload: storedSnappy(encodeSamples(samples)),
      });
      return answer.statusCode;
    },
    restart: async () => {
      await collector.close();
      collector = await open(stage.settings);
      await collector.ready;
    },
    close: async () => {
      await collector.close();
      rmSync(directory, { recursive: true, force: true });
      // A tick that fails is never what a test wants to see, whatever else it looked at.
      const failed = logged.find((line) => line.includes('tick failed'));
      if (failed !== undefined) throw new Error(failed);
    },
  };
  collector = await open(settings);
  await collector.ready;
  return stage;
}
