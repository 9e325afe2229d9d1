import type { FunctionTable } from './function-type.ts';
import { BUILTIN_FUNCTIONS } from './functions/builtin.ts';
import { ENCODING_FUNCTIONS } from './functions/encoding.ts';
import { NUMBER_FUNCTIONS } from './functions/number.ts';
import { TEXT_FUNCTIONS } from './functions/text.ts';
import { TIME_FUNCTIONS } from './functions/time.ts';

/** Every function that `line_format` and `label_format` may call. */
export const QUERY_FUNCTIONS: FunctionTable = new Map(
  [BUILTIN_FUNCTIONS, TEXT_FUNCTIONS, NUMBER_FUNCTIONS, ENCODING_FUNCTIONS, TIME_FUNCTIONS].flatMap((group) =>
    Object.entries(group),
  ),
);
