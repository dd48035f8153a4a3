import { describe, expect, it } from 'vitest';
import { ACTOR, type DeskRig, rig } from './rig.ts';

async function withEntries(count: number): Promise<DeskRig> {
  const made = await rig();
  for (let index = 1; index <= count; index++) {
    await made.desk.audit(ACTOR, 'test.step', `s${index}`, 'done', { index });
  }
  return made;
}

/** Takes the triggers away first, as whoever owns the file can. */
const UNLOCK = 'DROP TRIGGER desk_audit_kept; DROP TRIGGER desk_audit_fixed;';

describe('the audit trail', () => {
  it('tells who did what, from where, when, and how it went', async () => {
    const { desk, clock } = await rig();
    await desk.audit(ACTOR, 'login', 'console', 'refused', { reason: 'wrong password' });
    expect(await desk.auditEntries(10)).toEqual([
      {
        number: 1,
        atMs: clock.now(),
        who: 'li.wei',
        from: '192.0.2.9',
        action: 'login',
        subject: 'console',
        result: 'refused',
        detail: { reason: 'wrong password' },
      },
    ]);
  });

  it('has one entry for every change of tokens, without the token', async () => {
    const { desk } = await rig();
    const { token } = await desk.addAgent('web1', 'agent', ACTOR);
    await desk.rotateAgent('web1', 500, ACTOR);
    await desk.revokeAgent('web1', ACTOR);
    const entries = await desk.auditEntries(10);
    expect(entries.map(({ action, subject, detail }) => ({ action, subject, detail }))).toEqual([
      { action: 'agent.add', subject: 'web1', detail: { kind: 'agent' } },
      { action: 'agent.rotate', subject: 'web1', detail: { overlapMs: 500 } },
      { action: 'agent.revoke', subject: 'web1', detail: {} },
    ]);
    expect(JSON.stringify(entries)).not.toContain(token);
  });

  it('has no entry for what was refused before it began', async () => {
    const { desk } = await rig();
    await expect(desk.addAgent('a b', 'agent', ACTOR)).rejects.toThrow();
    expect(await desk.auditEntries(10)).toEqual([]);
  });

  it('is read page by page', async () => {
    const { desk } = await withEntries(5);
    const numbers = async (limit: number, after?: number) =>
      (await desk.auditEntries(limit, after)).map(({ number }) => number);
    expect(await numbers(2)).toEqual([1, 2]);
    expect(await numbers(2, 2)).toEqual([3, 4]);
    expect(await numbers(10, 4)).toEqual([5]);
  });

  it('cannot be changed or deleted by a statement', async () => {
    const { tamper } = await withEntries(3);
    expect(() => tamper('DELETE FROM desk_audit WHERE number = 2')).toThrow('append-only');
    expect(() => tamper("UPDATE desk_audit SET who = 'x'")).toThrow('append-only');
  });

  it('keeps hostile text inert and short', async () => {
    const { desk } = await rig();
    const hostile = "x'); DROP TABLE desk_audit;--\r\n\u001b[2J";
    await desk.audit({ who: hostile, from: 'y'.repeat(5_000) }, 'a', hostile, 'done');
    const [entry] = await desk.auditEntries(1);
    expect(entry).toMatchObject({ who: hostile, subject: hostile });
    expect(entry?.from).toHaveLength(500);
    expect((await desk.verifyAudit()).ok).toBe(true);
  });
});

describe('the chain', () => {
  it('is whole after many writes and a restart', async () => {
    const made = await withEntries(50);
    await made.desk.addAgent('web1', 'agent', ACTOR);
    expect(await made.desk.verifyAudit()).toEqual({ ok: true, entries: 51, brokenAt: null });
    const desk = await made.restart();
    await desk.audit(ACTOR, 'after', 'restart', 'done');
    expect(await desk.verifyAudit()).toEqual({ ok: true, entries: 52, brokenAt: null });
  });

  it.each([
    ['who', "UPDATE desk_audit SET who = 'other' WHERE number = 3", 3],
    ['when', 'UPDATE desk_audit SET at_ms = at_ms + 1 WHERE number = 3', 3],
    ['where from', "UPDATE desk_audit SET source = '' WHERE number = 3", 3],
    ['what', "UPDATE desk_audit SET action = 'x' WHERE number = 3", 3],
    ['on what', "UPDATE desk_audit SET subject = 'x' WHERE number = 3", 3],
    ['how it went', "UPDATE desk_audit SET result = 'refused' WHERE number = 3", 3],
    ['the details', "UPDATE desk_audit SET detail = '{}' WHERE number = 3", 3],
    ['the hash', "UPDATE desk_audit SET hash = '' WHERE number = 3", 3],
    ['a deletion in the middle', 'DELETE FROM desk_audit WHERE number = 3', 3],
    ['a deletion of the first', 'DELETE FROM desk_audit WHERE number = 1', 1],
    ['a deletion of the last', 'DELETE FROM desk_audit WHERE number = 5', 5],
    ['a deletion of everything', 'DELETE FROM desk_audit', 1],
    [
      'two fields that exchange a part',
      "UPDATE desk_audit SET action = 'test.steps', subject = '3' WHERE number = 3",
      3,
    ],
  ])('shows a change of %s', async (_, sql, brokenAt) => {
    const { desk, tamper } = await withEntries(5);
    tamper(UNLOCK + sql);
    expect(await desk.verifyAudit()).toEqual({ ok: false, entries: brokenAt - 1, brokenAt });
  });

  it('shows a last entry that was written anew with a fitting hash', async () => {
    const forged = await withEntries(4);
    await forged.desk.audit(ACTOR, 'test.step', 'forged', 'done', { index: 5 });
    const [row] = forged.query<{ hash: string }>('SELECT hash FROM desk_audit WHERE number = 5');
    const { desk, tamper } = await withEntries(5);
    tamper(
      `${UNLOCK} UPDATE desk_audit SET subject = 'forged', hash = '${row?.hash}' WHERE number = 5`,
    );
    expect(await desk.verifyAudit()).toEqual({ ok: false, entries: 4, brokenAt: 5 });
  });
});
