import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ACTOR, rig } from './rig.ts';

describe('tokens', () => {
  it('open the door for their agent, also after a restart', async () => {
    const made = await rig();
    const { token } = await made.desk.addAgent('web1', 'agent', ACTOR);
    const { token: other } = await made.desk.addAgent('prom', 'remote-write', ACTOR);
    expect(made.desk.authenticate(token)).toEqual({ name: 'web1', kind: 'agent' });
    const desk = await made.restart();
    expect(desk.authenticate(token)).toEqual({ name: 'web1', kind: 'agent' });
    expect(desk.authenticate(other)).toEqual({ name: 'prom', kind: 'remote-write' });
  });

  it('are nowhere in the data directory', async () => {
    const { desk, directory } = await rig();
    const { token } = await desk.addAgent('web1', 'agent', ACTOR);
    const { token: rotated } = await desk.rotateAgent('web1', 1_000, ACTOR);
    await desk.flush();
    for (const file of readdirSync(directory)) {
      const content = readFileSync(join(directory, file)).toString('latin1');
      for (const secret of [token, rotated]) {
        expect(content).not.toContain(secret);
        expect(content).not.toContain(secret.slice(3, 40));
      }
    }
  });

  it('of anybody else open nothing', async () => {
    const { desk } = await rig();
    const { token } = await desk.addAgent('web1', 'agent', ACTOR);
    const wrong = ['', 'wk_', token.slice(0, -1), `${token}0`, token.toUpperCase(), ` ${token}`];
    for (let at = 3; at < token.length; at++) {
      wrong.push(`${token.slice(0, at)}${token[at] === '0' ? '1' : '0'}${token.slice(at + 1)}`);
    }
    for (const text of wrong) expect(desk.authenticate(text)).toBeNull();
  });

  it('stop at once when revoked, and stay revoked', async () => {
    const made = await rig();
    const { token } = await made.desk.addAgent('web1', 'agent', ACTOR);
    await made.desk.revokeAgent('web1', ACTOR);
    expect(made.desk.authenticate(token)).toBeNull();
    const desk = await made.restart();
    expect(desk.authenticate(token)).toBeNull();
    expect(desk.agents()).toMatchObject([{ name: 'web1', revokedMs: made.clock.now() }]);
  });

  it('overlap while they are rotated, for as long as asked', async () => {
    const made = await rig();
    const { token: old } = await made.desk.addAgent('web1', 'agent', ACTOR);
    const { token: next } = await made.desk.rotateAgent('web1', 60_000, ACTOR);
    await made.clock.advance(59_999);
    expect(made.desk.authenticate(old)?.name).toBe('web1');
    let desk = await made.restart();
    expect(desk.authenticate(old)?.name).toBe('web1');
    await made.clock.advance(1);
    expect(desk.authenticate(old)).toBeNull();
    desk = await made.restart();
    expect(desk.authenticate(old)).toBeNull();
    expect(desk.authenticate(next)?.name).toBe('web1');
  });

  it('rotated without overlap change at once, and a later rotation prolongs none', async () => {
    const { desk, clock } = await rig();
    const { token: first } = await desk.addAgent('web1', 'agent', ACTOR);
    const { token: second } = await desk.rotateAgent('web1', 1_000, ACTOR);
    const { token: third } = await desk.rotateAgent('web1', 100_000, ACTOR);
    await clock.advance(1_000);
    expect([first, second, third].map((token) => desk.authenticate(token) !== null)).toEqual([
      false,
      true,
      true,
    ]);
    const { token: last } = await desk.rotateAgent('web1', 0, ACTOR);
    expect([second, third, last].map((token) => desk.authenticate(token) !== null)).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('given to a revoked name again are new ones, of the kind now asked for', async () => {
    const { desk } = await rig();
    const { token: old } = await desk.addAgent('web1', 'agent', ACTOR);
    await desk.revokeAgent('web1', ACTOR);
    const { token } = await desk.addAgent('web1', 'import', ACTOR);
    expect(desk.authenticate(old)).toBeNull();
    expect(desk.authenticate(token)).toEqual({ name: 'web1', kind: 'import' });
    expect(desk.agents()).toMatchObject([{ name: 'web1', kind: 'import', revokedMs: null }]);
  });

  it('are refused for a name that is taken, unknown or not a name', async () => {
    const { desk } = await rig();
    await desk.addAgent('web1', 'agent', ACTOR);
    await expect(desk.addAgent('web1', 'agent', ACTOR)).rejects.toMatchObject({ code: 'conflict' });
    await expect(desk.rotateAgent('web2', 0, ACTOR)).rejects.toMatchObject({ code: 'not_found' });
    await expect(desk.revokeAgent('web2', ACTOR)).rejects.toMatchObject({ code: 'not_found' });
    await expect(desk.addAgent('../x', 'agent', ACTOR)).rejects.toMatchObject({ code: 'usage' });
    await desk.revokeAgent('web1', ACTOR);
    await expect(desk.rotateAgent('web1', 0, ACTOR)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('when an agent was last heard', () => {
  it('is known at once and written now and then', async () => {
    const { desk, clock, query } = await rig();
    await desk.addAgent('web1', 'agent', ACTOR);
    desk.heard('web1', clock.now(), 1.5);
    expect(desk.agents()).toMatchObject([{ heardMs: clock.now(), clockOffsetSeconds: 1.5 }]);
    expect(query('SELECT heard_ms FROM desk_agents')).toEqual([{ heard_ms: 0 }]);
    const heardMs = clock.now();
    await clock.advance(31_000);
    expect(query('SELECT heard_ms FROM desk_agents')).toEqual([{ heard_ms: heardMs }]);
  });

  it('survives an orderly restart, unknown offsets as unknown', async () => {
    const made = await rig();
    await made.desk.addAgent('web1', 'agent', ACTOR);
    made.desk.heard('web1', 123_456, Number.NaN);
    made.desk.heard('nobody', 1, 0);
    const desk = await made.restart();
    expect(desk.agents()).toMatchObject([
      { name: 'web1', heardMs: 123_456, clockOffsetSeconds: Number.NaN },
    ]);
  });
});
