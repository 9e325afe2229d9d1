import { expect, test } from 'vitest';
import { SingleFlight, type Flight } from './single-flight.ts';

const always = (): boolean => true;
const noSignal = (): AbortSignal => new AbortController().signal;

/** A run that ends when told to. */
function started() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const flights: Flight<string>[] = [];
  const start = (flight: Flight<string>): Promise<string> => {
    flights.push(flight);
    return promise;
  };
  return { start, flights, resolve, reject };
}

test('who asks the same thing at the same time shares a run', async () => {
  const single = new SingleFlight<string, string>();
  const { start, flights, resolve } = started();
  const runs = [1, 2, 3].map(() => single.run('q', noSignal(), always, start));
  const other = single.run('other', noSignal(), always, () => Promise.resolve('else'));
  resolve('answer');
  expect((await Promise.all(runs)).map(({ isShared }) => isShared)).toEqual([false, true, true]);
  expect((await runs[2])?.result).toBe('answer');
  expect((await other).result).toBe('else');
  expect(flights).toHaveLength(1);
  await single.run('q', noSignal(), always, start);
  expect(flights).toHaveLength(2);
});

test('everybody gets the error; the next caller starts anew', async () => {
  const single = new SingleFlight<string, string>();
  const { start, reject } = started();
  const runs = [1, 2].map(() => single.run('q', noSignal(), always, start));
  reject(new Error('broken'));
  for (const run of runs) await expect(run).rejects.toThrow('broken');
  expect(await single.run('q', noSignal(), always, () => Promise.resolve('fine'))).toEqual({
    result: 'fine',
    isShared: false,
  });
});

test('only when the last caller leaves is the run aborted', async () => {
  const single = new SingleFlight<string, string>();
  const { start, flights } = started();
  const callers = [new AbortController(), new AbortController()];
  const runs = callers.map(({ signal }) => single.run('q', signal, always, start));
  callers[0]?.abort(new Error('first left'));
  await expect(runs[0]).rejects.toThrow('first left');
  expect(flights[0]?.signal.aborted).toBe(false);
  callers[1]?.abort(new Error('second left'));
  await expect(runs[1]).rejects.toThrow('second left');
  expect(flights[0]?.signal.aborted).toBe(true);
  // What is ending is not joined.
  const again = started();
  const run = single.run('q', noSignal(), always, again.start);
  again.resolve('new');
  expect(await run).toEqual({ result: 'new', isShared: false });
});

test('a caller that has left already starts nothing', async () => {
  const single = new SingleFlight<string, string>();
  const { start, flights } = started();
  await expect(single.run('q', AbortSignal.abort(new Error('gone')), always, start)).rejects.toThrow('gone');
  expect(flights).toEqual([]);
});

test('a run whose data has changed is not joined, and the one after it is', async () => {
  const single = new SingleFlight<string, string>();
  const first = started();
  const second = started();
  const changed = new Set<string>();
  const isCurrent = (reading: string): boolean => !changed.has(reading);
  const runs = [single.run('q', noSignal(), isCurrent, first.start)];
  changed.add('a');
  runs.push(single.run('q', noSignal(), isCurrent, first.start));
  expect(first.flights).toHaveLength(1);
  first.flights[0]?.reads('a');
  runs.push(single.run('q', noSignal(), isCurrent, second.start));
  runs.push(single.run('q', noSignal(), isCurrent, second.start));
  expect(second.flights).toHaveLength(1);
  // The end of the old run does not take the new one away.
  first.resolve('old');
  await runs[0];
  runs.push(single.run('q', noSignal(), isCurrent, second.start));
  expect(second.flights).toHaveLength(1);
  second.resolve('new');
  expect((await Promise.all(runs)).map(({ result }) => result)).toEqual(['old', 'old', 'new', 'new', 'new']);
});
