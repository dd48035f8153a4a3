import { describe, expect, test } from 'vitest';
import { simFs } from '../../support/sim-fs.ts';
import { randomOf } from './parts.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
const always = () => 0;
const never = () => 0.99;

async function written(fs = simFs()) {
  const file = await fs.create('/d/a');
  await file.append(Buffer.from('first'));
  return { fs, file };
}

describe('a power cut', () => {
  test('keeps a synced file whose name was synced too', async () => {
    const { fs, file } = await written();
    await file.sync();
    await fs.syncDirectory('/d');
    expect(text(await fs.powerCut(never).read('/d/a', 0, 99))).toBe('first');
  });

  test('may forget the name of a synced file', async () => {
    const { fs, file } = await written();
    await file.sync();
    expect(fs.powerCut(never).paths()).toEqual([]);
    expect(fs.powerCut(always).paths()).toEqual(['/d/a']);
  });

  test('may forget what was not synced', async () => {
    const { fs, file } = await written();
    await file.sync();
    await fs.syncDirectory('/d');
    await file.append(Buffer.from(' second'));
    const survived = new Set<string>();
    for (let seed = 1; seed < 40; seed++) {
      survived.add(text(await fs.powerCut(randomOf(seed)).read('/d/a', 0, 99)));
    }
    expect([...survived].every((each) => each.startsWith('first'))).toBe(true);
    expect(survived.size).toBeGreaterThan(3);
  });

  test('may undo a rename and a removal', async () => {
    const { fs, file } = await written();
    await file.sync();
    await fs.syncDirectory('/d');
    await fs.rename('/d/a', '/d/b');
    expect(fs.powerCut(never).paths()).toEqual(['/d/a']);
    await fs.syncDirectory('/d');
    await fs.unlink('/d/b');
    expect(fs.powerCut(never).paths()).toEqual(['/d/b']);
    expect(fs.powerCut(always).paths()).toEqual([]);
  });
});

test('a killed process leaves everything it wrote', async () => {
  const { fs } = await written();
  expect(text(await fs.kill().read('/d/a', 0, 99))).toBe('first');
});

test('from the crash on nothing comes back', async () => {
  const { fs, file } = await written();
  fs.crashAt(fs.steps + 1);
  const appending = file.append(Buffer.from('0123456789')).then(() => 'came back');
  expect(await Promise.race([appending, fs.off])).toBe('off');
  const later = fs.read('/d/a', 0, 9).then(() => 'came back');
  expect(await Promise.race([later, fs.off.then(() => 'still off')])).toBe('still off');
  expect(text(await fs.kill().read('/d/a', 0, 99))).toBe('first01234');
});
