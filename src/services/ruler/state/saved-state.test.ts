import fc from 'fast-check';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { Labels } from '../../../common/labels.ts';
import { nodeRuntime } from '../../../common/node-runtime.ts';
import type { Alert } from '../evaluate/alert.ts';
import { AlertStateStore } from './alert-state-store.ts';
import { decodeState, encodeState, type SavedGroup } from './saved-state.ts';

const time = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });
const optionalTime = fc.option(time);
const texts = fc.dictionary(fc.string(), fc.string(), { maxKeys: 4 });
const alerts = fc.record<Alert>({
  state: fc.constantFrom('pending', 'firing', 'inactive'),
  labels: texts.map(Labels.fromRecord),
  annotations: texts,
  value: fc.double(),
  activeAtNs: time,
  firedAtNs: optionalTime,
  resolvedAtNs: optionalTime,
  keepFiringSinceNs: optionalTime,
  lastSentAtNs: optionalTime,
  firedLateAtNs: optionalTime,
});

test('what is saved is read back', () => {
  fc.assert(
    fc.property(alerts, fc.string(), fc.string(), time, (alert, namespace, name, evaluatedAtNs) => {
      const rules = new Map([['rule', new Map([[alert.labels.key, alert]])]]);
      const group: SavedGroup = { namespace, name, evaluatedAtNs, rules };
      const value = alert.value === 0 ? 0 : alert.value;
      const expected = { ...group, rules: new Map([['rule', new Map([[alert.labels.key, { ...alert, value }]])]]) };
      expect(decodeState(encodeState([group]), 'f')).toEqual([expected]);
    }),
  );
});

const FIRST = `{"version":1,"groups":[{"namespace":"ns","name":"g","evaluatedAt":"1767225660000000000","rules":{"AlertingRule A{}":[{"state":"firing","labels":{"alertname":"A"},"annotations":{"s":"x"},"value":"NaN","activeAt":"1767225600000000000","firedAt":"1767225660000000000","resolvedAt":null,"keepFiringSince":null,"lastSentAt":"1767225660000000000"}]}}]}`;

test('the first version is read', () => {
  const [group] = decodeState(FIRST, 'f');
  const [alert] = group.rules.get('AlertingRule A{}')?.values() ?? [];
  const times = { activeAtNs: 1_767_225_600_000_000_000n, firedLateAtNs: null };
  expect(alert).toMatchObject({ state: 'firing', value: NaN, ...times });
});

test.each([
  [FIRST.replace('"version":1', '"version":3'), 'its version is 3, expected at most 2'],
  [FIRST.replace('firing', 'burning'), 'groups.0.rules.AlertingRule A{}.0.state'],
  ['', 'Cannot read the state of alerts f'],
  ['[]', 'Cannot read the state of alerts f'],
])('%#: damage is told', (text, message) => expect(() => decodeState(text, 'f')).toThrow(message));

test('cut anywhere, it is damage and nothing else', () => {
  for (let length = 0; length < FIRST.length; length++) {
    expect(() => decodeState(FIRST.slice(0, length), 'f')).toThrow('Cannot read the state of alerts f');
  }
});

test('a file that cannot be read is put aside, and the tenant begins anew', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'skald-state-'));
  const problems: string[] = [];
  const store = new AlertStateStore({ directory, files: nodeRuntime.files, report: (text) => problems.push(text) });
  await writeFile(path.join(directory, 't.json'), FIRST.slice(0, 50));
  expect(await store.load('t')).toEqual([]);
  expect(problems[0]).toContain('t.json.unreadable');
  expect(await readdir(directory)).toEqual(['t.json.unreadable']);
  await store.save('t', decodeState(FIRST, 'f'));
  expect(await store.load('t')).toEqual(decodeState(FIRST, 'f'));
  expect(problems).toHaveLength(1);
  await rm(directory, { recursive: true });
});
