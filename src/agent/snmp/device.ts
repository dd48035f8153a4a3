/**
 * One device, round after round: the system group first (a silent device costs its time-out once and
 * nothing more), then what is due. Every so often, and whenever the device looks changed (restarted,
 * ports added, another identity), names, filters and units are read as well; in between figures only.
 */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Clock } from '../../shared/clock.ts';
import { messageOf } from '../../shared/errors.ts';
import { Asker } from './asker.ts';
import { numberOf, textOf } from './cell.ts';
import { readFacts, type SystemGroup } from './facts.ts';
import type { TickMemory } from './figures.ts';
import {
  type Choice,
  categoryOf,
  firstStage,
  genericProfile,
  probed,
  secondStage,
} from './identify.ts';
import {
  CHANGING,
  COUNTERS,
  countingColumns,
  hasStranger,
  IF_TABLE_LAST_CHANGE,
  NAMING,
  narrowColumns,
  type Port,
  portsOf,
  rulesFor,
  STATES,
} from './interfaces.ts';
import { gatewayOf, NEIGHBOUR_COLUMNS, NEIGHBOUR_SCALARS, neighboursOf } from './neighbours.ts';
import { missing, Needs } from './places.ts';
import type { Profile } from './profile-schema.ts';
import type { Profiles } from './profiles.ts';
import { carryOver, Reading } from './reading.ts';
import {
  type Chosen,
  chooseBlocks,
  type Figures,
  fastNeeds,
  figuresOf,
  slowCells,
} from './resolve.ts';
import { openSession, type Session, type SessionOptions, troubleOf } from './session.ts';
import type { Discovered, Look, SnmpTarget } from './snmp.ts';

const SYSTEM = Object.freeze({
  sysDescr: '1.3.6.1.2.1.1.1.0',
  sysObjectID: '1.3.6.1.2.1.1.2.0',
  sysUpTime: '1.3.6.1.2.1.1.3.0',
  sysName: '1.3.6.1.2.1.1.5.0',
});
const ALWAYS: readonly string[] = [...Object.values(SYSTEM), IF_TABLE_LAST_CHANGE];

export interface DeviceOptions {
  readonly target: SnmpTarget;
  readonly profiles: Profiles;
  readonly clock: Clock;
  readonly snmp: SessionOptions['snmp'];
  readonly sockets: SessionOptions['sockets'];
}

const NO_FIGURES: Figures = Object.freeze({
  cpu: [],
  memory: [],
  storage: [],
  temperature: [],
  series: [],
});

/** Of a whole address: an IP address as it is, a name looked up. */
async function addressOfHost(host: string): Promise<string> {
  return isIP(host) !== 0 ? host : (await lookup(host)).address;
}

export class Device {
  readonly #options: DeviceOptions;
  readonly #ticks: TickMemory = new Map();
  #session: Session | null = null;
  #asker: Asker | null = null;
  /** What was found when the device was last read as a whole. */
  #known: Discovered | null = null;
  #chosen: Chosen | null = null;
  /** Cells that are not asked every round. */
  #base = new Reading();
  /** Of a whole reading that did not end within its round: the next one goes on from there. */
  #unfinished = new Reading();
  #ifColumns: readonly string[] = [];
  #upTicks = Number.NaN;
  #tableChange = '';
  #wholeAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: DeviceOptions) {
    this.#options = options;
  }

  /** Never rejects: what the device did wrong is in `trouble`. */
  async look(signal: AbortSignal): Promise<Look> {
    const { clock } = this.#options;
    const startMs = clock.monotonic();
    const answersBefore = this.#session?.answers ?? 0;
    const reading = new Reading();
    const stop = (): void => this.#session?.cancel();
    signal.addEventListener('abort', stop);
    let trouble: Look['trouble'] = null;
    let didRestart = false;
    try {
      didRestart = await this.#read(reading, signal);
    } catch (error) {
      trouble = { kind: troubleOf(error) ?? 'stopped', message: messageOf(error) };
      // The next look begins anew, with a name looked up again and fresh v3 clocks.
      if (trouble.kind === 'silent' || trouble.kind === 'denied') this.#closeSession();
    } finally {
      signal.removeEventListener('abort', stop);
    }
    const hasFigures = this.#chosen !== null && trouble?.kind !== 'denied';
    return {
      trouble,
      didRestart,
      reading,
      upTicks: numberOf(reading.scalars.get(SYSTEM.sysUpTime)),
      known: this.#known,
      figures:
        hasFigures && this.#chosen ? figuresOf(this.#chosen, reading, this.#ticks) : NO_FIGURES,
      unanswered: [...(this.#asker?.unanswered ?? [])],
      cut: [...(this.#asker?.cut ?? [])],
      seconds: (clock.monotonic() - startMs) / 1_000,
      pdus: Math.max(0, (this.#session?.answers ?? answersBefore) - answersBefore),
    };
  }

  portName(ifIndex: string): string | null {
    return this.#known?.ports.find((port) => port.ifIndex === ifIndex)?.name ?? null;
  }

  close(): void {
    this.#closeSession();
  }

  #closeSession(): void {
    this.#session?.close();
    this.#session = null;
  }

  async #read(reading: Reading, signal: AbortSignal): Promise<boolean> {
    const asker = await this.#ready(signal);
    asker.begin();
    const fast = this.#chosen === null ? new Needs() : fastNeeds(this.#chosen);
    await asker.scalars([...ALWAYS, ...fast.scalars], reading);
    const system = systemOf(reading);
    const didRestart = this.#didRestart(reading);
    if (!didRestart && !this.#isWholeDue(reading, system)) {
      for (const [oid, cell] of this.#base.scalars) {
        if (!reading.scalars.has(oid)) reading.scalars.set(oid, cell);
      }
      for (const [oid, cells] of this.#base.columns) reading.columns.set(oid, cells);
      await asker.columns([...fast.columns, ...this.#ifColumns], reading);
      if (!hasStranger(reading, this.#known?.ports ?? [])) return didRestart;
      for (const column of this.#base.columns.keys()) reading.columns.delete(column);
    }
    await this.#readWhole(asker, reading, system);
    return didRestart;
  }

  /** Asker over an open session; both are made at the first look, and after a silence. */
  async #ready(signal: AbortSignal): Promise<Asker> {
    if (this.#session !== null && this.#asker !== null) return this.#asker;
    const { target, snmp, sockets, clock } = this.#options;
    const { transport } = this.#known?.choice.profile ?? {};
    const address = await addressOfHost(target.address);
    this.#session = openSession({
      snmp,
      sockets,
      address,
      port: target.port,
      credential: target.credential,
      timeoutMs: target.timeoutMs ?? transport?.timeout ?? DEFAULT_TIMEOUT_MS,
      retries: target.retries ?? transport?.retries ?? DEFAULT_RETRIES,
    });
    if (signal.aborted) this.#session.cancel();
    this.#asker ??= new Asker(clock);
    this.#asker.session = this.#session;
    return this.#asker;
  }

  #applyHints(asker: Asker): void {
    const { transport } = this.#known?.choice.profile ?? {};
    asker.transport = {
      maxRepetitions: transport?.max_repetitions,
      noGetBulk: transport?.no_getbulk,
    };
  }

  #didRestart(reading: Reading): boolean {
    const now = numberOf(reading.scalars.get(SYSTEM.sysUpTime));
    const before = this.#upTicks;
    this.#upTicks = now;
    return now < before;
  }

  #isWholeDue(reading: Reading, system: SystemGroup): boolean {
    const { clock, target } = this.#options;
    const change = textOf(reading.scalars.get(IF_TABLE_LAST_CHANGE));
    const isChanged = change !== this.#tableChange;
    this.#tableChange = change;
    const known = this.#known?.system;
    return (
      known === undefined ||
      isChanged ||
      known.sysObjectID !== system.sysObjectID ||
      known.sysDescr !== system.sysDescr ||
      clock.monotonic() - this.#wholeAtMs >= target.namesIntervalMs
    );
  }

  async #readWhole(asker: Asker, reading: Reading, system: SystemGroup): Promise<void> {
    const { target, profiles, clock } = this.#options;
    asker.relearn();
    carryOver(this.#unfinished, reading, CHANGING);
    this.#unfinished = reading;
    const choice = await this.#identify(asker, system);
    const { profile } = choice;
    const partial = { choice, system, category: categoryOf(profile, system) };
    const nothing = { ports: [], neighbours: [], gateway: '', facts: {} };
    this.#known ??= { ...partial, ...nothing };
    this.#known = { ...this.#known, ...partial };
    this.#applyHints(asker);
    const ports = await this.#readPorts(asker, reading, profile);
    this.#known = { ...this.#known, ports };
    const parts = (profile.use ?? []).flatMap((id) => profiles.byId.get(id) ?? []);
    const ensure = (needs: Needs): Promise<void> => asker.read(missing(needs, reading), reading);
    const source = { reading, ticks: this.#ticks, ensure };
    this.#chosen = await chooseBlocks([profile, ...parts], source);
    const facts = await readFacts([profile, ...parts], source, system);
    this.#known = { ...this.#known, facts };
    if (target.neighbours) {
      const aside = new Reading();
      await asker.scalars(NEIGHBOUR_SCALARS, aside);
      await asker.columns(NEIGHBOUR_COLUMNS, aside);
      // Most devices have only some of these: nothing is missing for that.
      for (const oid of [...NEIGHBOUR_SCALARS, ...NEIGHBOUR_COLUMNS]) asker.unanswered.delete(oid);
      const neighbours = neighboursOf(aside, ports);
      this.#known = { ...this.#known, neighbours, gateway: gatewayOf(aside) };
    }
    this.#base = slowCells(this.#chosen, reading);
    this.#unfinished = new Reading();
    this.#wholeAtMs = clock.monotonic();
  }

  async #readPorts(asker: Asker, reading: Reading, profile: Profile): Promise<readonly Port[]> {
    if (profile.interfaces?.read === false) {
      this.#ifColumns = [];
      return [];
    }
    const columns = [NAMING, STATES, COUNTERS].flatMap((group) => Object.values(group));
    const due = columns.filter((column) => !reading.columns.has(column));
    await asker.columns(due, reading);
    const narrow = narrowColumns(reading).filter((column) => !reading.columns.has(column));
    await asker.columns(narrow, reading);
    this.#ifColumns = countingColumns(reading);
    return portsOf(reading, rulesFor(profile, this.#options.target.interfaces));
  }

  async #identify(asker: Asker, system: SystemGroup): Promise<Choice> {
    const { target, profiles } = this.#options;
    const named = target.profile === '' ? undefined : profiles.byId.get(target.profile);
    if (named !== undefined) return { profile: named, reason: 'named in the configuration' };
    const first = firstStage(profiles.all, system);
    const candidates = secondStage(profiles.all, system, first);
    if (candidates.length > 0) {
      const answers = new Reading();
      const oids = candidates.flatMap(({ probe }) => probe.map(({ oid }) => oid));
      await asker.scalars([...new Set(oids)], answers);
      const texts = new Map([...answers.scalars].map(([oid, cell]) => [oid, textOf(cell)]));
      for (const oid of oids) asker.unanswered.delete(oid);
      const second = probed(candidates, texts);
      if (second !== null) return second;
    }
    return first ?? { profile: genericProfile(profiles.all), reason: 'no profile fits' };
  }
}

const DEFAULT_TIMEOUT_MS = 3_000;
const DEFAULT_RETRIES = 1;

function systemOf({ scalars }: Reading): SystemGroup {
  return {
    sysDescr: textOf(scalars.get(SYSTEM.sysDescr)),
    sysObjectID: textOf(scalars.get(SYSTEM.sysObjectID)),
    sysName: textOf(scalars.get(SYSTEM.sysName)),
  };
}
