import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NS_PER_SECOND } from '../../common/time.ts';
import { SECONDS, WriteHistory } from './write-history.ts';

const MINUTE = 60n * NS_PER_SECOND;
const T0 = 1_767_225_600n * NS_PER_SECOND;
const ALL = { start: 0n, end: 2n ** 62n };
const write = (history: WriteHistory, tenant: string, ...times: bigint[]): void =>
  history.note(tenant, BigInt64Array.from(times), times.length);

test('nothing was written since now', () => {
  const history = new WriteHistory();
  write(history, 'a', T0);
  expect(history.writtenSince('a', history.moment, ALL)).toEqual([]);
  expect(history.writtenSince('never', 0, ALL)).toEqual([]);
});

test('what was written since, and only there, and only of this tenant', () => {
  const history = new WriteHistory();
  write(history, 'a', T0);
  const moment = history.moment;
  write(history, 'a', T0 + 10n * MINUTE, T0 + 30n * MINUTE);
  write(history, 'b', T0 + 20n * MINUTE);
  const minutes = (tenants: string, range = ALL) =>
    history
      .writtenSince(tenants, moment, range)
      .map(({ start, end }) => [Math.round(Number(start - T0) / 6e10), Math.round(Number(end - T0) / 6e10)]);
  expect(minutes('a')).toEqual([
    [10, 11],
    [30, 31],
  ]);
  expect(minutes('a|b')).toEqual([
    [10, 11],
    [20, 21],
    [30, 31],
  ]);
  expect(minutes('a', { start: T0, end: T0 + 9n * MINUTE })).toEqual([]);
  expect(minutes('a', { start: T0 + 30n * MINUTE, end: T0 + 31n * MINUTE })).toEqual([[30, 31]]);
});

test('seconds can be told apart', () => {
  const history = new WriteHistory(SECONDS);
  write(history, 'a', T0);
  const { moment } = history;
  write(history, 'a', T0 + 2n * NS_PER_SECOND + 5n);
  const second = (i: bigint) => ({ start: T0 + i * NS_PER_SECOND + 5000n, end: T0 + (i + 1n) * NS_PER_SECOND - 5000n });
  const written = [0n, 1n, 2n, 3n].map((i) => history.writtenSince('a', moment, second(i)).length);
  expect(written).toEqual([0, 0, 1, 0]);
});

test('a long range of a tenant with few writes, and a short one of a tenant with many, are the same to ask', () => {
  const history = new WriteHistory();
  write(history, 'few', T0 + 10n * MINUTE);
  write(history, 'many', ...Array.from({ length: 100 }, (_, i) => T0 + BigInt(i) * MINUTE));
  const short = { start: T0 + 10n * MINUTE + 5000n, end: T0 + 11n * MINUTE - 5000n };
  expect(history.writtenSince('many', 0, short)).toEqual([short]);
  expect(history.writtenSince('few', 0, short)).toEqual([short]);
  expect(history.writtenSince('few', 0, ALL)).toHaveLength(1);
  expect(history.writtenSince('many', 0, ALL)).toHaveLength(1);
});

test('neighbouring minutes are one range', () => {
  const history = new WriteHistory();
  write(history, 'a', T0, T0 + MINUTE, T0 + 2n * MINUTE);
  expect(history.writtenSince('a', 0, ALL)).toHaveLength(1);
});

test('what is forgotten counts as written', () => {
  const history = new WriteHistory();
  write(history, 'a', T0);
  const moment = history.moment;
  write(history, 'a', ...Array.from({ length: 2000 }, (_, i) => T0 + BigInt(i) * MINUTE));
  const old = { start: T0, end: T0 + MINUTE };
  expect(history.writtenSince('a', moment, old)).toEqual([old]);
  const later = history.moment;
  write(history, 'a', T0 - 2n * MINUTE);
  // One more minute makes it forget one of the last push, which `later` has seen.
  expect(history.writtenSince('a', later, old)).toEqual([]);
});

test('a tenant that is forgotten counts as written', () => {
  const history = new WriteHistory();
  write(history, 'a', T0);
  for (let i = 0; i < 1000; i++) write(history, `other${i}`, T0);
  expect(history.writtenSince('a', 0, ALL)).toEqual([ALL]);
  expect(history.writtenSince('a', history.moment, ALL)).toEqual([]);
  write(history, 'a', T0);
  expect(history.writtenSince('a', history.moment, ALL)).toEqual([]);
});

test('never says of a written time that it was not', () => {
  const time = fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n });
  const nearMinute = fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: -300, max: 300 }));
  const near = nearMinute.map(([minute, ns]) => T0 + BigInt(minute) * MINUTE + BigInt(ns));
  fc.assert(
    fc.property(fc.array(fc.oneof(time, near), { minLength: 1, maxLength: 50 }), (times) => {
      for (const history of [new WriteHistory(), new WriteHistory(SECONDS)]) {
        write(history, 'a', ...times);
        for (const written of times) {
          expect(history.writtenSince('a', 0, { start: written, end: written + 1n })).not.toEqual([]);
        }
      }
    }),
  );
});
