import {
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import {
  append,
  appendAll,
  contents,
  crashCopy,
  type Rig,
  restart,
  rig,
  series,
  T0,
  temporaryDirectory,
} from './rig.ts';

const up = series('up', { instance: 'a' });

async function filled(count = 500): Promise<Rig> {
  const own = await rig();
  await appendAll(
    own.store,
    Array.from({ length: count }, (_, i) => [[up, T0 + i * 1000, i] as const]),
  );
  return own;
}

const found = async ({ store }: Rig): Promise<number> =>
  (await contents(store, 'a'))['up{instance="a"}']?.length ?? 0;

test('files and directory are for their owner alone', async () => {
  const directory = join(temporaryDirectory(), 'data');
  const { store } = await rig({ directory });
  await append(store, [[up, T0, 1]]);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  for (const name of ['samples.db', 'samples.db-wal']) {
    expect(statSync(join(directory, name)).mode & 0o777, name).toBe(0o600);
  }
});

test('everything acknowledged is there after a power cut', async () => {
  const first = await filled();
  expect(await found(await rig({ directory: crashCopy(first) }))).toBe(500);
});

test('a file that is no database is put aside, never deleted, and a fresh one started', async () => {
  const directory = temporaryDirectory();
  const rubbish = Buffer.alloc(50_000, 'rubbish ');
  writeFileSync(join(directory, 'samples.db'), rubbish);
  const own = await rig({ directory });
  expect(await found(own)).toBe(0);
  expect(readFileSync(join(directory, 'samples.db.corrupt-1'))).toEqual(rubbish);
  const line = own.lines.find((text) => text.includes('put aside'));
  expect(JSON.parse(line!)).toMatchObject({ level: 'error', mend: expect.any(String) });
  await append(own.store, [[up, T0, 1]]);
  expect(await found(await restart(own))).toBe(1);
});

test('each damaged database is put aside under a name of its own', async () => {
  const directory = temporaryDirectory();
  for (const number of [1, 2]) {
    writeFileSync(join(directory, 'samples.db'), Buffer.alloc(20_000, number));
    const own = await rig({ directory, leaveOpen: true });
    await own.store.close();
  }
  const aside = readdirSync(directory).filter((name) => name.includes('corrupt'));
  expect(aside.sort()).toEqual(['samples.db.corrupt-1', 'samples.db.corrupt-2']);
});

test('a broken tree of pages is found at start', async () => {
  const first = await filled();
  await first.store.close();
  const file = join(first.directory, 'samples.db');
  const bytes = readFileSync(file);
  for (let page = 3; page < bytes.length / 8192; page++)
    bytes.fill(0xff, page * 8192, page * 8192 + 64);
  writeFileSync(file, bytes);
  const own = await rig({ directory: first.directory });
  expect(own.lines.some((line) => line.includes('put aside'))).toBe(true);
  expect(existsSync(`${file}.corrupt-1`)).toBe(true);
});

test('a truncated database does not stop the start', async () => {
  const first = await filled(2_000);
  await first.store.close();
  const file = join(first.directory, 'samples.db');
  truncateSync(file, Math.floor(statSync(file).size / 2));
  const own = await rig({ directory: first.directory });
  await append(own.store, [[up, T0 + 1e9, 1]]);
  expect(await found(own)).toBeGreaterThan(0);
});

test('an empty file is a new database', async () => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'samples.db'), '');
  const own = await rig({ directory });
  await append(own.store, [[up, T0, 1]]);
  expect(readdirSync(directory).some((name) => name.includes('corrupt'))).toBe(false);
});

test('a database of a newer layout, or of another program, is refused and not touched', async () => {
  const directory = temporaryDirectory();
  const file = join(directory, 'samples.db');
  const other = new Sqlite(file);
  other.exec('CREATE TABLE photos(id INTEGER)');
  other.pragma('user_version = 7');
  other.close();
  await expect(rig({ directory, leaveOpen: true })).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('layout 7'),
    hint: expect.stringContaining('not touched'),
  });
  const again = new Sqlite(file);
  expect(again.prepare('SELECT count(*) FROM photos').pluck().get()).toBe(0);
  again.close();
});

test('tables that others added do no harm; a changed definition of ours is damage', async () => {
  const first = await filled(10);
  await first.store.close();
  const change = (sql: string): void => {
    const database = new Sqlite(join(first.directory, 'samples.db'));
    database.unsafeMode(true);
    database.exec(sql);
    database.close();
  };
  change('CREATE TABLE notes(text TEXT); ANALYZE');
  const second = await rig({ directory: first.directory });
  expect(await found(second)).toBe(10);
  await second.store.close();
  change('ALTER TABLE journal ADD COLUMN more');
  const third = await rig({ directory: first.directory });
  expect(await found(third)).toBe(0);
  expect(existsSync(join(first.directory, 'samples.db.corrupt-1'))).toBe(true);
});

test('whatever rots in the write-ahead log, it starts and invents nothing', async () => {
  const first = await filled(20);
  const wal = readFileSync(join(crashCopy(first), 'samples.db-wal'));
  for (let at = 7; at < wal.length; at += Math.floor(wal.length / 25)) {
    const copy = crashCopy(first);
    const rotten = Buffer.from(wal);
    rotten[at]! ^= 0x10;
    writeFileSync(join(copy, 'samples.db-wal'), rotten);
    const own = await rig({ directory: copy });
    const samples = (await contents(own.store, 'a'))['up{instance="a"}'] ?? [];
    expect(samples).toEqual(samples.map((_, i) => [T0 + i * 1000, i]));
    await own.store.close();
  }
});

test('a lost write-ahead log costs what was in it, and nothing else', async () => {
  const first = await filled(100);
  const second = await restart(first);
  for (let i = 0; i < 50; i++) await append(second.store, [[up, T0 + 1e6 + i, i]]);
  const copy = crashCopy(second);
  writeFileSync(join(copy, 'samples.db-wal'), '');
  expect(await found(await rig({ directory: copy }))).toBe(100);
});
