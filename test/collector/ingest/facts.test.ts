import { describe, expect, it } from 'vitest';
import { factsOf, kindOf, reportedLabelsOf } from '../../../src/collector/ingest/facts.ts';
import { makeLabels } from '../../../src/shared/sample.ts';

const series = (name: string, labels: Record<string, string> = {}) =>
  makeLabels([
    ['__name__', name],
    ['instance', 'web1'],
    ['job', 'node'],
    ...Object.entries(labels),
  ]);

describe('factsOf', () => {
  it('takes the labels of info series, by what they describe', () => {
    expect(factsOf(series('node_os_info', { pretty_name: 'Debian 12', version_id: '12' }))).toEqual(
      {
        os_pretty_name: 'Debian 12',
        os_version_id: '12',
      },
    );
    expect(factsOf(series('node_uname_info', { release: '6.1.0', agent: 'web1' }))).toEqual({
      uname_release: '6.1.0',
    });
    expect(factsOf(series('node_dmi_info', { product_name: 'R740' }))).toEqual({
      dmi_product_name: 'R740',
    });
  });

  it.each([['node_cpu_seconds_total'], ['constructor'], ['toString']])(
    'takes none of %s',
    (name) => {
      expect(factsOf(series(name, { a: 'b' }))).toBeNull();
    },
  );
});

describe('reportedLabelsOf', () => {
  it('takes what an agent was configured with from the series that has nothing else', () => {
    const labels = { job: 'node', agent: 'a1', instance: 'web1', site: 'hq' };
    expect(reportedLabelsOf(series('watchkeeper_agent_up', labels))).toEqual({ site: 'hq' });
    expect(reportedLabelsOf(series('watchkeeper_target_info', labels))).toEqual({ site: 'hq' });
    expect(reportedLabelsOf(series('up', labels))).toBeNull();
  });
});

describe('kindOf', () => {
  it.each([
    ['node_uname_info', 'server'],
    ['ifHCInOctets', 'network'],
    ['pg_up', 'database'],
    ['probe_success', 'service'],
    ['up', null],
    ['constructor', null],
  ])('says what has a series %s', (name, kind) => {
    expect(kindOf(series(name))).toBe(kind);
  });
});
