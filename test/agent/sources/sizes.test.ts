import { describe, expect, test } from 'vitest';
import { createSizes } from '../../../src/agent/sources/sizes.ts';
import type { FileSystemSizes, SizeRequest } from '../../../src/agent/sources/sources.ts';
import { manualClock } from '../../support/manual-clock.ts';

const SIZES: FileSystemSizes = {
  sizeBytes: 10,
  freeBytes: 5,
  availableBytes: 4,
  files: 2,
  filesFree: 1,
};

/** File systems of which some hang until they are told to answer. */
function hangingMounts(...hanging: readonly string[]) {
  const clock = manualClock();
  const waiting = new Map<string, () => void>();
  const calls: string[] = [];
  const sizes = createSizes({
    clock,
    statfs: (path) => {
      calls.push(path);
      if (path.startsWith('/bad')) return Promise.reject(new Error('EACCES'));
      if (!hanging.includes(path)) return Promise.resolve(SIZES);
      return new Promise((resolve) => waiting.set(path, () => resolve(SIZES)));
    },
  });
  /** Which of the asked got an answer, after the wait if one is needed. */
  const answered = async (asked: readonly SizeRequest[]): Promise<boolean[]> => {
    const answer = sizes(asked);
    await clock.advance(1_000);
    return (await answer).map((found) => found !== null);
  };
  /** A mount that hung answers after all. */
  const release = async (path: string): Promise<void> => {
    waiting.get(path)?.();
    await clock.advance(1);
  };
  return { clock, sizes, answered, release, calls };
}

const local = (path: string): SizeRequest => ({ path, remote: false });
const remote = (path: string): SizeRequest => ({ path, remote: true });

test('answers come in the order asked', async () => {
  const { sizes } = hangingMounts();
  expect(await sizes([local('/a'), remote('/b'), local('/bad'), remote('/c')])).toEqual([
    SIZES,
    SIZES,
    null,
    SIZES,
  ]);
});

test('nothing asked, nothing answered, no timer left behind', async () => {
  const { sizes, clock } = hangingMounts();
  expect(await sizes([])).toEqual([]);
  await sizes([local('/a')]);
  expect(clock.pending()).toBe(0);
});

describe('a mount that hangs', () => {
  test('costs one wait, and the others are answered', async () => {
    const { answered } = hangingMounts('/nas');
    expect(await answered([local('/'), remote('/nas'), remote('/home')])).toEqual([
      true,
      false,
      true,
    ]);
  });

  test('is not asked again while it hangs, and costs no further wait', async () => {
    const { answered, sizes, calls } = hangingMounts('/nas');
    await answered([remote('/nas')]);
    expect(await sizes([local('/'), remote('/nas'), remote('/home')])).toEqual([
      SIZES,
      null,
      SIZES,
    ]);
    expect(calls.filter((path) => path === '/nas')).toHaveLength(1);
  });

  test('is asked again once it has answered, however late', async () => {
    const { answered, release, calls } = hangingMounts('/nas');
    await answered([remote('/nas')]);
    await release('/nas');
    await answered([remote('/nas')]);
    expect(calls).toEqual(['/nas', '/nas']);
  });

  test('a late answer does not change what was given', async () => {
    const { clock, sizes, release } = hangingMounts('/nas');
    const asked = sizes([remote('/nas')]);
    await clock.advance(1_000);
    const given = await asked;
    await release('/nas');
    expect(given).toEqual([null]);
  });
});

describe('of many remote mounts that hang', () => {
  const nas = ['/nas1', '/nas2', '/nas3', '/nas4'];

  test('two are asked; the others wait for a free lane', async () => {
    const { answered, calls } = hangingMounts(...nas);
    expect(await answered([local('/'), ...nas.map(remote)])).toEqual([
      true,
      ...nas.map(() => false),
    ]);
    expect(calls.filter((path) => path !== '/')).toEqual(['/nas1', '/nas2']);
    await answered([local('/'), ...nas.map(remote)]);
    expect(calls.filter((path) => path !== '/')).toEqual(['/nas1', '/nas2']);
  });

  test('the next is asked when one comes back', async () => {
    const { answered, calls, release } = hangingMounts(...nas);
    await answered(nas.map(remote));
    await release('/nas1');
    expect(calls).toEqual(['/nas1', '/nas2']);
    await answered([remote('/nas2'), remote('/nas3')]);
    expect(calls).toEqual(['/nas1', '/nas2', '/nas3']);
  });

  test('local mounts are always asked', async () => {
    const { answered, sizes } = hangingMounts(...nas);
    await answered(nas.map(remote));
    expect(await sizes([local('/'), local('/srv')])).toEqual([SIZES, SIZES]);
  });
});
