/**
 * The smallest pieces of a profile: where a cell of a device's tables is, which rows count, how a
 * number or a text comes out of a cell. `profile-schema.ts` shows them in a whole profile.
 */
import * as z from 'zod';

export const oid = z.string().regex(/^\d+(\.\d+){2,127}$/, 'write an OID as 1.3.6.1.2.1.1.1.0');
export const pattern = z
  .string()
  .min(1)
  .max(256)
  .superRefine((text, context) => {
    try {
      new RegExp(text, 'iu');
    } catch {
      context.addIssue({
        code: 'custom',
        message: 'not a regular expression (ECMAScript, flags iu)',
      });
    }
  });
export const oneOrMore = <T extends z.ZodType>(one: T) => z.union([one, z.array(one).min(1)]);
export const id = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'lower-case words joined by -');
export const column = z.union([z.int().min(1), oid]);

/** Where a cell is: same index as the row, part of it, or what a pointer column says. */
const place = {
  column: column
    .optional()
    .describe("Arc below the block's table, or the whole OID of another table's column"),
  oid: oid.optional().describe('A scalar, with its .0'),
  index: z
    .union([z.int().min(0), z.tuple([z.int().min(0), z.int().min(1)])])
    .optional()
    .describe('With column: look up by this arc of the row index, or arcs [from, to) of it'),
  via: z
    .strictObject({
      column: column.describe('Its value is the index to look up'),
      index: z.union([z.int().min(0), z.tuple([z.int().min(0), z.int().min(1)])]).optional(),
    })
    .optional()
    .describe('With column: the index is the value of this pointer column of the row'),
};
const oneplace = (cell: { column?: unknown; oid?: unknown }): boolean =>
  (cell.column === undefined) !== (cell.oid === undefined);
const ONE_PLACE = 'give either column or oid';

const comparison = {
  eq: z.union([z.number(), z.string()]).optional().describe('Equal, as number or as text'),
  ne: z.union([z.number(), z.string()]).optional().describe('Not equal'),
  gt: z.number().optional(),
  ge: z.number().optional(),
  lt: z.number().optional(),
  le: z.number().optional(),
  in: z
    .array(z.union([z.number(), z.string()]))
    .optional()
    .describe('One of these'),
  not_in: z
    .array(z.union([z.number(), z.string()]))
    .optional()
    .describe('None of these'),
  matches: pattern.optional().describe('Regular expression on the text'),
  not_matches: pattern.optional(),
  exists: z.boolean().optional().describe('Whether the row has this cell at all'),
};
const condition = z
  .strictObject({
    ...place,
    ...comparison,
    or_missing: z.boolean().optional().describe('Holds where the device lacks the cell'),
    below: z.boolean().optional().describe('A cell whose index goes on from the row index'),
    any_row: z.boolean().optional().describe('A cell of the column, whatever its index'),
  })
  .refine(
    (c) => oneplace(c) || (c.oid === undefined && c.index !== undefined),
    'give either column or oid, or index alone to compare an arc of the row index',
  );
export const conditions = z
  .array(z.union([condition, z.strictObject({ any_of: z.array(condition).min(1) })]))
  .describe('Rows that count: every condition holds');

const UNITS = ['B', 'KB', 'KiB', 'MB', 'MiB', 'GB', 'GiB'] as const;
export const value = z
  .strictObject({
    ...place,
    regex: pattern.optional().describe('The number is its first group; default: first number'),
    enum: z.record(z.string(), z.number()).optional().describe('Raw value → number; others: none'),
    unsigned: z.boolean().optional().describe('A negative 32-bit value means 2^32 more'),
    invalid: z
      .array(
        z.union([
          z.number(),
          z.strictObject({
            lt: z.number().optional(),
            le: z.number().optional(),
            gt: z.number().optional(),
            ge: z.number().optional(),
          }),
        ]),
      )
      .optional()
      .describe('Raw numbers (before scaling) that mean "none"'),
    exponent: z
      .strictObject({
        scale: column.describe('SensorDataScale column: × 10^(3 × (n − 9))'),
        precision: column.optional().describe('Digits after the point'),
      })
      .optional()
      .describe('ENTITY-SENSOR style scaling by columns of the same row'),
    scale: z.number().optional().describe('Multiply by'),
    offset: z.number().optional().describe('Then add'),
    unit: z.enum(UNITS).optional().describe('What the number counts; becomes bytes'),
    unit_column: column.optional().describe('Column with the size of one unit in bytes'),
  })
  .refine(oneplace, ONE_PLACE);
export const values = oneOrMore(value);

const textCell = z
  .strictObject({
    ...place,
    regex: pattern.optional().describe('The text is its first group'),
    enum: z.record(z.string(), z.string()).optional().describe('Raw value → text'),
  })
  .refine(oneplace, ONE_PLACE);
const indexText = z.strictObject({
  index: z
    .union([z.int().min(0), z.tuple([z.int().min(0), z.int().min(1)])])
    .describe('This arc of the row index, or arcs [from, to)'),
  as: z.enum(['arcs', 'text']).optional().describe('text: arcs are characters'),
});
const atom = z.union([z.string(), textCell, indexText]);
const joined = z.strictObject({
  join: z.array(z.union([atom, z.strictObject({ first: z.array(atom).min(1) })])).min(1),
  with: z.string().optional().describe('Between the pieces; default: a space'),
});
export const label = z.union([
  atom,
  joined,
  z.strictObject({
    first: z
      .array(z.union([atom, joined]))
      .min(1)
      .describe('First not empty'),
  }),
]);

export type Column = z.infer<typeof column>;
export type Comparison = z.infer<typeof condition>;
export type Conditions = z.infer<typeof conditions>;
export type Value = z.infer<typeof value>;
export type TextCell = z.infer<typeof textCell>;
export type Label = z.infer<typeof label>;
