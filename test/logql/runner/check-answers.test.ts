import { describe, expect, test } from 'vitest';
import { type Answer, checkAnswers } from './check-answers.ts';

const answers: readonly Answer[] = [
  { lane: 'head', text: '----\n{} 1' },
  { lane: 'flushed', text: '----\n{} 2' },
];

describe('answers of lanes', () => {
  test('all have to be what is expected', () => {
    expect(() => checkAnswers([], [answers[0]], '----\n{} 1')).not.toThrow();
    expect(() => checkAnswers([], answers, '----\n{} 1')).toThrow('1 of 2 lanes: flushed');
  });

  test('a lane that is skipped may differ', () => {
    expect(() => checkAnswers([{ lane: 'flushed', reason: 'r' }], answers, '----\n{} 1')).not.toThrow();
  });

  test('a lane that need not be skipped must not be', () => {
    const skips = [{ lane: 'head', reason: 'slow' }];
    expect(() => checkAnswers(skips, [answers[0]], '----\n{} 1')).toThrow('lane head need not be skipped (slow)');
  });

  test('a skip names a lane', () => {
    expect(() => checkAnswers([{ lane: 'haed', reason: 'r' }], answers, '----\n{} 1')).toThrow('which there is not');
  });
});
