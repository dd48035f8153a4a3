import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { passes } from '../../../src/collector/evaluate/bound.ts';
import { compileLimits, type Limit, type Settings } from '../../../src/collector/evaluate/limit.ts';
import { Track } from '../../../src/collector/evaluate/track.ts';

function limitOf(settings: Settings): Limit {
  const [limit] = compileLimits(settings, 'count', (path, reason) => {
    throw new Error(`${path.join('.')}: ${reason}`);
  })!;
  return limit!;
}

/** Judges `samples` one a minute; a letter per sample: `o` open, `.` closed. */
function shape(settings: Settings, samples: readonly number[]): string {
  const track = new Track(limitOf(settings));
  return samples
    .map((value, i) => {
      track.step(i * 60_000, value, true);
      return track.open ? 'o' : '.';
    })
    .join('');
}

describe('a track', () => {
  it('opens and closes at its limits, not between them', () => {
    expect(shape({ open: '> 9', clear: '< 5' }, [1, 9, 10, 9, 6, 5, 4, 6, 9, 10])).toBe(
      '..oooo...o',
    );
  });

  it('closes as soon as open no longer holds when there is no clear', () => {
    expect(shape({ open: '> 9' }, [10, 9, 10])).toBe('o.o');
  });

  it('works downward too', () => {
    expect(shape({ open: '< 3', clear: '> 5' }, [6, 3, 2, 4, 5, 6])).toBe('..ooo.');
  });

  it('opens only after the condition held for so long, counted from the first bad sample', () => {
    expect(shape({ open: '> 9', for: '3m' }, [10, 10, 10, 10, 10])).toBe('...oo');
  });

  it('starts counting again after one good sample', () => {
    expect(shape({ open: '> 9', for: '3m' }, [10, 10, 10, 1, 10, 10, 10, 10])).toBe('.......o');
  });

  it('clears only after good samples held for so long', () => {
    expect(shape({ open: '> 9', clear_for: '2m' }, [10, 1, 1, 10, 1, 1, 1])).toBe('oooooo.');
  });

  it('needs m bad of the newest n', () => {
    expect(shape({ open: '> 9', samples: '3 of 5' }, [10, 1, 10, 1, 10])).toBe('....o');
    expect(shape({ open: '> 9', samples: '3 of 5' }, [10, 10, 1, 1, 1, 10])).toBe('......');
  });

  it('needs m good of the newest n to clear', () => {
    expect(shape({ open: '> 9', clear_samples: '2 of 3' }, [10, 1, 10, 10, 1, 10, 1])).toBe(
      'oooooo.',
    );
  });

  it('does not open on a good sample, even when enough of the newest ones were bad', () => {
    const track = new Track(limitOf({ open: '> 9', samples: '2 of 3', for: '1m' }));
    track.step(0, 10, true);
    track.step(30_000, 10, true);
    expect(track.step(60_000, 1, true)).toBe(false);
    expect(track.step(90_000, 10, true)).toBe(true);
  });

  it('says since when: the first bad sample, then the first good one', () => {
    const track = new Track(limitOf({ open: '> 9', for: '2m', clear_for: '1m' }));
    for (const [minute, value] of [10, 10, 10, 1, 1].entries()) {
      track.step(minute * 60_000, value, true);
      if (minute === 2) expect(track.sinceMs).toBe(0);
    }
    expect([track.open, track.sinceMs]).toEqual([false, 180_000]);
  });

  it('says since when with m of n: the oldest bad sample of the window', () => {
    const track = new Track(limitOf({ open: '> 9', samples: '2 of 3' }));
    for (const [minute, value] of [10, 1, 1, 10, 1, 10].entries()) {
      track.step(minute * 60_000, value, true);
    }
    expect(track.sinceMs).toBe(180_000);
  });

  it('forgets how long something held when data are missing, but not that it is open', () => {
    const track = new Track(limitOf({ open: '> 9', for: '2m' }));
    track.step(0, 10, true);
    track.interrupt();
    expect(track.step(180_000, 10, true)).toBe(false);
    expect(track.step(300_000, 10, true)).toBe(true);
    track.interrupt();
    expect(track.open).toBe(true);
  });

  it('takes a figure to which the rule does not apply as good', () => {
    const track = new Track(limitOf({ open: '> 9', clear: '< 5' }));
    expect(track.step(0, 10, false)).toBe(false);
    expect(track.step(1, 10, true)).toBe(true);
    expect(track.step(2, 10, false)).toBe(true);
    expect(track.open).toBe(false);
  });

  it('closes at once under a changed limit that the value does not pass', () => {
    const before = new Track(limitOf({ open: '> 9', clear: '< 5' }));
    before.step(0, 10, true);
    const lenient = new Track(limitOf({ open: '> 20', clear: '< 5' }));
    lenient.inherit(before);
    expect([lenient.open, lenient.sinceMs]).toEqual([true, 0]);
    expect(lenient.step(60_000, 10, true)).toBe(true);
    expect([lenient.open, lenient.sinceMs]).toEqual([false, 60_000]);

    const stricter = new Track(limitOf({ open: '> 8', clear: '< 5', for: '5m' }));
    stricter.inherit(before);
    expect(stricter.step(60_000, 10, true)).toBe(false);
    expect(stricter.step(120_000, 7, true)).toBe(false);
    expect(stricter.open).toBe(true);
  });

  it('holds a window of 32 samples', () => {
    const bad = Array.from({ length: 32 }, () => 10);
    expect(shape({ open: '> 9', samples: '32 of 32' }, bad)).toBe(`${'.'.repeat(31)}o`);
  });
});

interface Sample {
  readonly timeMs: number;
  readonly value: number;
}

/** By definition and from the whole history: open when the newest run of one kind lasted long enough. */
function oracle(limit: Limit, samples: readonly Sample[]): boolean[] {
  const states: boolean[] = [];
  let open = false;
  let flippedAt = -1;
  samples.forEach((sample, i) => {
    const bound = open ? limit.clear : limit.open;
    const mustMs = open ? limit.clearForMs : limit.forMs;
    let first = i + 1;
    while (first - 1 > flippedAt && passes(bound, samples[first - 1]!.value)) first--;
    if (first <= i && sample.timeMs - samples[first]!.timeMs >= mustMs) {
      open = !open;
      flippedAt = i;
    }
    states.push(open);
  });
  return states;
}

describe('any stream of samples', () => {
  const samples = fc
    .array(
      fc.record({ step: fc.integer({ min: 1, max: 120 }), value: fc.integer({ max: 12, min: 0 }) }),
      {
        maxLength: 60,
      },
    )
    .map((steps) => {
      let timeMs = 0;
      return steps.map(({ step, value }) => {
        timeMs += step * 1000;
        return { timeMs, value };
      });
    });
  const span = fc.integer({ min: 0, max: 300 }).map((seconds) => `${seconds}s`);

  it('opens and closes exactly where the definition says', () => {
    fc.assert(
      fc.property(samples, span, span, (stream, held, clearFor) => {
        const limit = limitOf({ open: '> 8', clear: '< 5', for: held, clear_for: clearFor });
        const track = new Track(limit);
        const states = stream.map(({ timeMs, value }) => {
          track.step(timeMs, value, true);
          return track.open;
        });
        expect(states).toEqual(oracle(limit, stream));
      }),
    );
  });

  it('is idle only when no earlier sample can matter', () => {
    fc.assert(
      fc.property(samples, samples, (before, after) => {
        const limit = limitOf({ open: '> 8', clear: '< 5', for: '90s' });
        const track = new Track(limit);
        for (const { timeMs, value } of before) track.step(timeMs, value, true);
        if (!track.idle) return;
        const fresh = new Track(limit);
        const offset = before.at(-1)?.timeMs ?? 0;
        for (const { timeMs, value } of after) {
          track.step(offset + timeMs, value, true);
          fresh.step(offset + timeMs, value, true);
          expect(track.open).toBe(fresh.open);
        }
      }),
    );
  });
});
