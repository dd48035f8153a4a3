/** The desk on SQLite: one connection, one writer, memory for what every request asks. */
import { repeat } from '../../shared/clock.ts';
import { Failure, messageOf } from '../../shared/errors.ts';
import { LABEL_NAME, LIMITS } from '../../shared/sample.ts';
import { Agents } from './agents.ts';
import { AuditTrail, type Deed } from './audit-trail.ts';
import type { Desk, DeskOptions } from './desk.ts';
import { Devices } from './devices.ts';
import { Memory } from './memory.ts';
import { openDatabase } from './open-database.ts';
import { migrate } from './schema.ts';

/** How long something newly seen may wait to be written. */
const SAVE_MS = 1_000;
/** How long the time an agent was last heard may wait. */
const HEARD_MS = 30_000;

/** Throws `io`. */
export async function openSqliteDesk({ directory, clock, log }: DeskOptions): Promise<Desk> {
  const connection = openDatabase(directory);
  migrate(connection);
  const trail = new AuditTrail(connection);
  const record = (deed: Deed, write?: () => void): void => trail.record(clock.now(), [deed], write);
  const agents = new Agents(connection, clock, record);
  const devices = new Devices(connection, record);
  const memory = new Memory(connection);
  let heardSavedMs = clock.monotonic();

  const save = (): void => {
    trail.record(clock.now(), devices.deeds(), () => {
      devices.save();
      agents.saveHeard();
    });
    devices.saved();
    agents.heardSaved();
    heardSavedMs = clock.monotonic();
  };
  /** What could not be written stays in memory and is tried again. */
  const trySave = (): void => {
    try {
      save();
    } catch (error) {
      log.error('the desk could not be saved', { error: messageOf(error) });
    }
  };
  const saver = repeat(clock, SAVE_MS, () => {
    if (devices.changed || clock.monotonic() - heardSavedMs >= HEARD_MS) trySave();
  });

  return {
    addAgent: async (name, kind, actor) => ({ token: agents.add(name, kind, actor) }),
    rotateAgent: async (name, overlapMs, actor) => ({
      token: agents.rotate(name, overlapMs, actor),
    }),
    revokeAgent: async (name, actor) => agents.revoke(name, actor),
    agents: () => agents.records(),
    authenticate: (token) => agents.authenticate(token),
    heard: (agent, atMs, offsetSeconds) => agents.heard(agent, atMs, offsetSeconds),
    devices: () => devices.list(),
    device: (name) => devices.get(name),
    sawDevice: (name, agent, atMs, status = 'live') => devices.saw(name, agent, { atMs, status }),
    setFacts: (name, facts) => devices.setFacts(name, facts),
    setReportedLabels: (name, labels) => devices.setReportedLabels(name, labels),
    setKind: (name, kind) => devices.setKind(name, kind),
    setLabels: async (name, labels, actor) => {
      checkLabels(labels);
      devices.setLabels(name, labels, actor);
    },
    removeDevice: async (name, actor) => devices.remove(name, actor),
    audit: async (actor, action, subject, result, detail = {}) =>
      record({ actor, action, subject, result, detail }),
    auditEntries: async (limit, afterNumber = 0) => trail.entries(limit, afterNumber),
    verifyAudit: async () => trail.verify(),
    remember: async (key, value) => memory.remember(key, value),
    recall: (key) => memory.recall(key),
    flush: async () => save(),
    close: async () => {
      await saver.stop();
      trySave();
      connection.close();
    },
  };
}

/** Throws `usage`. */
function checkLabels(labels: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(labels)) {
    if (LABEL_NAME.test(name) && Buffer.byteLength(value) <= LIMITS.labelValueBytes) continue;
    throw new Failure('usage', `${JSON.stringify(name.slice(0, 80))} is not a label of a device`, {
      hint: `names match ${LABEL_NAME.source}, values have at most ${LIMITS.labelValueBytes} bytes`,
    });
  }
}
