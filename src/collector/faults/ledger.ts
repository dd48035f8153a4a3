/**
 * The faults room at work: decides in memory, writes entries and the faults they make in one
 * transaction, and only then believes it. What could not be written is tried again next time.
 */
import type { Verdict } from '../evaluate/evaluate.ts';
import type { Part } from './apart.ts';
import { type AttachmentShelf, attachmentShelf, attachmentsOf } from './attachments.ts';
import { openDatabase } from './database.ts';
import { decide, onBreach } from './decide.ts';
import type { Draft } from './draft.ts';
import { episodesOf } from './episodes.ts';
import type { Fault, LedgerEntry } from './fault.ts';
import { formatFaultId, noSuchFault, parseFaultId } from './fault-id.ts';
import type {
  Asked,
  Attachment,
  FaultClearing,
  FaultCommand,
  FaultContext,
  FaultFilter,
  FaultReport,
  Faults,
  FaultsOptions,
  FaultView,
  LateBreach,
  ReportForm,
  Said,
  SetAside,
  Telling,
  Writing,
} from './faults.ts';
import type { LevelPolicy } from './levels.ts';
import type { Case } from './life.ts';
import { checkCommand, checkReport, checkSaid } from './note.ts';
import { addBreach, addClosed, currentOf } from './owed.ts';
import { Pen, type Request } from './pen.ts';
import { stepOf } from './people-steps.ts';
import { circumstancesOf } from './policy-book.ts';
import { addLinked, addMerged, addSplit, type Two } from './relations.ts';
import { addClearing, addLate, breachOfReport } from './reported.ts';
import { keyOf } from './shelf.ts';
import { FaultTables } from './tables.ts';
import { tellingParts } from './telling.ts';

/** Verdicts kept while the disk refuses them; beyond, only the newest of each rule and item. */
const UNAPPLIED_MOST = 10_000;
/** Devices of a fault's scope that are named. */
const DEVICES_MOST = 200;

export async function openFaultLedger(options: FaultsOptions): Promise<Faults> {
  const tables = new FaultTables(openDatabase(options.directory));
  if (tables.behind()) {
    options.log.warn('the table of faults was behind the ledger: making it anew');
    tables.rebuild();
  }
  return new FaultLedger(tables, options);
}

class FaultLedger implements Faults {
  private readonly tables: FaultTables;
  private readonly files: AttachmentShelf;
  private readonly pen: Pen;
  private unapplied: Verdict[] = [];

  constructor(tables: FaultTables, { clock, log, levels, directory }: FaultsOptions) {
    this.tables = tables;
    this.files = attachmentShelf(directory, clock);
    this.pen = new Pen({ tables, clock, log, levels });
  }

  async apply(
    verdicts: readonly Verdict[],
    context: FaultContext,
  ): Promise<readonly LedgerEntry[]> {
    for (const verdict of verdicts) this.unapplied.push(verdict);
    try {
      const parts = this.unapplied.map((one) => this.partOf(one, context));
      const { entries, left } = this.pen.tickApart(parts);
      // The newest of a place is said once, so it is kept; an older one is out of date.
      const about = new Map(this.unapplied.map((verdict, i) => [verdict, parts[i]]));
      const isLeft = (verdict: Verdict) => left.has(about.get(verdict) as Part);
      this.unapplied = left.size === 0 ? [] : newestOfEach(this.unapplied).filter(isLeft);
      return entries;
    } catch (error) {
      if (this.unapplied.length > UNAPPLIED_MOST) this.unapplied = newestOfEach(this.unapplied);
      throw error;
    }
  }

  async advance(context: FaultContext): Promise<readonly LedgerEntry[]> {
    return this.pen.advance(context);
  }

  async raise(report: FaultReport, context: FaultContext, writing: Writing = {}) {
    const request = { action: 'fault open', subject: report.device, asked: report, writing };
    const { fault, entries } = this.pen.write(request, report.by, (draft) => {
      const after = this.addReport(draft, report, context);
      return { fault: after?.fault.id ?? '', entries: draft.entries };
    });
    return { fault: this.pen.shelf().present(this.read(fault)), entries };
  }

  async clear(clearing: FaultClearing): Promise<LedgerEntry | null> {
    const [entry = null] = this.pen.tick((draft) =>
      addClearing(draft, this.newest(draft, clearing), clearing),
    );
    return entry;
  }

  async tell(tellings: readonly Telling[], context: FaultContext) {
    const add = (draft: Draft, asked: Asked): Case | undefined =>
      asked.kind === 'clear'
        ? addClearing(draft, this.newest(draft, asked.clearing), asked.clearing)
        : this.addReport(draft, asked.report, context);
    const told = this.tables.told();
    const parts = tellingParts(tellings, { shelf: () => this.pen.shelf(), add, told });
    const { left } = this.pen.tickApart(parts);
    return new Set(tellings.filter((_, i) => !left.has(parts[i] as Part)));
  }

  async recordLate(breaches: readonly LateBreach[], context: FaultContext) {
    return this.pen.tick((draft) => {
      const circumstances = (device: string) => this.circumstances(device, context, draft);
      addLate(draft, { breaches, tables: this.tables, circumstances });
    });
  }

  async command(command: FaultCommand, writing: Writing = {}): Promise<LedgerEntry> {
    checkCommand(command);
    const { fault, by, kind } = command;
    const request = { action: `fault ${kind}`, subject: fault, asked: command, writing };
    return this.onFault(request, by, (draft, current) => {
      const { levels } = this.pen.shelf();
      const terms = this.pen.shelf().termsOf(current);
      const step = stepOf(current, command, { levels, terms, nowMs: draft.nowMs });
      const after = draft.add(current, step, by);
      if (after.fault.state === 'closed') addClosed(draft, this.pen.shelf(), after);
    });
  }

  async retire(device: string, { by, note }: Said): Promise<readonly LedgerEntry[]> {
    return this.pen.tick((draft) => {
      for (const fault of this.open().filter((one) => one.device === device)) {
        const one = currentOf(draft, this.pen.shelf(), fault.id);
        if (one === undefined || one.fault.state === 'closed') continue;
        const step = { kind: 'closed' as const, note, detail: { retired: true } };
        addClosed(draft, this.pen.shelf(), draft.add(one, step, by));
      }
    });
  }

  merge(fault: string, into: string, step: Said): Promise<LedgerEntry> {
    return this.relate('merge', { fault, other: into, step }, addMerged);
  }

  split(fault: string, step: Said): Promise<LedgerEntry> {
    return this.relate('split', { fault, other: null, step }, addSplit);
  }

  link(fault: string, other: string, step: Said): Promise<LedgerEntry> {
    return this.relate('link', { fault, other, step }, addLinked);
  }

  async attach(
    fault: string,
    file: { readonly name: string; readonly type: string; readonly content: Buffer },
    step: Said,
  ): Promise<Attachment> {
    this.read(fault);
    const attachment = await this.files.keep(file);
    const { writing = {}, by, note } = step;
    const asked = { fault, ...attachment };
    const request = { action: 'fault attach', subject: fault, asked, writing };
    checkSaid(step);
    await this.onFault(request, by, (draft, current) => {
      draft.add(current, { kind: 'attached', note, detail: { ...attachment } }, by);
    });
    return attachment;
  }

  async readAttachment(fault: string, sha256: string) {
    const { attachments } = await this.show(fault);
    return this.files.read(attachments, sha256);
  }

  open(): readonly Fault[] {
    return this.pen.shelf().open();
  }

  async list(filter: FaultFilter): Promise<readonly Fault[]> {
    return this.tables.list(filter).map((one) => this.pen.shelf().present(one));
  }

  async show(id: string): Promise<FaultView> {
    const number = parseFaultId(id);
    const fault = this.pen.shelf().present(this.read(id));
    const ledger = this.tables.entriesOf(number);
    const symptoms = this.tables.symptomsOf(number, DEVICES_MOST);
    const devices = [...new Set([fault.device, ...symptoms.devices])];
    const attachments = attachmentsOf(ledger);
    const earlier = episodesOf(ledger, (one) => this.pen.shelf().present(one));
    return { fault, ledger, attachments, earlier, symptoms: symptoms.count, devices };
  }

  async report(id: string, form: ReportForm): Promise<Buffer> {
    const view = await this.show(id);
    const { renderFaultReport } = await import('./report/fault-report.ts');
    return renderFaultReport(view, this.pen.shelf().levels, form);
  }

  async ledgerAfter(mark: number, limit: number): Promise<readonly LedgerEntry[]> {
    return this.tables.entriesAfter(mark, limit);
  }

  setAside(): SetAside {
    return this.pen.setAside();
  }

  reload(levels: LevelPolicy): void {
    this.pen.reload(levels);
  }

  async close(): Promise<void> {
    this.tables.close();
  }

  private read(id: string): Case {
    const found = this.tables.find(parseFaultId(id));
    if (found === undefined) throw noSuchFault(id);
    return found;
  }

  private newest(draft: Draft, place: Parameters<typeof keyOf>[0]): Case | undefined {
    return draft.newestAt(place, this.pen.shelf().newestOf(place));
  }

  private circumstances(device: string, context: FaultContext, { nowMs }: Draft) {
    return circumstancesOf(this.pen.shelf().levels, { device, context, nowMs });
  }

  /** What a verdict adds to the ledger. */
  private partOf(verdict: Verdict, context: FaultContext): Part {
    const add = (draft: Draft): void => {
      const current = this.newest(draft, verdict);
      const circumstances = this.circumstances(verdict.device, context, draft);
      const step = decide(current, verdict, circumstances);
      if (step !== null) addBreach(draft, { current, step, context, by: 'system' });
    };
    return { about: keyOf(verdict), add };
  }

  private addReport(draft: Draft, report: FaultReport, context: FaultContext): Case | undefined {
    checkReport(report);
    const seen = breachOfReport(report, draft);
    const current = this.newest(draft, seen.breach);
    const step = onBreach(current, seen, this.circumstances(report.device, context, draft));
    if (step === null) return current;
    return addBreach(draft, { current, step, context, by: report.by });
  }

  private async relate(
    verb: string,
    { fault, other, step }: Relation,
    add: (draft: Draft, two: Two, said: Said) => void,
  ): Promise<LedgerEntry> {
    checkSaid(step);
    const { writing = {} } = step;
    const asked = { verb, fault, other, by: step.by, note: step.note };
    const request = { action: `fault ${verb}`, subject: fault, asked, writing };
    return this.onFault(request, step.by, (draft, one) => {
      const parts = this.pen.shelf().partsOf(one.fault.id);
      add(draft, { one, other: other === null ? null : this.read(other), parts }, step);
    });
  }

  /** One write on one fault that exists; gives the first entry it wrote. */
  private async onFault(
    request: Request,
    by: string,
    add: (draft: Draft, current: Case) => void,
  ): Promise<LedgerEntry> {
    const subject = formatFaultId(parseFaultId(request.subject));
    return this.pen.write({ ...request, subject }, by, (draft) => {
      const current = currentOf(draft, this.pen.shelf(), subject) ?? this.read(subject);
      this.pen.checkVersion(current, request.writing);
      add(draft, current);
      return draft.entries[0] as LedgerEntry;
    });
  }
}

interface Relation {
  readonly fault: string;
  readonly other: string | null;
  readonly step: Said;
}

function newestOfEach(verdicts: readonly Verdict[]): Verdict[] {
  return [...new Map(verdicts.map((verdict) => [keyOf(verdict), verdict])).values()];
}
