import { fixed, variadic, type TemplateFunction } from '../../../common/template/function-type.ts';
import { text } from '../../../common/template/functions/cast.ts';
import { FunctionError, isLabels, isList, isRecord, typeName, type Value } from '../../../common/template/value.ts';
import { compareUtf8 } from '../../../common/utf8.ts';

/** Prometheus' functions of queries and their samples, and those of templates. */
export const QUERY_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  query: fixed(['string'], ([expr], { query }) => query(text(expr))),
  first: fixed(['any'], ([vector]) => {
    const [sample] = samplesOf(vector);
    if (sample === undefined) throw new FunctionError('first() called on vector with no elements');
    return sample;
  }),
  label: fixed(['string', 'any'], ([name, sample]) => labelOf(sample, text(name))),
  value: fixed(['any'], ([sample]) => fieldOf(sample, 'Value')),
  strvalue: fixed(['any'], ([sample]) => labelOf(sample, '__value__')),
  sortByLabel: fixed(['string', 'any'], ([name, vector]) =>
    [...samplesOf(vector)].sort((a, b) => compareUtf8(labelOf(a, text(name)), labelOf(b, text(name)))),
  ),
  args: variadic([], 'any', (args) => new Map(args.map((arg, i) => [`arg${i}`, arg]))),
  tmpl: fixed(['string', 'any'], ([name, dot], { callTemplate }) => callTemplate(text(name), dot)),
};

function samplesOf(vector: Value): readonly Value[] {
  if (isList(vector)) return vector;
  throw new FunctionError(`wrong type for value; expected template.queryResult; got ${typeName(vector)}`);
}

function fieldOf(sample: Value, field: string): Value {
  if (isRecord(sample) && sample.fields.has(field)) return sample.fields.get(field) ?? null;
  throw new FunctionError(`wrong type for value; expected *template.sample; got ${typeName(sample)}`);
}

function labelOf(sample: Value, name: string): string {
  const labels = fieldOf(sample, 'Labels');
  return isLabels(labels) ? (labels.get(name) ?? '') : '';
}
