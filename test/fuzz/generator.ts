import type { Dice } from './dice.ts';
import type { Feature } from './features.ts';

/** What every part of the query generator needs. */
export interface Generator {
  readonly dice: Dice;
  readonly has: (feature: Feature) => boolean;
}

/** One of the options whose feature is on, or `otherwise`. */
export function choose<T>(
  { dice, has }: Generator,
  options: readonly (readonly [Feature, () => T])[],
  otherwise: () => T,
): T {
  const open = options.filter(([feature]) => has(feature));
  return open.length === 0 ? otherwise() : dice.pick(open)[1]();
}

/** A string literal, in one of its two forms. */
export function quoted(dice: Dice, text: string): string {
  return dice.chance(0.2) && !/[`\r\\]/.test(text) ? `\`${text}\`` : JSON.stringify(text);
}
