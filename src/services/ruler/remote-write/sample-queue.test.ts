import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nodeRuntime } from '../../../common/node-runtime.ts';
import { SampleQueue, type QueueRecord } from './sample-queue.ts';

let directory: string;
let problems: string[];

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'skald-queue-'));
  problems = [];
});
afterEach(async () => await rm(directory, { recursive: true }));

async function open(maxBytes = 2 ** 30): Promise<SampleQueue> {
  return await SampleQueue.open({
    directory,
    files: nodeRuntime.files,
    maxBytes,
    report: (problem) => problems.push(problem),
  });
}

const record = (text: string, sampleCount = 1): QueueRecord => ({
  payload: Buffer.from(text),
  sampleCount,
  writtenAtMs: 1_700_000_000_000,
});
const textsOf = ({ records }: { records: readonly QueueRecord[] }): string[] =>
  records.map(({ payload }) => Buffer.from(payload).toString());

test('what was appended is read in order, and again until it is committed', async () => {
  const queue = await open();
  await queue.append([record('a'), record('b', 5)]);
  await queue.append([record('c')]);
  expect(textsOf(await queue.read(1))).toEqual(['a']);
  const two = await queue.read(3);
  expect(textsOf(two)).toEqual(['a', 'b']);
  expect(two.records[1]).toMatchObject({ sampleCount: 5, writtenAtMs: 1_700_000_000_000 });
  await queue.commit(two);
  const rest = await queue.read(100);
  expect(textsOf(rest)).toEqual(['c']);
  await queue.commit(rest);
  expect(textsOf(await queue.read(100))).toEqual([]);
  await queue.close();
  expect(problems).toEqual([]);
});

test('another process goes on behind the last commit, in a segment of its own', async () => {
  const first = await open();
  await first.append([record('a'), record('b')]);
  await first.commit(await first.read(1));
  // Killed: not closed.
  const second = await open();
  await second.append([record('c')]);
  const all = await second.read(100);
  expect(textsOf(all)).toEqual(['b', 'c']);
  await second.commit(all);
  expect((await readdir(directory)).sort()).toEqual(['0000000002.samples', 'sent']);
  await second.close();
  const third = await open();
  expect(textsOf(await third.read(100))).toEqual([]);
  await third.append([record('d')]);
  expect(textsOf(await third.read(100))).toEqual(['d']);
  await third.close();
  await first.close();
});

describe('damage', () => {
  const file = () => path.join(directory, '0000000001.samples');

  test('a segment that is cut anywhere loses only what was cut', async () => {
    const queue = await open();
    await queue.append([record('first'), record('second')]);
    await queue.close();
    const whole = await readFile(file());
    const secondAt = 8 + 20 + 'first'.length;
    for (let length = 8; length < whole.length; length++) {
      await writeFile(file(), whole.subarray(0, length));
      const cut = await open();
      await cut.append([record('later')]);
      const expected = [...(length >= secondAt ? ['first'] : []), 'later'];
      expect(textsOf(await cut.read(100)), `${length} bytes`).toEqual(expected);
      await cut.close();
      await rm(path.join(directory, '0000000002.samples'));
    }
  });

  test('a flipped byte ends the segment, which is told', async () => {
    const queue = await open();
    await queue.append([record('first'), record('second')]);
    await queue.close();
    const whole = await readFile(file());
    whole[8 + 20 + 5 + 25] ^= 1;
    await writeFile(file(), whole);
    const damaged = await open();
    await damaged.append([record('later')]);
    expect(textsOf(await damaged.read(100))).toEqual(['first', 'later']);
    expect(problems).toEqual([expect.stringContaining('0000000001.samples: no record at 33, 26 bytes are skipped')]);
    await damaged.close();
  });

  test('a segment of another version is refused', async () => {
    const queue = await open();
    await queue.append([record('first')]);
    await queue.close();
    const whole = await readFile(file());
    whole[4] = 2;
    await writeFile(file(), whole);
    await expect((await open()).read(1)).rejects.toThrow('its header is 534b525702000000, expected version 1');
  });

  test('without a readable position everything is read again', async () => {
    const queue = await open();
    await queue.append([record('a')]);
    await queue.commit(await queue.read(1));
    await queue.close();
    await truncate(path.join(directory, 'sent'), 3);
    expect(textsOf(await (await open()).read(100))).toEqual(['a']);
    expect(problems).toHaveLength(1);
  });
});

test('above the limit the oldest segment is dropped, which is told', async () => {
  const large = record('x'.repeat(3 * 2 ** 20));
  const queue = await open(10 * 2 ** 20);
  for (let i = 0; i < 5; i++) await queue.append([large, record(String(i))]);
  const kept = textsOf(await queue.read(100)).filter((text) => text.length === 1);
  expect(kept).toEqual(['2', '3', '4']);
  expect(problems).toEqual([expect.stringContaining('0000000001.samples: dropped')]);
  await queue.close();
});
