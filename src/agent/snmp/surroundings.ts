/** Asks a device who is around it. */
import type { Asker } from './asker.ts';
import type { Port } from './interfaces.ts';
import {
  gatewayOf,
  macRows,
  NEIGHBOUR_COLUMNS,
  NEIGHBOUR_SCALARS,
  neighboursOf,
  placesOf,
} from './neighbours.ts';
import { Reading } from './reading.ts';
import type { Discovered } from './snmp.ts';

export type Surroundings = Pick<Discovered, 'neighbours' | 'gateway' | 'places'>;

export const NO_SURROUNDINGS: Surroundings = Object.freeze({
  neighbours: [],
  gateway: null,
  places: [],
});

export async function readSurroundings(
  asker: Asker,
  ports: readonly Port[],
): Promise<Surroundings> {
  const reading = new Reading();
  await asker.scalars(NEIGHBOUR_SCALARS, reading);
  await asker.columns(NEIGHBOUR_COLUMNS, reading);
  const macs = macRows(reading);
  await asker.scalars(macs, reading);
  // Most devices have only some of these: nothing is missing for that.
  for (const oid of [...NEIGHBOUR_SCALARS, ...NEIGHBOUR_COLUMNS, ...macs]) {
    asker.unanswered.delete(oid);
  }
  const neighbours = neighboursOf(reading, ports);
  return { neighbours, gateway: gatewayOf(reading), places: placesOf(reading) };
}
