import { expect, test } from 'vitest';
import { type InformSecurity, OwnEngine } from '../../../src/agent/traps/own-engine.ts';

const ID = Buffer.from('8000b98380010203', 'hex');

function inform(seconds: number, digest: string, more: Partial<InformSecurity> = {}) {
  return {
    msgAuthoritativeEngineID: ID,
    msgAuthoritativeEngineBoots: 1,
    msgAuthoritativeEngineTime: seconds,
    msgAuthenticationParameters: Buffer.from(digest),
    ...more,
  };
}

test('an inform of our engine is taken within 150 seconds of our time, before and after', () => {
  const engine = new OwnEngine(ID);
  const nowMs = 1_000_000;
  const { engineTime } = engine.times(nowMs);
  const verdicts = [-151, -150, 0, 150, 151].map((off) =>
    engine.judge(inform(engineTime + off, String(off)), nowMs),
  );
  expect(verdicts).toEqual(['not_in_window', 'verified', 'verified', 'verified', 'not_in_window']);
});

test('one of another engine or another life is not ours', () => {
  const engine = new OwnEngine(ID);
  const other = { msgAuthoritativeEngineID: Buffer.from('00', 'hex') };
  expect(engine.judge(inform(1, 'a', other), 0)).toBe('not_ours');
  expect(engine.judge(undefined, 0)).toBe('not_ours');
  expect(engine.judge(inform(1, 'a', { msgAuthoritativeEngineBoots: 0 }), 0)).toBe('not_in_window');
});

test('no time is there at which the same inform is taken twice', () => {
  for (const aheadSeconds of [-150, 0, 150]) {
    const engine = new OwnEngine(ID);
    const said = inform(1_000 + aheadSeconds, 'same');
    expect(engine.judge(said, 999_000)).toBe('verified');
    for (let nowMs = 999_000; nowMs < 1_400_000; nowMs += 1_000) {
      // Others come meanwhile, so that old ones are forgotten.
      engine.judge(inform(engine.times(nowMs).engineTime, String(nowMs)), nowMs);
      expect(['repeated', 'not_in_window']).toContain(engine.judge(said, nowMs));
    }
  }
});

test('when too many are remembered, one more is taken but not verified', () => {
  const engine = new OwnEngine(ID);
  for (let i = 0; i < 100_000; i++) engine.judge(inform(1, String(i)), 0);
  expect(engine.judge(inform(1, 'more'), 0)).toBe('unverified');
  expect(engine.judge(inform(1, '5'), 0)).toBe('repeated');
  // Their window is over.
  expect(engine.judge(inform(400, 'later'), 400_000)).toBe('verified');
});
