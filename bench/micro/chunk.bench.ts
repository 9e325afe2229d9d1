import { nodeRuntime } from '../../src/common/node-runtime.ts';
import { compressFrame, decompressFrame, type FrameCodec } from '../../storage/chunk/frame-codec.ts';
import { buildCut } from '../../storage/chunk/testing/build-cut.ts';
import { writeCut } from '../../storage/chunk/write-cut.ts';
import { MemoryObjectStore } from '../../storage/objectstore/memory-object-store.ts';
import { BLOCK_BYTES } from '../dataset/raw-blocks.ts';
import { timestampNs } from '../dataset/timeline.ts';
import { bytesOf, madeApiLines, textsOf } from './made-lines.ts';
import type { MicroBenchmark } from './micro-benchmark.ts';

const chunkWrite: MicroBenchmark = {
  name: 'write a chunk',
  unit: 'MB/s',
  prepare: (rows) => {
    const made = madeApiLines(rows);
    const cut = buildCut(
      made.map(({ offsetNs, line }, row) => ({
        labels: { app: 'api', pod: `pod-${row % 80}` },
        timestamp: timestampNs(offsetNs),
        line,
        level: 'info',
        ...(row % 3 === 0 ? { metadata: { trace_id: `trace-${row}` } } : {}),
      })),
      { blockRows: 10_000 },
    );
    const run = async (): Promise<number> => {
      const committed = await writeCut(new MemoryObjectStore(), cut, { runtime: nodeRuntime });
      return committed.reduce((sum, { summary }) => sum + summary.rows, 0);
    };
    return { work: bytesOf(textsOf(made)), run, expected: rows };
  },
};

function pageDecode(codec: FrameCodec): MicroBenchmark {
  return {
    name: `decompress line pages, ${codec}`,
    unit: 'MB/s',
    prepare: (rows) => {
      const raw = Buffer.from(textsOf(madeApiLines(rows)).join(''), 'latin1');
      const pages = Array.from({ length: Math.ceil(raw.length / BLOCK_BYTES) }, (_, i) => {
        const page = raw.subarray(i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES);
        return { frame: compressFrame(codec, page), rawLength: page.length };
      });
      const run = (): number =>
        pages.reduce((sum, { frame, rawLength }) => sum + (decompressFrame(frame, rawLength)?.length ?? 0), 0);
      return { work: raw.length, run, expected: raw.length };
    },
  };
}

export const benchmarks: readonly MicroBenchmark[] = [chunkWrite, pageDecode('zstd'), pageDecode('lz4')];
