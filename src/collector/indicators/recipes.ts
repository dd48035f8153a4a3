/**
 * Every recipe, the preferred ones first. A new kind of device is rows in one of these tables, or
 * a table of its own and one line here.
 */
import { INDICATORS, type IndicatorName } from '../../shared/indicator.ts';
import type { Recipe } from './recipe.ts';
import { DATABASES } from './recipes/databases.ts';
import { NODE_EXPORTER } from './recipes/node-exporter.ts';
import { PROBES } from './recipes/probes.ts';
import { SNMP_ANSWERS, SNMP_EXPORTER } from './recipes/snmp-exporter.ts';
import { WINDOWS_EXPORTER } from './recipes/windows-exporter.ts';

/** Series whose name is an indicator: imports, recording rules. Somebody meant exactly this. */
const BY_NAME: readonly Recipe[] = (Object.keys(INDICATORS) as IndicatorName[]).map(
  (indicator) => ({ indicator, read: 'value', plus: [{ metric: indicator }], asIs: true }),
);

export const RECIPES: readonly Recipe[] = Object.freeze([
  ...BY_NAME,
  ...NODE_EXPORTER,
  ...WINDOWS_EXPORTER,
  ...SNMP_EXPORTER,
  ...PROBES,
  ...SNMP_ANSWERS,
  ...DATABASES,
]);
