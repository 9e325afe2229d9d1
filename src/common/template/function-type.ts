import type { CompiledRegexp } from '../regexp/regexp.ts';
import type { Value } from './value.ts';

/** What functions may know of the row and the time of the query. */
export interface FunctionContext {
  readonly line: string;
  readonly timestampNs: bigint;
  readonly nowNs: bigint;
  /** A compiled expression, kept for the rows to come. */
  readonly regexp: (pattern: string) => CompiledRegexp;
  readonly query: (expr: string) => Value;
  /** What the template of that name, defined in this one, makes of a value. */
  readonly callTemplate: (name: string, dot: Value) => string;
}

export type ParameterType = 'any' | 'string' | 'int' | 'time' | 'float64';

/** A function of the closed table. It may throw; execution adds where. */
export interface TemplateFunction {
  readonly parameters: readonly ParameterType[];
  /** Type of any further arguments; null when there are none. */
  readonly rest: ParameterType | null;
  readonly call: (args: readonly Value[], context: FunctionContext) => Value;
}

/** Every function that a template may call, by name. */
export type FunctionTable = ReadonlyMap<string, TemplateFunction>;

/** A function with a fixed number of arguments. */
export function fixed(parameters: readonly ParameterType[], call: TemplateFunction['call']): TemplateFunction {
  return { parameters, rest: null, call };
}

/** A function with any number of further arguments. */
export function variadic(
  parameters: readonly ParameterType[],
  rest: ParameterType,
  call: TemplateFunction['call'],
): TemplateFunction {
  return { parameters, rest, call };
}
