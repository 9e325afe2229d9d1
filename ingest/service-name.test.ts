import { describe, expect, test } from 'vitest';
import { Labels } from '../src/common/labels.ts';
import { withServiceName } from './service-name.ts';
import { testLimits } from '../test/support/ingest-limits.ts';

const { discover_service_name: candidates } = testLimits();

describe('service_name, as recorded from Loki', () => {
  test.each([
    [{ service: 's', app: 'a' }, 's'],
    [{ application: 'a2' }, 'a2'],
    [{ app_name: 'a3', name: 'n' }, 'a3'],
    [{ name: 'n4' }, 'n4'],
    [{ app_kubernetes_io_name: 'k' }, 'k'],
    [{ container: 'c', job: 'j' }, 'c'],
    [{ container_name: 'cn' }, 'cn'],
    [{ component: 'cp' }, 'cp'],
    [{ workload: 'w' }, 'w'],
    [{ job: 'j2' }, 'j2'],
    [{ k8s_job_name: 'kj' }, 'kj'],
    [{ other: 'o' }, 'unknown_service'],
    [{ service_name: 'own', app: 'z' }, 'own'],
    [{}, 'unknown_service'],
  ])('%j', (record, name) => {
    const labels = Labels.fromRecord(record);
    expect(withServiceName(labels, candidates).toRecord()).toEqual({ ...record, service_name: name });
  });

  test('no candidates switch discovery off', () => {
    expect(withServiceName(Labels.fromRecord({ app: 'a' }), []).toRecord()).toEqual({ app: 'a' });
  });
});
