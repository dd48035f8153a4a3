import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openDesk } from '../../../src/collector/desk/desk.ts';
import { silentLog } from '../../../src/shared/log.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { ACTOR, rig } from './rig.ts';

/** Makes every insert into `table` fail as a full disk does. */
const full = (table: string): string =>
  `CREATE TRIGGER full BEFORE INSERT ON ${table} BEGIN SELECT RAISE(ABORT, 'disk full'); END`;

describe('desk.db', () => {
  it('remembers small values across a restart', async () => {
    const made = await rig();
    await made.desk.remember('mark', '41');
    await made.desk.remember('mark', '42');
    expect(made.desk.recall('mark')).toBe('42');
    const desk = await made.restart();
    expect(desk.recall('mark')).toBe('42');
    expect(desk.recall('other')).toBeUndefined();
  });

  it('is written ahead with every commit synced', async () => {
    const { query } = await rig();
    expect(query('PRAGMA journal_mode')).toEqual([{ journal_mode: 'wal' }]);
  });

  it('is readable by its owner alone, and so is what belongs to it', async () => {
    const { desk, directory } = await rig();
    await desk.remember('a', 'b');
    const modes = ['desk.db', 'desk.db-wal'].map((name) => statSync(join(directory, name)).mode);
    expect(modes.map((mode) => mode & 0o777)).toEqual([0o600, 0o600]);
  });

  it('can be read and written beside another connection', async () => {
    const { desk, directory } = await rig();
    const other = new Database(join(directory, 'desk.db'));
    other.exec('CREATE TABLE other_room (x)');
    for (let index = 0; index < 50; index++) {
      other.prepare('INSERT INTO other_room VALUES (?)').run(index);
      await desk.audit(ACTOR, 'step', `${index}`, 'done');
    }
    expect(other.prepare('SELECT count(*) FROM other_room').pluck().get()).toBe(50);
    expect(await desk.verifyAudit()).toMatchObject({ ok: true, entries: 50 });
    other.close();
  });

  it('of a newer program is refused and left alone', async () => {
    const made = await rig();
    await made.desk.remember('a', 'b');
    await made.desk.close();
    made.tamper('UPDATE desk_schema SET version = 99');
    const again = openDesk({ directory: made.directory, clock: manualClock(), log: silentLog });
    await expect(again).rejects.toMatchObject({
      code: 'io',
      hint: expect.stringContaining('newer'),
    });
    expect(made.query('SELECT value FROM desk_memory')).toEqual([{ value: 'b' }]);
  });

  it('that is no database is told by name', async () => {
    const { directory } = await rig();
    const elsewhere = join(directory, 'broken');
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, 'desk.db'), 'this is not a database, only text'.repeat(100));
    const open = openDesk({ directory: elsewhere, clock: manualClock(), log: silentLog });
    await expect(open).rejects.toMatchObject({
      code: 'io',
      message: expect.stringContaining('desk.db'),
    });
  });

  it('that cannot be written for a while loses nothing', async () => {
    const { desk, clock, directory, logged, query } = await rig();
    const blocker = new Database(join(directory, 'desk.db'));
    blocker.exec(full('desk_devices'));
    desk.sawDevice('web1', 'agent-a', clock.now());
    await clock.advance(3_000);
    expect(logged.join()).toContain('disk full');
    expect(query('SELECT * FROM desk_audit')).toEqual([]);
    blocker.exec('DROP TRIGGER full');
    await clock.advance(1_000);
    expect(query('SELECT name FROM desk_devices')).toEqual([{ name: 'web1' }]);
    expect(await desk.verifyAudit()).toMatchObject({ ok: true, entries: 1 });
    blocker.close();
  });

  it('refuses a change whose audit entry cannot be written (S48)', async () => {
    const { desk, tamper } = await rig();
    tamper(full('desk_audit'));
    await expect(desk.addAgent('web1', 'agent', ACTOR)).rejects.toThrow('disk full');
    expect(desk.agents()).toEqual([]);
    tamper('DROP TRIGGER full');
    const { token } = await desk.addAgent('web1', 'agent', ACTOR);
    tamper(full('desk_audit'));
    await expect(desk.revokeAgent('web1', ACTOR)).rejects.toThrow('disk full');
    expect(desk.authenticate(token)).not.toBeNull();
    tamper('DROP TRIGGER full');
    expect(await desk.verifyAudit()).toMatchObject({ ok: true, entries: 1 });
  });
});
