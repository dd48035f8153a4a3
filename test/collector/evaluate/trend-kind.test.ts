import { describe, expect, it } from 'vitest';
import { DAY_MS, SLOT_MS } from '../../../src/shared/units.ts';
import { START_MS, Story, type StoryOptions } from './story.ts';

const RULE = `
rules:
  fills:
    kind: trend
    indicator: filesystem_used_bytes
    ratio_of: filesystem_size_bytes
    measure: { en: Disk use, zh: 磁盘使用率 }
    summary: { en: Disk will be full soon, zh: 磁盘即将写满 }
    floor: 70%
    open: "< 3d"
    clear: "> 5d"
    critical: { open: "< 1d", clear: "> 2d" }
`;
const GIB = 1024 ** 3;
const SIZE = 500 * GIB;

/** Slots up to the start that end at `used` after growing `perDay`. */
function growth(used: number, perDay: number, days = 7) {
  const count = Math.round((days * DAY_MS) / SLOT_MS);
  const times = Float64Array.from({ length: count }, (_, i) => START_MS - (count - i) * SLOT_MS);
  return { times, values: times.map((time) => used + (perDay * (time - START_MS)) / DAY_MS) };
}

function disk(past: StoryOptions['past'], used: number, span = '30s'): string[] {
  const story = new Story(RULE, { past });
  return story.run(span, {
    send: { 'filesystem_used_bytes /data': used, 'filesystem_size_bytes /data': SIZE },
  });
}

describe('a disk that fills', () => {
  it('opens when it is full within the limit, and says how fast', () => {
    const story = new Story(RULE, { past: () => growth(450 * GIB, 20 * GIB) });
    const send = {
      'filesystem_used_bytes /data': 450 * GIB,
      'filesystem_size_bytes /data': SIZE,
    };
    expect(story.run('5s', { send })).toEqual(['+00:05 fills /data breached warning fills_soon']);
    expect(story.verdicts[0]?.value).toBeCloseTo(2.5, 1);
    expect(story.verdicts[0]?.reason).toEqual({
      name: 'fills_soon',
      en: 'Disk use 90%, growing 20 GiB a day: full in about 2 d 12 h',
      zh: '磁盘使用率 90%,日增 20 GiB,预计约 2 天 12 小时后写满',
    });
  });

  it('is worse when it is full within a day', () => {
    expect(disk(() => growth(450 * GIB, 60 * GIB), 450 * GIB)).toEqual([
      '+00:05 fills /data breached critical fills_soon',
    ]);
  });

  it('says nothing below the floor, however fast it grows, and does not read the past', () => {
    let reads = 0;
    const past = () => {
      reads++;
      return growth(300 * GIB, 90 * GIB);
    };
    expect(disk(past, 300 * GIB)).toEqual([]);
    expect(reads).toBe(0);
  });

  it.each([
    ['flat', 0],
    ['slow', 1 * GIB],
    ['emptying', -20 * GIB],
  ])('says nothing of a %s one', (_, perDay) => {
    expect(disk(() => growth(450 * GIB, perDay), 450 * GIB)).toEqual([]);
  });

  it('is unknown while there is too little history, or none yet', () => {
    expect(disk(() => growth(450 * GIB, 20 * GIB, 1), 450 * GIB)).toEqual([
      '+00:05 fills /data unknown short_history',
    ]);
    expect(disk(() => null, 450 * GIB)).toEqual(['+00:05 fills /data unknown short_history']);
  });

  it('says how much history is missing', () => {
    const story = new Story(RULE, { past: () => growth(450 * GIB, 20 * GIB, 1) });
    const send = { 'filesystem_used_bytes /': 450 * GIB, 'filesystem_size_bytes /': SIZE };
    story.run('5s', { send });
    expect(story.verdicts[0]?.reason.en).toMatch(
      /^Disk use: 22 h of history, 2 d are needed for a trend$/,
    );
  });

  it('asks again soon when the past was still on its way', () => {
    let answers = 0;
    const past = () => (++answers === 1 ? null : growth(450 * GIB, 20 * GIB));
    expect(disk(past, 450 * GIB, '2m')).toEqual([
      '+00:05 fills /data unknown short_history',
      '+01:05 fills /data breached warning fills_soon',
    ]);
  });

  it('is computed once in ten minutes', () => {
    let reads = 0;
    const past = () => {
      reads++;
      return growth(450 * GIB, 1 * GIB);
    };
    disk(past, 450 * GIB, '31m');
    expect(reads).toBe(4);
  });

  it('is held open between its limits and recovers above clear', () => {
    let perDay = 20 * GIB;
    const story = new Story(RULE, { past: () => growth(450 * GIB, perDay) });
    const send = {
      'filesystem_used_bytes /data': 450 * GIB,
      'filesystem_size_bytes /data': SIZE,
    };
    story.run('5m', { send });
    perDay = 12 * GIB;
    expect(story.run('10m', { send })).toEqual([]);
    expect(story.now()).toEqual(['fills /data breached held']);
    perDay = 5 * GIB;
    expect(story.run('10m', { send })).toEqual(['+20:05 fills /data ok not_filling']);
  });

  it('stays unknown while its data are, and looks again when they return', () => {
    const story = new Story(RULE, { past: () => growth(450 * GIB, 20 * GIB) });
    const send = {
      'filesystem_used_bytes /data': 450 * GIB,
      'filesystem_size_bytes /data': SIZE,
    };
    story.run('30s', { send });
    expect(story.run('2m')).toEqual(['+01:20 fills /data unknown no_data']);
    expect(story.run('5s', { send })).toEqual(['+02:35 fills /data breached warning fills_soon']);
  });

  it('is spread over ticks when many are due at once', () => {
    let reads = 0;
    const past = () => {
      reads++;
      return growth(450 * GIB, 20 * GIB);
    };
    const story = new Story(RULE, { past });
    const send: Record<string, number> = {};
    for (let i = 0; i < 30; i++) {
      send[`filesystem_used_bytes /${i}`] = 450 * GIB;
      send[`filesystem_size_bytes /${i}`] = SIZE;
    }
    const perTick: number[] = [];
    for (let tick = 0; tick < 5; tick++) {
      const before = reads;
      story.run('5s', { send });
      perTick.push(reads - before);
    }
    expect(perTick).toEqual([8, 8, 8, 6, 0]);
    expect(story.verdicts).toHaveLength(30);
  });
});
