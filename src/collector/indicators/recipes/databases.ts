/** Databases: postgres_exporter, mysqld_exporter, oracledb_exporter. */
import type { Recipe } from '../recipe.ts';

export const DATABASES: readonly Recipe[] = [
  {
    indicator: 'database_used_bytes',
    read: 'value',
    item: ['datname'],
    plus: [{ metric: 'pg_database_size_bytes' }],
    skip: { datname: /^template[01]$/ },
  },
  // Free space inside the files (`data_free`) is not used.
  {
    indicator: 'database_used_bytes',
    read: 'value',
    item: ['schema'],
    plus: [
      {
        metric: 'mysql_info_schema_table_size',
        only: { component: /^(data|index)_length$/ },
        across: ['table', 'component'],
      },
    ],
    skip: { schema: /^(information_schema|performance_schema|mysql|sys)$/ },
  },
  {
    indicator: 'database_used_bytes',
    read: 'value',
    item: ['tablespace'],
    plus: [{ metric: 'oracledb_tablespace_bytes' }],
  },
  // The ceiling of autoextend, not the size the files happen to have now.
  {
    indicator: 'database_limit_bytes',
    read: 'value',
    item: ['tablespace'],
    plus: [{ metric: 'oracledb_tablespace_max_bytes' }],
    above: 0,
  },
];
