import { expect } from 'vitest';
import { sameAnswer } from './same-answer.ts';
import type { Skip } from './script.ts';

/** What a lane answered. */
export interface Answer {
  readonly lane: string;
  readonly text: string;
}

/** Every lane gives the expected answer, but for those that the block skips, which must not. */
export function checkAnswers(skips: readonly Skip[], answers: readonly Answer[], expected: string): void {
  for (const { lane, reason } of skips) {
    const answer = answers.find(({ lane: name }) => name === lane);
    expect(answer, `a skip names lane ${lane}, which there is not`).toBeDefined();
    expect(answer?.text, `lane ${lane} need not be skipped (${reason})`).not.toBe(expected);
  }
  const running = answers.filter(({ lane }) => !skips.some((skip) => skip.lane === lane));
  const wrong = running.filter(({ text }) => !sameAnswer(text, expected));
  if (wrong.length === 0) return;
  const names = wrong.map(({ lane }) => lane).join(', ');
  expect(wrong[0].text, `${wrong.length} of ${answers.length} lanes: ${names}`).toBe(expected);
}
