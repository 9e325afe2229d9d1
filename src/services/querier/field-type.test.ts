import { expect, test } from 'vitest';
import { fieldTypeOf } from './field-type.ts';

test.each([
  ['0', 'int'],
  ['-17', 'int'],
  ['9223372036854775808', 'float'],
  ['1.5', 'float'],
  ['1e3', 'float'],
  ['inf', 'float'],
  ['true', 'boolean'],
  ['F', 'boolean'],
  ['yes', 'string'],
  ['0ms', 'duration'],
  ['1h30m', 'duration'],
  ['12KB', 'bytes'],
  ['3 MiB', 'bytes'],
  ['', 'string'],
  ['GET', 'string'],
  ['10.0.0.1', 'string'],
])('%s is %s', (value, type) => expect(fieldTypeOf(value)).toBe(type));
