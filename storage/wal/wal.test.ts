import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SkaldError } from '../../src/common/errors.ts';
import { batchOf, entriesOf } from '../head/testing/entries.ts';
import { encodeEntries } from './entry-record.ts';
import { diskError, FaultFiles } from './testing/fault-files.ts';
import { Wal, WAL_DEFAULTS } from './wal.ts';
import type { WalOptions } from './wal.ts';

let directory: string;
let disk: FaultFiles;
let replayed: { line: string; sequence: number; walId: string }[];
let reported: SkaldError[];
/** Logs that a test left open, as a killed process does. */
let opened: Wal[];

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'skald-wal-'));
  disk = new FaultFiles();
  replayed = [];
  reported = [];
  opened = [];
});

afterEach(async () => {
  for (const wal of opened) await wal.close();
  await rm(directory, { recursive: true });
});

async function open(options: Partial<WalOptions> = {}): Promise<Wal> {
  replayed = [];
  const wal = await Wal.open({
    ...WAL_DEFAULTS,
    runtime: disk.runtime,
    directory,
    report: (error) => void reported.push(error),
    onRecord: async ({ batch, sequence, walId }) => {
      replayed.push({
        line: entriesOf(batch)
          .map(({ line }) => line)
          .join(),
        sequence,
        walId,
      });
    },
    ...options,
  });
  opened.push(wal);
  return wal;
}

function payload(line: string) {
  return encodeEntries('t1', batchOf([{ labels: { app: 'a' }, timestamp: 1n, line }]));
}

async function append(wal: Wal, ...lines: string[]): Promise<void> {
  for (const line of lines) await wal.append(payload(line), () => undefined);
}

const lines = (): string[] => replayed.map(({ line }) => line);
const segments = async (): Promise<string[]> => (await readdir(directory)).filter((name) => name.endsWith('.wal'));
const fileOf = (number: number): string => path.join(directory, `${String(number).padStart(8, '0')}.wal`);

describe('appending', () => {
  test('what was acknowledged is there after a restart, in order and with the identity of its run', async () => {
    const first = await open();
    await append(first, 'a', 'b');
    await first.close();
    const second = await open();
    await append(second, 'c');
    await second.close();
    const third = await open();
    expect(replayed).toEqual([
      { line: 'a', sequence: 1, walId: first.walId },
      { line: 'b', sequence: 2, walId: first.walId },
      { line: 'c', sequence: 3, walId: second.walId },
    ]);
    expect(new Set([first.walId, second.walId, third.walId]).size).toBe(3);
    expect(third.nextSequence).toBe(4);
    await third.close();
  });

  test('a log that was never closed is complete', async () => {
    await append(await open(), 'a', 'b', 'c');
    const again = await open();
    expect(lines()).toEqual(['a', 'b', 'c']);
    await again.close();
  });

  test('appends that arrive during a sync share the next one and are applied in order', async () => {
    const wal = await open();
    const before = disk.syncCount;
    const applied: number[] = [];
    const appends = Array.from({ length: 200 }, (_, i) => wal.append(payload(`${i}`), (n) => applied.push(n)));
    const acknowledged = await Promise.all(appends);
    expect(disk.syncCount - before).toBeLessThan(10);
    expect(wal.statistics).toMatchObject({ records: 200 });
    expect(applied).toEqual(acknowledged);
    expect(acknowledged).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
    await wal.close();
  });

  test('an append is acknowledged after its sync, not before', async () => {
    const wal = await open();
    const events: string[] = [];
    disk.fault = (operation) => void events.push(operation);
    await wal.append(payload('a'), () => events.push('applied'));
    events.push('acknowledged');
    expect(events).toEqual(['write', 'datasync', 'applied', 'acknowledged']);
    await wal.close();
  });

  test('with sync interval, appends do not wait for the disk, sync does', async () => {
    const wal = await open({ sync: 'interval', syncPeriodMs: 3_600_000 });
    const before = disk.syncCount;
    await append(wal, 'a', 'b');
    expect(disk.syncCount).toBe(before);
    await wal.sync();
    expect(disk.syncCount).toBe(before + 1);
    await wal.close();
  });

  test('refuses after close', async () => {
    const wal = await open();
    await wal.close();
    await expect(append(wal, 'a')).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('segments', () => {
  test('begin anew when full, and go when nothing in them is needed', async () => {
    const wal = await open({ segmentBytesMax: 200 });
    await append(wal, 'a', 'b', 'c', 'd', 'e');
    expect(await segments()).toEqual(['00000001.wal', '00000002.wal', '00000003.wal']);
    await wal.truncate(4);
    expect(await segments()).toEqual(['00000002.wal', '00000003.wal']);
    await open();
    expect(lines()).toEqual(['c', 'd', 'e']);
  });

  test('leave one empty segment when everything is committed, and the numbers go on', async () => {
    const wal = await open();
    await append(wal, 'a', 'b');
    await wal.truncate(3);
    expect(await segments()).toHaveLength(1);
    await append(wal, 'c');
    await wal.close();
    const again = await open();
    expect(replayed).toMatchObject([{ line: 'c', sequence: 3 }]);
    await again.close();
  });

  test('whose creation was interrupted are removed', async () => {
    await writeFile(path.join(directory, '00000001.wal.ab12.tmp'), 'SKWL');
    await (await open()).close();
    expect(await readdir(directory)).toEqual(['00000001.wal']);
  });
});

describe('failing disks', () => {
  test.each([0, 0.5, 1])('a full disk refuses the push, and the log recovers by itself (torn %d)', async (fraction) => {
    const wal = await open();
    await append(wal, 'a');
    disk.tornFraction = fraction;
    disk.fault = (operation) => {
      if (operation === 'write') throw diskError('ENOSPC');
    };
    await expect(append(wal, 'lost')).rejects.toThrow(/no space left on the device; nothing of this push was stored/);
    await expect(append(wal, 'lost')).rejects.toMatchObject({ code: 'unavailable' });
    disk.fault = () => undefined;
    await append(wal, 'b');
    const again = await open();
    expect(replayed).toMatchObject([
      { line: 'a', sequence: 1 },
      { line: 'b', sequence: 2 },
    ]);
    await again.close();
  });

  test('after a failed sync the segment is cut back and closed', async () => {
    const wal = await open();
    await append(wal, 'a');
    let failures = 1;
    disk.fault = (operation) => {
      if (operation === 'datasync' && failures-- > 0) throw diskError('EIO');
    };
    await expect(append(wal, 'lost')).rejects.toMatchObject({ code: 'unavailable' });
    await append(wal, 'b');
    expect(await segments()).toEqual(['00000001.wal', '00000002.wal']);
    await wal.close();
    await (await open()).close();
    expect(lines()).toEqual(['a', 'b']);
  });

  test('while it cannot cut back or begin a segment, pushes are refused', async () => {
    const wal = await open({ segmentBytesMax: 100 });
    await append(wal, 'a');
    disk.tornFraction = 0.7;
    for (const broken of ['create', 'write', 'truncate']) {
      disk.fault = (operation) => {
        if (operation === broken) throw diskError('ENOSPC');
      };
      await wal
        .append(payload('x'), () => undefined)
        .then(
          () => expect(broken).toBe('truncate'),
          (error: unknown) => expect(error).toMatchObject({ code: 'unavailable' }),
        );
    }
    disk.fault = () => undefined;
    await append(wal, 'b');
    await wal.close();
    await (await open()).close();
    expect(lines()[0]).toBe('a');
    expect(lines().at(-1)).toBe('b');
    expect(lines().filter((line) => line === 'x')).toHaveLength(wal.statistics.records - 2);
  });
});

/** Two segments: `a`, `b` in the first, `c`, `d` in the last. */
async function twoSegments(): Promise<[Buffer, Buffer]> {
  const first = await open();
  await append(first, 'a', 'b');
  await first.close();
  const second = await open();
  await append(second, 'c', 'd');
  await second.close();
  return [await readFile(fileOf(1)), await readFile(fileOf(2))];
}

/** Puts the files down and replays: the lines, or the code of the error. */
async function replayOf(
  files: readonly (Buffer | null)[],
  options: Partial<WalOptions> = {},
): Promise<string[] | string> {
  await rm(directory, { recursive: true });
  await disk.runtime.files.makeDirectory(directory);
  for (const [index, bytes] of files.entries()) if (bytes !== null) await writeFile(fileOf(index + 1), bytes);
  try {
    await (await open(options)).close();
    return lines();
  } catch (error) {
    if (!(error instanceof SkaldError)) throw error;
    expect(error.message).toMatch(/^Cannot replay WAL segment ".*\d{8}\.wal"/);
    return error.code;
  }
}

function flipped(bytes: Buffer, offset: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[offset] = copy[offset] ^ 0x41;
  return copy;
}

describe('damage table', () => {
  const whole = ['a', 'b', 'c', 'd'];
  const isPrefix = (got: string[]): boolean => got.every((line, i) => line === whole[i]);

  test('the last segment, cut at every byte: a prefix or a typed error', async () => {
    const [first, second] = await twoSegments();
    const seen = new Set<string>();
    for (let length = 0; length < second.length; length++) {
      const got = await replayOf([first, second.subarray(0, length)]);
      if (typeof got === 'string') expect(got, `${length} bytes`).toBe('corruption');
      else expect(isPrefix(got) && got.length >= 2, `${length} bytes: ${got.join()}`).toBe(true);
      seen.add(String(got));
    }
    expect([...seen]).toEqual(['corruption', 'a,b', 'a,b,c']);
  });

  test('an earlier segment, cut at every byte: always a typed error', async () => {
    const [first, second] = await twoSegments();
    for (let length = 0; length < first.length; length++) {
      expect(await replayOf([first.subarray(0, length), second]), `${length} bytes`).toBe('corruption');
    }
  });

  test('every byte flipped: never a wrong entry, and no loss of what a later record proves durable', async () => {
    const [first, second] = await twoSegments();
    for (let offset = 0; offset < first.length; offset++) {
      const got = await replayOf([flipped(first, offset), second]);
      expect(got, `first, offset ${offset}`).toBe('corruption');
    }
    const lastRecord = 48 + (second.length - 48) / 2;
    for (let offset = 0; offset < second.length; offset++) {
      const got = await replayOf([first, flipped(second, offset)]);
      const expected = offset < lastRecord ? 'corruption' : ['a', 'b', 'c'];
      expect(got, `second, offset ${offset}`).toEqual(expected);
    }
  });

  test('a torn tail is cut back once', async () => {
    const [first, second] = await twoSegments();
    expect(await replayOf([first, second.subarray(0, second.length - 1)])).toEqual(['a', 'b', 'c']);
    await (await open()).close();
    expect(lines()).toEqual(['a', 'b', 'c']);
    expect(reported).toEqual([]);
  });

  test('a missing segment and newer bytes are typed errors', async () => {
    const [first, second] = await twoSegments();
    const third = await open();
    await append(third, 'e');
    await third.close();
    const last = await readFile(fileOf(3));
    expect(await replayOf([first, null, last])).toBe('corruption');
    expect(await replayOf([null, second, last])).toEqual(['c', 'd', 'e']);
  });
});

describe('repair', () => {
  const repair = { onDamage: 'repair' } as const;

  test('keeps what precedes the damage in its segment and the other segments, and reports file and offset', async () => {
    const [first, second] = await twoSegments();
    const secondRecord = 48 + (first.length - 48) / 2;
    expect(await replayOf([flipped(first, secondRecord + 40), second], repair)).toEqual(['a', 'c', 'd']);
    expect(reported.map(({ message }) => message)).toEqual([
      expect.stringContaining(`00000001.wal" at offset ${secondRecord}: checksum of the payload is`),
    ]);
    expect(await readFile(`${fileOf(1)}.damaged`)).toEqual(flipped(first, secondRecord + 40));
    await (await open()).close();
    expect(lines()).toEqual(['a', 'c', 'd']);
  });

  test.each([
    ['the header of the first segment', 0, ['c', 'd', 'e']],
    ['the header of a middle segment', 1, ['a', 'b', 'e']],
    ['the header of the last segment', 2, ['a', 'b', 'c', 'd']],
  ])('%s', async (_, index, expected) => {
    const files: Buffer[] = await twoSegments();
    const third = await open();
    await append(third, 'e');
    await third.close();
    files.push(await readFile(fileOf(3)));
    expect(
      await replayOf(
        files.map((bytes, i) => (i === index ? flipped(bytes, 9) : bytes)),
        repair,
      ),
    ).toEqual(expected);
    expect(reported.length).toBeGreaterThan(0);
    await (await open()).close();
    expect(lines()).toEqual(expected);
  });

  test('a segment shortened to whole records leaves a gap that is reported and bridged', async () => {
    const [first, second] = await twoSegments();
    const cut = first.subarray(0, 48 + (first.length - 48) / 2);
    expect(await replayOf([cut, second], repair)).toEqual(['a', 'c', 'd']);
    expect(reported).toHaveLength(1);
    await truncate(fileOf(1), cut.length);
    await expect(open()).rejects.toMatchObject({ code: 'corruption' });
  });
});
