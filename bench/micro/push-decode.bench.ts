import { must } from '../../src/common/assert.ts';
import { encodePushBody, type PushStream } from '../../ingest/push/encode-loki-proto.ts';
import { testDecoder } from '../../test/support/push-decoder.ts';
import { timestampNs } from '../dataset/timeline.ts';
import { bytesOf, madeApiLines, textsOf } from './made-lines.ts';
import type { MicroBenchmark } from './micro-benchmark.ts';

function pushDecode(name: string, streamCount: number): MicroBenchmark {
  return {
    name: `decode a push, ${name}`,
    unit: 'MB/s',
    prepare: (rows) => {
      const made = madeApiLines(rows);
      const streams: PushStream[] = Array.from({ length: Math.min(streamCount, rows) }, (_, s) => ({
        labels: `{app="api", pod="pod-${s}"}`,
        entries: made
          .filter((_line, row) => row % streamCount === s)
          .map(({ offsetNs, line }) => ({ timestampNs: timestampNs(offsetNs), line })),
      }));
      const body = encodePushBody(streams);
      const decoder = testDecoder();
      const request = { contentType: 'application/x-protobuf', contentEncoding: undefined };
      const run = (): number => must(decoder.decode({ ...request, body: new Uint8Array(body) }).batch).rowCount;
      return { work: bytesOf(textsOf(made)), run, expected: rows };
    },
  };
}

export const benchmarks: readonly MicroBenchmark[] = [pushDecode('few streams', 20), pushDecode('many streams', 1000)];
