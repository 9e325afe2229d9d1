import { pino, type Logger as PinoLogger } from 'pino';

/** Structured log: `logger.info({ tenant, bytes }, 'flushed')`. */
export type Logger = PinoLogger;

export interface LoggerOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly format: 'logfmt' | 'json';
  /** Where lines go; each call is one line with its line end. */
  readonly write: (line: string) => void;
}

/** A logger whose lines have `ts`, `level`, the given fields and `msg`, as Loki's do. */
export function createLogger({ level, format, write }: LoggerOptions): Logger {
  const stream = { write: format === 'json' ? write : (json: string) => write(`${toLogfmt(json)}\n`) };
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"ts":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      errorKey: 'err',
    },
    stream,
  );
}

/** A JSON object's members as `key=value`, `ts` and `level` first; nested values stay JSON. */
function toLogfmt(json: string): string {
  const { ts, level, ...rest } = JSON.parse(json) as Record<string, unknown>;
  return Object.entries({ ts, level, ...rest })
    .map(([key, value]) => `${key}=${logfmtValue(value)}`)
    .join(' ');
}

function logfmtValue(value: unknown): string {
  const text = typeof value === 'string' ? value : errorText(value);
  return text === '' || /[\s="\\]/.test(text) ? JSON.stringify(text) : text;
}

function errorText(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'stack' in value && typeof value.stack === 'string')
    return value.stack;
  return JSON.stringify(value) ?? String(value);
}
