/** What editors are told is what the readers take. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { schemaOf } from '../../src/agent/schemas.ts';
import { Failure } from '../../src/shared/errors.ts';
import { projectFile } from '../support/parts.ts';

interface Node {
  readonly type?: string;
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly additionalProperties?: Node | boolean;
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
  readonly description?: string;
}

const read = async (name: string): Promise<Node> => (await schemaOf(name)) as Node;

/** Whether the schema knows every key of the value; the types are the readers' business. */
function knows(schema: Node, value: unknown, root: Node = schema): boolean {
  const at = (one: Node): Node =>
    one.$ref === undefined
      ? one
      : (one.$ref
          .slice(2)
          .split('/')
          .filter(Boolean)
          .reduce(
            (node, key) => (node as Record<string, Node>)[key] as Node,
            root as Node,
          ) as Node);
  const node = at(schema);
  const branches = node.anyOf ?? node.oneOf;
  if (branches !== undefined) return branches.some((one) => knows(one, value, root));
  if (Array.isArray(value)) return value.every((one) => knows(node.items ?? {}, one, root));
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, part]) => {
    const below = node.properties?.[key] ?? node.additionalProperties;
    if (below === undefined) return node.properties === undefined;
    return typeof below === 'boolean' ? below : knows(below, part, root);
  });
}

const yaml = (path: string): unknown => parse(readFileSync(projectFile(path), 'utf8'));

describe('the schema of', () => {
  test.each([
    ['credentials', 'config/snmp-credentials.example.yaml'],
    ['probes', 'config/probes.example.yaml'],
    ['known-traps', 'config/traps.yaml'],
    ['profile', 'config/snmp/cisco-ios.yaml'],
    ['agent', 'config/agent.yaml'],
  ])('%s knows what is shipped, and not a slip of it', async (name, path) => {
    const schema = await read(name);
    const shipped = yaml(path) as object;
    expect(knows(schema, shipped)).toBe(true);
    expect(knows(schema, { ...shipped, slipp: 1 })).toBe(false);
  });

  test('the agent knows devices and traps down to their last key', async () => {
    const schema = await read('agent');
    const target = { address: 'a', interfaces: { speeds: [{ name: 'x', speed: '1Gbit' }] } };
    const snmp = { credentials_file: 'f', targets: [target] };
    const traps = { sources: ['::1'], credentials: ['core'], rate: { per_source: 1 } };
    expect(knows(schema, { snmp, traps })).toBe(true);
    expect(knows(schema, { snmp: { ...snmp, targets: [{ adress: 'a' }] } })).toBe(false);
    expect(knows(schema, { traps: { ...traps, rate: { source: 1 } } })).toBe(false);
    expect(schema.properties?.snmp?.description).toBe('Devices asked by SNMP');
  });
});

test('of nothing else there is one', async () => {
  const failure: unknown = await schemaOf('toString').catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Failure);
  expect(failure).toMatchObject({ code: 'usage', hint: expect.stringContaining('known-traps') });
});
