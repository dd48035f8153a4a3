/**
 * What it costs to ask a thousand switches of 48 ports every minute: one agent with its rounds,
 * spool and batches, next to Debian's snmp_exporter walking the same switches with if_mib. Switches
 * are simulated by a process of their own whose cost is nobody's. `snmp-silent` does the same to an
 * agent half of whose switches say nothing.
 */
import { buildBundle } from './support/agent-bundle.ts';
import type { Server } from './support/child.ts';
import type { BenchOptions, BenchTable } from './support/part.ts';
import { cpuSeconds, residentBytes } from './support/process-cost.ts';
import {
  type AgentCost,
  COLUMNS,
  type Cost,
  FULL,
  looksNote,
  measureAgent,
  rowOf,
  type Size,
  SMOKE,
  sleep,
  titleOf,
  withSwitches,
} from './support/snmp-agent.ts';
import { startSnmpExporter } from './support/snmp-exporter.ts';
import { addressOfDevice } from './support/snmp-plan.ts';
import { figure } from './support/table.ts';

interface ExporterCost extends Cost {
  /** Slowest scrape of one device, seconds. */
  readonly slowest: number;
}

/** Every device once in an interval, spread as Prometheus spreads its scrapes. */
async function scrapeRound(size: Size, exporter: Server, port: number) {
  const gapMs = (size.intervalSeconds * 1_000) / size.devices;
  let samples = 0;
  let slowest = 0;
  const scrape = async (i: number): Promise<void> => {
    await sleep((i * gapMs) / 1_000);
    const startMs = performance.now();
    const target = `${addressOfDevice(i)}:${port}`;
    const url = `http://127.0.0.1:${exporter.port}/snmp?module=if_mib&target=${target}`;
    const text = await fetch(url).then((answer) => answer.text());
    slowest = Math.max(slowest, (performance.now() - startMs) / 1_000);
    samples += text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
  };
  await Promise.all(Array.from({ length: size.devices }, (_, i) => scrape(i)));
  return { samples, slowest };
}

async function measureExporter(
  size: Size,
  directory: string,
  port: number,
): Promise<ExporterCost | null> {
  const exporter = await startSnmpExporter(directory);
  if (exporter === null) return null;
  try {
    await scrapeRound(size, exporter, port);
    const cpu = cpuSeconds(exporter.pid);
    let samples = 0;
    let slowest = 0;
    for (let round = 0; round < size.rounds; round++) {
      const seen = await scrapeRound(size, exporter, port);
      samples += seen.samples;
      slowest = Math.max(slowest, seen.slowest);
    }
    const used = cpuSeconds(exporter.pid) - cpu;
    return {
      cpuSeconds: used,
      samples,
      slowest,
      residentBytes: residentBytes(exporter.pid),
    };
  } finally {
    await exporter.stop();
  }
}

function notesOf(size: Size, agent: AgentCost, exporter: ExporterCost | null): string[] {
  const notes = [
    looksNote(size, agent),
    `${size.rounds} rounds after two that are not counted; the agent's figures include spool and sending.`,
    'The agent reads what its indicators need; if_mib is all of ifTable and ifXTable.',
  ];
  if (exporter === null) return [...notes, 'prometheus-snmp-exporter is not installed.'];
  const verdict = agent.cpuSeconds < exporter.cpuSeconds ? 'met' : 'missed';
  notes.push(
    `Slowest scrape of snmp_exporter: ${figure(exporter.slowest)} s.`,
    `Goal: fewer CPU seconds a device than snmp_exporter: ${size === SMOKE ? 'a smoke run says nothing of it' : verdict}.`,
  );
  return notes;
}

export async function run({ smoke, directory }: BenchOptions): Promise<readonly BenchTable[]> {
  const size = smoke ? SMOKE : FULL;
  buildBundle();
  const table = await withSwitches(size, 0, async (port): Promise<BenchTable> => {
    const exporter = await measureExporter(size, directory, port);
    const agent = await measureAgent(size, directory, port);
    const rows = [rowOf('watchkeeper agent', size, agent)];
    if (exporter !== null) rows.push(rowOf('snmp_exporter, if_mib', size, exporter));
    const notes = notesOf(size, agent, exporter);
    return { title: titleOf(size), columns: COLUMNS, rows, notes };
  });
  return [table];
}
