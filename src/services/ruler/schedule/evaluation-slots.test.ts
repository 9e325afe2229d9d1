import { expect, test } from 'vitest';
import { EvaluationSlots } from './evaluation-slots.ts';

const never = new AbortController().signal;

/** Asks for slots in the given order of tenants, and notes who gets one. */
function ask(slots: EvaluationSlots, tenants: string) {
  const started: { tenant: string; release: () => void }[] = [];
  for (const tenant of tenants) {
    void slots.acquire(tenant, never).then((release) => started.push({ tenant, release }));
  }
  return started;
}

const settle = async () => await new Promise((resolve) => setImmediate(resolve));

test('a tenant with much to do leaves room for another', async () => {
  const started = ask(new EvaluationSlots(3, 2), 'aaaaaab');
  await settle();
  expect(started.map(({ tenant }) => tenant).join('')).toBe('aab');
});

test('tenants that wait take turns', async () => {
  const started = ask(new EvaluationSlots(1, 1), 'aaaabbcc');
  for (let i = 0; i < 8; i++) {
    await settle();
    started[i].release();
  }
  await settle();
  expect(started.map(({ tenant }) => tenant).join('')).toBe('aabcabca');
});

test('never more run than may, and everyone gets a turn', async () => {
  const slots = new EvaluationSlots(4, 3);
  let most = 0;
  const runs = Array.from({ length: 200 }, async (_, i) => {
    const release = await slots.acquire(`t${i % 5}`, never);
    most = Math.max(most, slots.running);
    if (i % 3 === 0) await settle();
    release();
  });
  await Promise.all(runs);
  expect(most).toBe(4);
  expect(slots.running).toBe(0);
});

test('a slot that is passed on is not free in between', async () => {
  const slots = new EvaluationSlots(1, 1);
  const first = await slots.acquire('a', never);
  const second = slots.acquire('a', never);
  first();
  const third = slots.acquire('b', never);
  expect(slots.running).toBe(1);
  (await second)();
  (await third)();
});

test('who gives up waiting leaves its place', async () => {
  const slots = new EvaluationSlots(1, 1);
  const controller = new AbortController();
  const release = await slots.acquire('a', never);
  const given = slots.acquire('a', controller.signal);
  const other = slots.acquire('a', never);
  controller.abort();
  await expect(given).rejects.toThrow('cancelled');
  release();
  (await other)();
  expect(slots.running).toBe(0);
});
