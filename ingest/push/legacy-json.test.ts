import { describe, expect, test } from 'vitest';
import { testDecoder } from '../../test/support/push-decoder.ts';
import { rowsOf } from '../../test/support/push-encoder.ts';

function decode(body: string) {
  return testDecoder().decode(
    { contentType: 'application/json', contentEncoding: '', body: Buffer.from(body) },
    { legacy: true },
  );
}

describe('JSON of /api/prom/push', () => {
  test('labels are text, times RFC 3339; other keys are ignored', () => {
    const { batch, error } = decode(`{"x":{},"streams":[
      {"labels":"{app=\\"a\\", env=\\"x\\"}","entries":[
        {"ts":"2026-11-22T01:41:20.5Z","line":"first \\u00e4\\n"},{"line":"second","ts":"2026-11-21T21:41:21-04:00","y":[1]}]},
      {"entries":[{"ts":"2026-11-22T01:41:22Z","line":"third"}],"labels":"{app=\\"b\\"}"}]}`);
    expect(error).toBeNull();
    expect(rowsOf(batch).map(({ labels, timestampNs, line }) => [labels, timestampNs, line])).toEqual([
      ['{app="a", env="x", service_name="a"}', 1_795_311_680_500_000_000n, 'first ä\n'],
      ['{app="a", env="x", service_name="a"}', 1_795_311_681_000_000_000n, 'second'],
      ['{app="b", service_name="b"}', 1_795_311_682_000_000_000n, 'third'],
    ]);
  });

  test.each([
    ['{"streams":[{"labels":"{a=\\"1\\"}","entries":[]}]}', null],
    ['{"streams":[{"labels":"{a=1}","entries":[{"ts":"2026-11-22T01:41:20Z","line":"x"}]}]}', 'bad_request'],
    ['{"streams":[{"labels":7}]}', 'bad_request'],
    ['{"streams":[{"labels":"{a=\\"1\\"}","entries":[{"ts":1,"line":"x"}]}]}', 'bad_request'],
    ['{"streams":[{"labels":"{a=\\"1\\"}","entries":[{"ts":"yesterday","line":"x"}]}]}', 'bad_request'],
    ['{"streams":[{"labels":"{a=\\"1\\"}","entries":[{"ts":"1600-01-01T00:00:00Z","line":"x"}]}]}', 'bad_request'],
    ['{"streams":[{"labels":"{a=\\"1\\"}","entries":[{"ts":"2263-01-01T00:00:00Z","line":"x"}]}]}', 'bad_request'],
    ['{"streams":[', 'bad_request'],
    ['', 'bad_request'],
    ['{"streams":[]}', 'no_valid_streams'],
  ])('%s: %s', (body, code) => expect(decode(body).error?.code ?? null).toBe(code));
});
