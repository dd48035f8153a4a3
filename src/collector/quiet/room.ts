/** The quiet room put together: windows, causes and storms are asked in turn about a fault. */
import { messageOf } from '../../shared/errors.ts';
import type { Labelled } from '../../shared/selector.ts';
import { HOUR_MS } from '../../shared/units.ts';
import { DependencyWatch } from './dependency.ts';
import { flapOf } from './flapping.ts';
import { buildGraph, type Dependency, type Graph } from './graph.ts';
import { configured, type QuietPolicy } from './policy.ts';
import type { QuietOptions, QuietRoom } from './quiet.ts';
import { StormWatch } from './storm.ts';
import { WindowBook } from './window-book.ts';
import { keyOf, WindowWatch } from './window-watch.ts';
import { openWindowsTable } from './windows-table.ts';

const FORGET_EVERY_MS = HOUR_MS;

/** Whoever reports something waits for an answer, and the watch itself must never fall silent. */
const NEVER_QUIET: readonly string[] = ['person', 'self'];

/** Devices by name, indexed again when one changes. */
function deviceFinder(devices: QuietOptions['devices']): (name: string) => Labelled {
  let seen: readonly Labelled[] = [];
  let byName = new Map<string, Labelled>();
  return (name) => {
    if (devices() !== seen) {
      seen = devices();
      byName = new Map(seen.map((device) => [device.name, device]));
    }
    return byName.get(name) ?? { name, labels: {} };
  };
}

/** Retention in steps: now and then one, at every tick while there is more to do. */
function forgetter(book: WindowBook, { log }: QuietOptions): (nowMs: number) => void {
  let steppedMs = 0;
  let hasMore = true;
  return (nowMs) => {
    // A clock that was set back must not put it off.
    if (!hasMore && Math.abs(nowMs - steppedMs) < FORGET_EVERY_MS) return;
    steppedMs = nowMs;
    try {
      hasMore = book.forget(nowMs);
    } catch (error) {
      hasMore = false;
      log.error('old windows could not be removed', { reason: messageOf(error) });
    }
  };
}

/** The graph of now, made again when devices, confirmations or the policy change. */
function graphKeeper({ devices, confirmed, log }: QuietOptions) {
  let seen: readonly unknown[] = [];
  let graph: Graph = buildGraph([]);
  return (policy: QuietPolicy): { readonly graph: Graph; readonly isNew: boolean } => {
    const now = [policy, devices(), confirmed()];
    if (now.every((one, index) => one === seen[index])) return { graph, isNew: false };
    seen = now;
    const people = confirmed().map(
      ({ child, parent }): Dependency => ({ child, parents: [parent], needs: 'all' }),
    );
    const next = buildGraph([...configured(policy, devices()), ...people]);
    const before = new Set(graph.ignored);
    for (const circle of next.ignored.filter((one) => !before.has(one))) {
      log.warn('a dependency goes in a circle and is left out', { circle });
    }
    graph = next;
    return { graph, isNew: true };
  };
}

export async function openQuietRoom(options: QuietOptions): Promise<QuietRoom> {
  const { clock, directory } = options;
  let policy = options.policy;
  const table = openWindowsTable(directory);
  const book = new WindowBook(table, options, policy.windows);
  const windows = new WindowWatch(book, table, options);
  const forget = forgetter(book, options);
  const graphNow = graphKeeper(options);
  const dependencies = new DependencyWatch(policy.dependencies, graphNow(policy).graph, options);
  const storms = new StormWatch(policy.storm);
  const deviceOf = deviceFinder(options.devices);
  return {
    begin: (open) => {
      const nowMs = clock.now();
      const { graph, isNew } = graphNow(policy);
      if (isNew) dependencies.swap(policy.dependencies, graph);
      windows.begin(open, nowMs);
      dependencies.begin(open, nowMs);
      storms.begin(nowMs);
      forget(nowMs);
    },
    quietOf: (about) => {
      if (NEVER_QUIET.includes(about.indicator)) return null;
      return windows.of(about) ?? dependencies.of(about) ?? storms.of(keyOf(about));
    },
    flapOf: (changesMs) => flapOf(changesMs, policy.flapping, clock.now()),
    remember: (recent) => dependencies.remember(recent),
    windows: {
      register: async (request, actor, repeat = null) => book.register(request, actor, repeat),
      preview: (request) => book.preview(request),
      list: (filter) => book.list(filter),
      show: (id) => book.show(id),
      stateOf: (window) => book.stateOf(window),
      nextOf: (window) => book.occurrence(window, clock.now()),
      end: async (id, step, actor, repeat = null) => book.end(id, step, { actor, repeat }),
      spansOf: (device, fromMs, toMs) => book.spansOf(deviceOf(device), { fromMs, toMs }),
      outcomesAfter: (mark, limit) => table.outcomesAfter(mark, limit),
    },
    state: () => ({
      activeWindows: windows.active,
      storm: storms.now(),
      ignored: graphNow(policy).graph.ignored,
      dependents: graphNow(policy).graph.parentsOf.size,
    }),
    reload: (next) => {
      policy = next;
      book.swap(next.windows);
      storms.swap(next.storm);
    },
    close: async () => table.close(),
  };
}
