import { describe, expect, test } from 'vitest';
import { Labels } from '../../src/common/labels.ts';
import type { Projection, Scan } from '../logical/plan.ts';
import { narrowToStreams } from './narrow-to-streams.ts';

const STREAMS = [
  Labels.from([
    ['app', 'a'],
    ['env', 'x'],
  ]),
  Labels.from([['app', 'b']]),
];

function metadataOf(metadata: Projection['metadata']): Projection['metadata'] {
  const scan: Scan = {
    kind: 'Scan',
    matchers: [],
    range: { start: 0n, end: 1n },
    predicates: [],
    projection: { line: true, metadata },
  };
  const { projection, ...rest } = narrowToStreams(scan, STREAMS);
  expect({ ...rest, line: projection.line }).toMatchObject({ kind: 'Scan', line: true });
  return projection.metadata;
}

describe('narrowToStreams', () => {
  test('labels of all streams hide metadata', () => {
    expect(metadataOf(['app', 'trace_id'])).toEqual(['trace_id']);
  });

  test('labels of some streams do not', () => {
    expect(metadataOf(['env'])).toEqual(['env']);
  });

  test('metadata that is read under its other name stays', () => {
    expect(metadataOf(['app', 'app_extracted'])).toEqual(['app', 'app_extracted']);
  });

  test('all metadata stays all', () => {
    expect(metadataOf('all')).toBe('all');
  });
});
