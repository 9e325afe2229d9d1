import { expect, test } from 'vitest';
import { createLogger } from './logger.ts';

test('writes logfmt with ts and level first', () => {
  const lines: string[] = [];
  const logger = createLogger({ level: 'info', format: 'logfmt', write: (line) => lines.push(line) });
  logger.info({ tenant: 'a b', rows: 3, list: [1] }, 'said "hi"');
  logger.debug('not shown');
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^ts=\S+ level=info tenant="a b" rows=3 list=\[1\] msg="said \\"hi\\""\n$/);
});

test('writes JSON', () => {
  const lines: string[] = [];
  createLogger({ level: 'debug', format: 'json', write: (line) => lines.push(line) }).warn(
    { err: new Error('x') },
    'bad',
  );
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'warn', msg: 'bad', err: { message: 'x' } });
});
