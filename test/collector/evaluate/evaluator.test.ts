import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { policyOf, START_MS, Story } from './story.ts';

const CPU = `
rules:
  cpu_busy:
    kind: threshold
    indicator: cpu_used_ratio
    summary: { en: CPU is busy, zh: CPU 繁忙 }
    measure: { en: CPU use, zh: CPU 使用率 }
    open: "> 90%"
    clear: "< 80%"
    for: 2m
    critical: { open: "> 98%", clear: "< 95%", for: 1m, urgency: high }
`;
const SILENT = `
  agent_silent:
    kind: absence
    summary: { en: Agent silent, zh: 代理失联 }
    open: "> 75s"
`;
const BUSY = { send: { cpu_used_ratio: 0.95 } };
const IDLE = { send: { cpu_used_ratio: 0.1 } };

describe('hold times and severities', () => {
  it('opens when the condition held, in event time, and clears below clear', () => {
    const story = new Story(CPU);
    expect(story.run('1m', IDLE)).toEqual([]);
    expect(story.run('3m', BUSY)).toEqual(['+03:05 cpu_busy breached warning above_open']);
    expect(story.run('1m', { send: { cpu_used_ratio: 0.85 } })).toEqual([]);
    expect(story.run('1m', IDLE)).toEqual(['+05:05 cpu_busy ok cleared']);
  });

  it('begins at the first bad sample and carries value, limit, layer and texts', () => {
    const story = new Story(CPU);
    story.run('1m', IDLE);
    story.run('3m', BUSY);
    expect(story.verdicts[0]).toEqual({
      device: 'web-1',
      rule: 'cpu_busy',
      indicator: 'cpu_used_ratio',
      item: '',
      state: 'breached',
      severity: 'warning',
      urgency: 'medium',
      summary: { en: 'CPU is busy', zh: 'CPU 繁忙' },
      value: 0.95,
      limit: 0.9,
      sinceMs: START_MS + 65_000,
      reason: {
        name: 'above_open',
        en: 'CPU use 95% > 90%, for 2 min',
        zh: 'CPU 使用率 95% > 90%,已持续 2 分钟',
      },
      layer: 'default',
    });
  });

  it('worsens and eases by severity, with the urgency of each', () => {
    const story = new Story(CPU);
    const lines = [
      ...story.run('3m', BUSY),
      ...story.run('2m', { send: { cpu_used_ratio: 0.99 } }),
      ...story.run('1m', { send: { cpu_used_ratio: 0.93 } }),
      ...story.run('1m', IDLE),
    ];
    expect(lines).toEqual([
      '+02:05 cpu_busy breached warning above_open',
      '+04:05 cpu_busy breached critical above_open',
      '+05:05 cpu_busy breached warning above_open',
      '+06:05 cpu_busy ok cleared',
    ]);
    expect(story.verdicts.map(({ urgency }) => urgency)).toEqual([
      'medium',
      'high',
      'medium',
      'medium',
    ]);
  });

  it('falls to a warning, not to ok, when critical opened first', () => {
    const story = new Story(CPU);
    const lines = [
      ...story.run('80s', { send: { cpu_used_ratio: 0.99 } }),
      ...story.run('30s', { send: { cpu_used_ratio: 0.92 } }),
    ];
    expect(lines).toEqual([
      '+01:05 cpu_busy breached critical above_open',
      '+01:35 cpu_busy breached warning above_open',
    ]);
  });

  it('opens on a sample, never on the mere passing of time', () => {
    const story = new Story(CPU);
    story.run('110s', BUSY);
    expect(story.run('45s')).toEqual([]);
    expect(story.now()).toEqual(['cpu_busy ok pending']);
  });

  it('says nothing of what is fine from the start', () => {
    expect(new Story(CPU).run('10m', IDLE)).toEqual([]);
  });
});

describe('event time', () => {
  it('never opens on samples that arrive later than the budget', () => {
    const story = new Story(CPU);
    story.run('1m', IDLE);
    expect(story.run('10m', { ...BUSY, late: '10m' })).toEqual(['+01:50 cpu_busy unknown no_data']);
  });

  it('opens on samples that are late within the budget', () => {
    const story = new Story(CPU);
    expect(story.run('4m', { ...BUSY, late: '90s' })).toContain(
      '+02:05 cpu_busy breached warning above_open',
    );
  });

  it('ignores a backlog that drains beside live data', () => {
    const story = new Story(CPU);
    story.run('2m', IDLE);
    const backlog = story.values({ cpu_used_ratio: 0.99 }, START_MS + 60_000);
    expect(story.tick(backlog)).toEqual([]);
    story.nowMs += 5_000;
    expect(story.tick(story.values({ cpu_used_ratio: 0.99 }, story.nowMs - 30_000))).toEqual([]);
    expect(story.now()).toEqual(['cpu_busy ok within']);
  });

  it('ignores the same sample twice', () => {
    const story = new Story(CPU.replace('for: 2m', 'samples: 2 of 3'));
    const sample = story.values({ cpu_used_ratio: 0.95 }, story.nowMs);
    expect(story.tick(sample)).toEqual([]);
    expect(story.tick(sample)).toEqual([]);
    expect(story.tick(story.values({ cpu_used_ratio: 0.95 }, story.nowMs + 1_000))).toHaveLength(1);
  });

  it('ignores samples from the far future, which would block all that follow', () => {
    const story = new Story(CPU.replace('for: 2m', 'for: 0s'));
    story.tick(story.values({ cpu_used_ratio: 0.1 }, story.nowMs + 3_600_000));
    expect(story.run('15s', BUSY)).toHaveLength(1);
  });

  it('judges lateness on the sender’s clock when that is known to be wrong', () => {
    const story = new Story(CPU);
    const behind = { ...BUSY, late: '10m' };
    story.facts = { ...story.facts, clockOffsetSeconds: -600 };
    expect(story.run('3m', behind)).toEqual(['+02:05 cpu_busy breached warning above_open']);
  });

  it('does not count a gap as held', () => {
    const story = new Story(CPU);
    story.run('110s', BUSY);
    story.run('5m');
    expect(story.run('110s', BUSY)).toEqual(['+06:55 cpu_busy ok pending']);
    expect(story.run('1m', BUSY)).toEqual(['+08:55 cpu_busy breached warning above_open']);
  });
});

interface Noise {
  readonly after: number;
  readonly ageSeconds: number;
  readonly value: number;
}

describe('noise from a backlog', () => {
  it('changes nothing, wherever it falls between live samples', () => {
    const noise = fc.record({
      after: fc.nat({ max: 59 }),
      ageSeconds: fc.integer({ min: 0, max: 7_200 }),
      value: fc.constantFrom(0.1, 0.85, 0.95, 0.99),
    });
    const live = fc.array(fc.constantFrom(0.1, 0.85, 0.95, 0.99), { minLength: 60, maxLength: 60 });
    const play = (values: readonly number[], extra: readonly Noise[]) => {
      const story = new Story(CPU);
      return values.flatMap((value, i) => {
        story.nowMs += 15_000;
        const lines = story.tick(story.values({ cpu_used_ratio: value }, story.nowMs));
        for (const { after, ageSeconds, value: stale } of extra) {
          if (after !== i) continue;
          const timeMs = story.nowMs - ageSeconds * 1000;
          lines.push(...story.tick(story.values({ cpu_used_ratio: stale }, timeMs)));
        }
        return lines;
      });
    };
    fc.assert(
      fc.property(live, fc.array(noise, { maxLength: 20 }), (values, extra) => {
        expect(play(values, extra)).toEqual(play(values, []));
      }),
      { numRuns: 50 },
    );
  });
});

describe('missing data', () => {
  it('is unknown after three usual intervals, at least a minute', () => {
    const story = new Story(CPU);
    story.run('2m', IDLE);
    expect(story.run('2m')).toEqual(['+02:50 cpu_busy unknown no_data']);
    expect(story.verdicts[0]).toMatchObject({ value: Number.NaN, limit: Number.NaN });
  });

  it('waits longer for what comes rarely', () => {
    const story = new Story(CPU);
    story.run('20m', { ...IDLE, every: '5m' });
    expect(story.run('10m')).toEqual([]);
    expect(story.run('1m')).toEqual(['+30:05 cpu_busy unknown no_data']);
  });

  it('neither recovers a breach nor opens one anew when data return', () => {
    const story = new Story(CPU);
    const lines = [
      ...story.run('3m', BUSY),
      ...story.run('2m'),
      ...story.run('30s', BUSY),
      ...story.run('30s', IDLE),
    ];
    expect(lines).toEqual([
      '+02:05 cpu_busy breached warning above_open',
      '+03:50 cpu_busy unknown no_data',
      '+05:05 cpu_busy breached warning above_open',
      '+05:35 cpu_busy ok cleared',
    ]);
    expect(story.verdicts[2]?.sinceMs).toBe(START_MS + 5_000);
  });

  it('forgets an item that is gone for a day, unless something was wrong with it', () => {
    const story = new Story(CPU);
    story.run('1m', IDLE);
    story.run('2m');
    story.nowMs += 90_000_000;
    story.run('2m');
    expect(story.now()).toEqual([]);
    story.run('3m', BUSY);
    story.run('2m');
    story.nowMs += 90_000_000;
    story.run('2m');
    expect(story.now()).toEqual(['cpu_busy unknown no_data']);
  });

  it('finds a returning item again after it was forgotten', () => {
    const story = new Story(CPU);
    story.run('1m', IDLE);
    story.run('2m');
    story.nowMs += 90_000_000;
    story.run('2m');
    story.run('3m', BUSY);
    expect(story.now()).toEqual(['cpu_busy breached above_open']);
  });
});

describe('a silent agent', () => {
  it('opens agent silent and nothing else; everything it fed is unknown', () => {
    const story = new Story(CPU + SILENT);
    story.run('2m', IDLE);
    const lines = story.run('10m', { heard: false });
    expect(lines).toEqual([
      '+02:50 cpu_busy unknown no_data',
      '+03:20 agent_silent breached warning silent',
    ]);
    expect(story.verdicts[1]).toMatchObject({
      indicator: 'agent_silent',
      sinceMs: START_MS + 120_000,
      reason: { en: 'Nothing has arrived from the agent for 1 min 20 s' },
    });
  });

  it('makes rare data unknown at once, before their own patience ends', () => {
    const story = new Story(CPU + SILENT);
    story.run('20m', { ...IDLE, every: '5m' });
    expect(story.run('2m', { heard: false })).toEqual([
      '+21:20 agent_silent breached warning silent',
      '+21:20 cpu_busy unknown agent_silent',
    ]);
  });

  it('holds a breach open while it is silent, and returns with it', () => {
    const story = new Story(CPU + SILENT);
    story.run('3m', BUSY);
    story.run('5m', { heard: false });
    expect(story.run('20s', BUSY)).toEqual([
      '+08:05 agent_silent ok heard',
      '+08:05 cpu_busy breached warning above_open',
    ]);
  });

  it('goes on judging what others measure of the device', () => {
    const story = new Story(CPU.replaceAll('2m', '1m') + SILENT);
    story.run('1m', IDLE);
    const lines = story.run('3m', { ...BUSY, heard: false });
    expect(lines).toEqual([
      '+02:05 cpu_busy breached warning above_open',
      '+02:20 agent_silent breached warning silent',
    ]);
  });

  it('does not make unknown what others measured shortly before', () => {
    const story = new Story(CPU + SILENT);
    story.run('1m', IDLE);
    story.run('75s', { ...IDLE, heard: false });
    expect(story.run('5s', { heard: false })).toEqual([
      '+02:20 agent_silent breached warning silent',
    ]);
    expect(story.now()).toContain('cpu_busy ok within');
  });

  it('is not claimed for time in which nobody listened', () => {
    const story = new Story(CPU + SILENT);
    story.run('1m', IDLE);
    story.nowMs += 3_600_000;
    expect(story.run('70s', { heard: false })).toEqual(['+62:05 cpu_busy unknown no_data']);
    expect(story.run('20s', { heard: false })).toEqual([
      '+62:25 agent_silent breached warning silent',
    ]);
  });

  it('is not claimed when our own clock is set back', () => {
    const story = new Story(CPU + SILENT);
    story.run('5m', IDLE);
    story.nowMs -= 3_600_000;
    expect(story.run('70s', { heard: false })).toEqual([]);
    expect(story.run('20s', { heard: false })).toContainEqual(
      expect.stringContaining('agent_silent breached'),
    );
  });

  it('is not claimed when an arrival is stamped a moment after the tick', () => {
    const story = new Story(CPU + SILENT);
    story.run('5m', IDLE);
    story.facts = { ...story.facts, heardMs: story.nowMs + 40 };
    expect(story.tick([])).toEqual([]);
  });

  it('is judged only for devices that are watched', () => {
    const story = new Story(CPU + SILENT);
    story.facts = { ...story.facts, watched: false };
    expect(story.run('10m', { heard: false })).toEqual([]);
    expect(story.now()).toEqual([]);
  });

  it('is over when the device is retired', () => {
    const story = new Story(CPU + SILENT);
    story.run('3m', { heard: false });
    story.facts = { ...story.facts, watched: false };
    expect(story.run('5s', { heard: false })).toEqual(['+03:05 agent_silent ok rule_removed']);
  });

  it('has never been heard before its first arrival: unknown, not silent', () => {
    const story = new Story(CPU + SILENT);
    story.facts = { ...story.facts, heardMs: 0 };
    expect(story.run('5m', { heard: false })).toEqual([]);
    expect(story.now()).toEqual(['agent_silent unknown never_heard']);
  });
});

describe('a restart', () => {
  const stream = [
    ...Array.from({ length: 20 }, () => 0.2),
    ...Array.from({ length: 20 }, () => 0.95),
    ...Array.from({ length: 20 }, () => 0.2),
  ];

  /** The stream in one go, or with a restart before sample `cut`; when it opened and cleared. */
  function play(cut: number): string[] {
    const lines: string[] = [];
    let story = new Story(CPU);
    stream.forEach((value, i) => {
      if (i === cut) {
        const open = story.verdicts.at(-1);
        const after = new Story(CPU, {
          startMs: story.nowMs,
          breached: open?.state === 'breached' ? [open] : [],
        });
        for (let j = Math.max(0, i - 12); j < i; j++) {
          const timeMs = START_MS + j * 15_000;
          const values = after.values({ cpu_used_ratio: stream[j] ?? 0 }, timeMs);
          after.evaluator.replay(values, after.facts, timeMs);
        }
        story = after;
      }
      story.nowMs = START_MS + i * 15_000;
      lines.push(...story.tick(story.values({ cpu_used_ratio: value }, story.nowMs)));
    });
    return lines;
  }

  it('opens and clears at the same moment as without one, wherever it falls', () => {
    const expected = play(-1);
    expect(expected).toEqual([
      '+07:00 cpu_busy breached warning above_open',
      '+10:00 cpu_busy ok cleared',
    ]);
    for (let cut = 0; cut < stream.length; cut++) expect([cut, play(cut)]).toEqual([cut, expected]);
  });

  const breach = {
    device: 'web-1',
    rule: 'cpu_busy',
    indicator: 'cpu_used_ratio',
    item: '',
    severity: 'critical',
    sinceMs: START_MS - 60_000,
  } as const;

  it('goes on from the breaches in the ledger, also between clear and open', () => {
    const story = new Story(CPU, { breached: [breach] });
    expect(story.run('1m', { send: { cpu_used_ratio: 0.96 } })).toEqual([]);
    expect(story.now()).toEqual(['cpu_busy breached held']);
    expect(story.run('15s', IDLE)).toEqual(['+01:05 cpu_busy ok cleared']);
  });

  it('tells what changed while it was down', () => {
    const story = new Story(CPU, { breached: [breach] });
    const values = story.values({ cpu_used_ratio: 0.1 }, START_MS - 20_000);
    story.evaluator.replay(values, story.facts, START_MS - 20_000);
    expect(story.run('5s')).toEqual(['+00:05 cpu_busy ok cleared']);
  });

  it('tells nothing of silence before it has listened', () => {
    const story = new Story(CPU + SILENT);
    story.evaluator.replay([], story.facts, START_MS - 20_000);
    expect(story.evaluator.tick([], [], START_MS)).toEqual([]);
  });

  it('holds a breach open while its data do not come', () => {
    const story = new Story(CPU, { breached: [breach] });
    expect(story.run('10m')).toEqual(['+03:05 cpu_busy unknown no_data']);
  });

  it('ends the breach of a rule that is gone', () => {
    const story = new Story(CPU, { breached: [{ ...breach, rule: 'cpu_old' }] });
    expect(story.run('5s')).toEqual(['+00:05 cpu_old ok rule_removed']);
    expect(story.run('1m')).toEqual([]);
  });

  it('does not take a silence from before it for a new one, nor end it', () => {
    const silent = { ...breach, rule: 'agent_silent', indicator: 'agent_silent' };
    const story = new Story(CPU + SILENT, {
      breached: [{ ...silent, severity: 'warning', sinceMs: START_MS - 600_000 }],
    });
    story.facts = { ...story.facts, heardMs: START_MS - 600_000 };
    expect(story.run('5m', { heard: false })).toEqual([]);
    expect(story.now()).toEqual(['agent_silent breached silent']);
    expect(story.run('5s')).toEqual(['+05:05 agent_silent ok heard']);
  });
});

describe('a reload', () => {
  it('keeps the timers of what did not change', () => {
    const story = new Story(CPU);
    story.run('110s', BUSY);
    story.evaluator.reload(policyOf(CPU + SILENT));
    expect(story.run('15s', BUSY)).toEqual(['+02:05 cpu_busy breached warning above_open']);
  });

  it('recovers what the new limit allows', () => {
    const story = new Story(CPU);
    story.run('3m', BUSY);
    story.evaluator.reload(policyOf(CPU.replace('> 90%', '> 97%').replace('< 80%', '< 90%')));
    expect(story.run('15s', BUSY)).toEqual(['+03:05 cpu_busy ok within']);
  });

  it('keeps open what the new limit opens as well', () => {
    const story = new Story(CPU);
    story.run('3m', BUSY);
    story.evaluator.reload(policyOf(CPU.replace('> 90%', '> 85%').replace('for: 2m', 'for: 1h')));
    expect(story.run('1m', BUSY)).toEqual([]);
    expect(story.now()).toEqual(['cpu_busy breached above_open']);
  });

  it('ends the breach of a rule that it removes or switches off', () => {
    for (const yaml of ['rules: {}', CPU.replace('for: 2m', 'enabled: false')]) {
      const story = new Story(CPU);
      story.run('3m', BUSY);
      story.evaluator.reload(policyOf(yaml));
      expect(story.run('15s', BUSY)).toEqual(['+03:05 cpu_busy ok rule_removed']);
      expect(story.run('5m', BUSY)).toEqual([]);
    }
  });

  it('starts judging what was not judged before', () => {
    const story = new Story('rules: {}');
    story.run('1m', BUSY);
    story.evaluator.reload(policyOf(CPU));
    expect(story.run('3m', BUSY)).toEqual(['+03:05 cpu_busy breached warning above_open']);
  });

  it('does not let a replaced watch speak again', () => {
    const story = new Story(CPU);
    story.run('110s', BUSY);
    const values = story.values({ cpu_used_ratio: 0.95 }, story.nowMs + 15_000);
    story.evaluator.replay(values, story.facts, story.nowMs + 15_000);
    story.evaluator.reload(policyOf(CPU.replace('for: 2m', 'for: 1h')));
    expect(story.run('5s')).toHaveLength(1);
    expect(story.run('5m')).toEqual(['+03:05 cpu_busy unknown no_data']);
  });
});

describe('devices', () => {
  it('get other layers when their labels change', () => {
    const yaml = `${CPU}
overrides:
  - labels: { role: batch }
    rules: { cpu_busy: { enabled: false } }
`;
    const story = new Story(yaml);
    story.run('3m', BUSY);
    story.facts = { ...story.facts, labels: { role: 'batch' } };
    expect(story.run('5s', BUSY)).toEqual(['+03:05 cpu_busy ok rule_removed']);
    story.facts = { ...story.facts, labels: { role: 'batch' } };
    expect(story.run('5m', BUSY)).toEqual([]);
  });

  it('take their breaches along when they are forgotten', () => {
    const story = new Story(CPU);
    story.run('3m', BUSY);
    story.evaluator.forget('web-1');
    expect(story.run('5s')).toEqual(['+03:05 cpu_busy ok device_removed']);
    expect(story.now()).toEqual([]);
    story.evaluator.forget('web-1');
    story.evaluator.forget('unheard-of');
  });

  it('have their bad verdicts listed, or all of them', () => {
    const story = new Story(CPU + SILENT);
    story.run('3m', BUSY);
    expect(story.evaluator.verdicts('web-1').map(({ rule }) => rule)).toEqual(['cpu_busy']);
    expect(story.evaluator.verdicts('web-1', true).map(({ rule }) => rule)).toEqual([
      'agent_silent',
      'cpu_busy',
    ]);
    expect(story.evaluator.verdicts('web-2', true)).toEqual([]);
  });

  it('are told apart', () => {
    const story = new Story(CPU.replace('for: 2m', 'for: 0s'));
    const bad = story.values({ cpu_used_ratio: 0.95 }, story.nowMs);
    const good = bad.map((value) => ({ ...value, device: 'web-2', value: 0.1 }));
    const mixed = [...good, ...bad, ...good.map((value) => ({ ...value, device: 'web-3' }))];
    story.tick(mixed);
    expect(story.verdicts.map(({ device }) => device)).toEqual(['web-1']);
  });
});

describe('a site that falls silent at once', () => {
  it('has its unknowns told over several ticks, its breaches at once', () => {
    const evaluator = new Story(CPU + SILENT).evaluator;
    const names = Array.from({ length: 1_500 }, (_, i) => `host-${i}`);
    const facts = names.map((name) => ({
      name,
      labels: {},
      newestMs: START_MS,
      heardMs: START_MS,
      watched: true,
    }));
    const values = names.map((device) => ({
      device,
      indicator: 'cpu_used_ratio' as const,
      item: '',
      timeMs: START_MS,
      value: 0.1,
    }));
    evaluator.tick(values, facts, START_MS);
    for (let second = 1; second < 76; second++) evaluator.tick([], facts, START_MS + second * 1000);
    const counts = Array.from({ length: 8 }, (_, i) => {
      const verdicts = evaluator.tick([], facts, START_MS + (76 + i) * 1000);
      return ['breached', 'unknown'].map(
        (state) => verdicts.filter((verdict) => verdict.state === state).length,
      );
    });
    expect(counts).toEqual([
      [1_500, 250],
      ...Array.from({ length: 5 }, () => [0, 250]),
      [0, 0],
      [0, 0],
    ]);
  });
});
