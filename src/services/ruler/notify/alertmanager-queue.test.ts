import { expect, test } from 'vitest';
import { Labels } from '../../../common/labels.ts';
import type { OutboundRequest } from '../outbound/outbound-client.ts';
import { ManualTime, settled } from '../testing/manual-time.ts';
import { AlertmanagerQueue, BATCH_MAX } from './alertmanager-queue.ts';
import type { Notification } from './notification.ts';

interface Sent {
  readonly labels: { readonly name: string };
  readonly annotations: { readonly word: string };
}

/** An Alertmanager that answers with these statuses in turn, the last one again and again; 0 is no answer. */
function setUp(statuses: number[], capacity = 1000) {
  const time = new ManualTime();
  const requests: string[][] = [];
  const events: string[] = [];
  const queue = new AlertmanagerQueue({
    url: new URL('http://am/api/v2/alerts'),
    name: 'am',
    client: {
      post: async ({ body }: OutboundRequest) => {
        requests.push(
          (JSON.parse(String(body)) as Sent[]).map(({ labels, annotations }) => labels.name + annotations.word),
        );
        const status = statuses.length > 1 ? (statuses.shift() ?? 0) : statuses[0];
        if (status === 0) throw new Error('connection refused');
        return { status, headers: {}, body: 'so it is\nsecond line' };
      },
    },
    headers: {},
    capacity,
    timeoutMs: 1000,
    clock: time,
    timers: time,
    events: {
      sent: (_, count) => events.push(`sent ${count}`),
      failed: (_, count, reason) => events.push(`failed ${count}: ${reason}`),
      dropped: (_, count, reason) => events.push(`dropped ${count}: ${reason}`),
    },
  });
  const notification = (name: string, word = ''): Notification => ({
    labels: Labels.fromRecord({ name }),
    annotations: { word },
    startsAtNs: time.nowNs(),
    endsAtNs: time.nowNs() + 240_000_000_000n,
    isResolved: false,
    generatorUrl: '',
  });
  const add = (...names: string[]) => queue.add(names.map((name) => notification(name[0], name.slice(1))));
  return { time, queue, requests, events, notification, add };
}

test('alerts are sent in order, in batches', async () => {
  const { queue, requests, events, notification } = setUp([200]);
  queue.add(Array.from({ length: BATCH_MAX + 2 }, (_, i) => notification(`${i}.`)));
  await settled();
  expect(requests.map((batch) => batch.length)).toEqual([BATCH_MAX, 2]);
  expect(requests.flat().slice(-3)).toEqual(['63.', '64.', '65.']);
  expect(events).toEqual([`sent ${BATCH_MAX}`, 'sent 2']);
});

test('what fails is tried again, later and later, with the newest word of each alert', async () => {
  const { time, requests, events, add } = setUp([0, 503, 200]);
  add('a', 'b');
  await settled();
  add('a2', 'c');
  await time.advance(499);
  expect(requests).toEqual([['a', 'b']]);
  await time.advance(1);
  expect(requests.at(-1)).toEqual(['b', 'a2', 'c']);
  await time.advance(999);
  expect(requests).toHaveLength(2);
  await time.advance(1);
  expect(events).toEqual(['failed 2: connection refused', 'failed 3: bad response status 503 so it is', 'sent 3']);
});

test('what is refused is dropped', async () => {
  const { time, requests, events, add } = setUp([400, 200]);
  add('a');
  await settled();
  add('b');
  await time.advance(60_000);
  expect(requests).toEqual([['a'], ['b']]);
  expect(events).toEqual([
    'failed 1: bad response status 400 so it is',
    'dropped 1: the Alertmanager refuses them',
    'sent 1',
  ]);
});

test('a full queue drops what has waited longest', async () => {
  const { queue, events, add, notification } = setUp([0], 3);
  add('a', 'b', 'c', 'd', 'e');
  expect(queue.length).toBe(3);
  expect(events).toEqual(['dropped 2: the queue is full']);
  await settled();
  queue.add([notification('f')]);
  expect(queue.length).toBeLessThanOrEqual(3);
});

test('a firing alert that ran out while it waited is not told as resolved', async () => {
  const { time, queue, requests, notification } = setUp([0, 0, 0, 200]);
  queue.add([{ ...notification('a'), endsAtNs: time.nowNs() + 1_000_000_000n }]);
  queue.add([{ ...notification('b'), endsAtNs: time.nowNs() + 1_000_000_000n, isResolved: true }]);
  await time.advance(60_000);
  expect(requests.at(-1)).toEqual(['b']);
});

test('a stop sends what waits once more, and tells what is lost', async () => {
  const { queue, requests, events, add } = setUp([0]);
  add('a', 'b');
  await settled();
  await queue.close(1000);
  expect(requests).toEqual([
    ['a', 'b'],
    ['a', 'b'],
  ]);
  expect(events.at(-1)).toBe('dropped 2: the server stops');
  add('c');
  await settled();
  expect(requests).toHaveLength(2);
});
