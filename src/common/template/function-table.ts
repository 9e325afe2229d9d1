import type { TemplateFunction } from './function-type.ts';
import { BUILTIN_FUNCTIONS } from './functions/builtin.ts';
import { ENCODING_FUNCTIONS } from './functions/encoding.ts';
import { NUMBER_FUNCTIONS } from './functions/number.ts';
import { TEXT_FUNCTIONS } from './functions/text.ts';
import { TIME_FUNCTIONS } from './functions/time.ts';

/** Every function that a template may call. */
const FUNCTIONS: ReadonlyMap<string, TemplateFunction> = new Map(
  [BUILTIN_FUNCTIONS, TEXT_FUNCTIONS, NUMBER_FUNCTIONS, ENCODING_FUNCTIONS, TIME_FUNCTIONS].flatMap((group) =>
    Object.entries(group),
  ),
);

export function isFunction(name: string): boolean {
  return FUNCTIONS.has(name);
}

export function functionNamed(name: string): TemplateFunction | undefined {
  return FUNCTIONS.get(name);
}
