import type { LokiKind } from './loki-block.ts';

const DURATION = /^[+-]?(\d+(\.\d+)?(ns|us|µs|ms|s|m|h|d|w|y))+$|^[+-]?0$/;
const SIZE = /^\d+(\.\d+)?\s*([KMGTPE]?i?B|[KMGTPE])?$/i;

/** Whether a value of a YAML file can be read as a key of this kind; null is a key without a value. */
export function isOfKind(value: unknown, kind: LokiKind): boolean {
  if (value === null || kind === 'any') return true;
  switch (kind) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'number':
      return typeof value === 'number';
    case 'duration':
      return typeof value === 'number' || (typeof value === 'string' && DURATION.test(value));
    case 'size':
      return typeof value === 'number' || (typeof value === 'string' && SIZE.test(value));
    case 'text':
      return typeof value !== 'object';
    // Flags that may be given several times take one text for a list of one.
    case 'list':
      return Array.isArray(value) || typeof value === 'string';
    case 'map':
      return typeof value === 'object' && !Array.isArray(value);
  }
}
