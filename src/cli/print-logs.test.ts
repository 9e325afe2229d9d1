import { expect, test } from 'vitest';
import { formatTime, printLogs, type StreamsData } from './print-logs.ts';

const data: StreamsData = {
  resultType: 'streams',
  result: [
    { stream: { app: 'x', detected_level: 'error' }, values: [['1768471203000000000', 'late']] },
    {
      stream: { app: 'x', detected_level: 'info' },
      values: [
        ['1768471202500000000', 'middle'],
        ['1768471201000000000', 'early'],
      ],
    },
  ],
};

test('labels that all entries have are printed once', () => {
  expect(printLogs(data, 'default', false, false)).toBe(
    'Common labels: {app="x"}\n' +
      '2026-01-15T10:00:03Z {detected_level="error"} late\n' +
      '2026-01-15T10:00:02.5Z {detected_level="info"} middle\n' +
      '2026-01-15T10:00:01Z {detected_level="info"} early\n',
  );
});

test('entries are coloured by level', () => {
  const [, first, second] = printLogs(data, 'default', false, true).split('\n');
  expect(first).toContain('\x1b[31mlate\x1b[39m');
  expect(second).toContain('\x1b[32mmiddle\x1b[39m');
});

test('raw, jsonl and table', () => {
  expect(printLogs(data, 'raw', true, false)).toBe('early\nmiddle\nlate\n');
  expect(JSON.parse(printLogs(data, 'jsonl', false, false).split('\n')[0] ?? '')).toEqual({
    timestamp: '2026-01-15T10:00:03Z',
    labels: { app: 'x', detected_level: 'error' },
    line: 'late',
  });
  expect(printLogs(data, 'table', false, false).split('\n').slice(0, 2)).toEqual([
    'TIME                    LEVEL  LABELS                             LINE',
    '2026-01-15T10:00:03Z    error  {app="x", detected_level="error"}  late',
  ]);
});

test('an empty answer prints nothing', () => {
  expect(printLogs({ resultType: 'streams', result: [] }, 'default', false, false)).toBe('');
});

test('times have the decimals that they need', () => {
  expect(formatTime(1_768_471_200_000_000_001n)).toBe('2026-01-15T10:00:00.000000001Z');
});
