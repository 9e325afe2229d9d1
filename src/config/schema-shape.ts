import { z } from 'zod';

/** The members of an object schema, below defaults and options; null for every other schema. */
export function shapeOf(schema: z.core.$ZodType): Readonly<Record<string, z.core.$ZodType>> | null {
  const inner = unwrapSchema(schema);
  return inner instanceof z.ZodObject ? inner.shape : null;
}

/** The schema of the values of a map; null for every other schema. */
export function recordValueOf(schema: z.core.$ZodType): z.core.$ZodType | null {
  const inner = unwrapSchema(schema);
  return inner instanceof z.ZodRecord ? inner.valueType : null;
}

/** The schema below defaults, prefaults, options and transformations. */
export function unwrapSchema(schema: z.core.$ZodType): z.core.$ZodType {
  let at = schema;
  for (;;) {
    if (
      at instanceof z.ZodDefault ||
      at instanceof z.ZodPrefault ||
      at instanceof z.ZodOptional ||
      at instanceof z.ZodNullable
    ) {
      at = at.unwrap();
    } else if (at instanceof z.ZodPipe) at = at.in;
    else return at;
  }
}
