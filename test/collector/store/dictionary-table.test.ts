import { expect, test } from 'vitest';
import type { Database } from '../../../src/collector/store/database.ts';
import { DictionaryTable } from '../../../src/collector/store/dictionary-table.ts';
import { LatestSamples } from '../../../src/collector/store/latest-samples.ts';
import { openSound } from '../../../src/collector/store/recover.ts';
import { SeriesDictionary } from '../../../src/collector/store/series-dictionary.ts';
import { createLog } from '../../../src/shared/log.ts';
import { series, T0, temporaryDirectory } from './rig.ts';

const log = createLog({ write: () => {} });

function over(database: Database) {
  const latest = new LatestSamples();
  const limits = { seriesPerSender: 100, seriesPerCollector: 1_000 };
  const dictionary = new SeriesDictionary(latest, limits);
  const table = new DictionaryTable({ database, dictionary, latest, log });
  table.load();
  const save = (): void => {
    table.write();
    table.commit();
  };
  return { database, latest, dictionary, table, save };
}

const open = () =>
  over(openSound(`${temporaryDirectory()}/samples.db`, log, (database) => database));

test('what is new is written once, and comes back with its numbers', () => {
  const first = open();
  const numbers = ['x', 'y', 'z'].map((name) =>
    first.dictionary.resolve(series(name, { instance: name === 'z' ? 'b' : 'a' }), 'sender'),
  );
  first.save();
  first.save();
  const again = over(first.database);
  expect(again.dictionary.size).toBe(3);
  expect(numbers.map((number) => again.dictionary.labelsOf(number).__name__)).toEqual([
    'x',
    'y',
    'z',
  ]);
  expect(again.dictionary.deviceOf(numbers[2]!).name).toBe('b');
  expect(again.dictionary.resolve(series('x', { instance: 'a' }), 'other')).toBe(numbers[0]);
  expect(again.table.deviceById(2)?.name).toBe('b');
  expect(again.dictionary.unsaved).toEqual({ senders: [], devices: [], series: [] });
});

test('series without instance belong to their sender after a restart, too', () => {
  const first = open();
  const [x, y] = ['x', 'y'].map((sender) => first.dictionary.resolve(series('up'), sender));
  first.save();
  const again = over(first.database);
  expect(again.dictionary.resolve(series('up'), 'x')).toBe(x);
  expect(again.dictionary.resolve(series('up'), 'y')).toBe(y);
});

test('what a failed transaction could not write is written with the next one', () => {
  const first = open();
  first.dictionary.resolve(series('x', { instance: 'a' }), 'sender');
  first.database.exec('BEGIN');
  first.table.write();
  first.database.exec('ROLLBACK');
  first.table.rollback();
  first.dictionary.resolve(series('y', { instance: 'a' }), 'sender');
  first.save();
  expect(over(first.database).dictionary.size).toBe(2);
});

test('heads and what is sealed come back with the device', () => {
  const first = open();
  const number = first.dictionary.resolve(series('x', { instance: 'a' }), 'sender');
  first.latest.set(number, T0, 42);
  first.save();
  first.table.saveHead(first.dictionary.deviceOf(number), 17);
  const again = over(first.database);
  const device = again.dictionary.deviceOf(number);
  expect([device.sealedRow, device.newestMs, again.latest.values[number]]).toEqual([17, T0, 42]);
});

test('rows that another process adds are taken over, each once', () => {
  const writer = open();
  const reader = over(writer.database);
  writer.dictionary.resolve(series('x', { instance: 'a' }), 'sender');
  writer.save();
  reader.table.load();
  reader.table.load();
  expect(reader.dictionary.size).toBe(1);
  const number = writer.dictionary.resolve(series('y', { instance: 'a' }), 'sender');
  writer.save();
  reader.table.load();
  expect(reader.dictionary.labelsOf(number).__name__).toBe('y');
  writer.latest.set(number, T0, 1);
  writer.table.saveHead(writer.dictionary.deviceOf(number), 5);
  expect(reader.table.loadSealed().map(({ name }) => name)).toEqual(['a']);
  expect(reader.latest.times[number]).toBe(T0);
  expect(reader.table.loadSealed()).toEqual([]);
});

test('numbers of what was removed stay used', () => {
  const first = open();
  const number = first.dictionary.resolve(series('x', { instance: 'a' }), 'sender');
  first.save();
  const device = first.dictionary.deviceOf(number);
  first.table.remove(device, 2);
  const again = over(first.database);
  expect(again.dictionary.size).toBe(0);
  const next = again.dictionary.resolve(series('x', { instance: 'a' }), 'sender');
  expect(next).toBe(number + 1);
  expect(again.dictionary.deviceOf(next).id).toBe(device.id + 1);
});
