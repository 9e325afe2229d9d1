import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LEVEL_NAMES, LevelDetector, levelOfSeverityNumber, normalizeLevel, UNKNOWN_LEVEL } from './level-detection.ts';

const FIELDS = [
  ...['level', 'LEVEL', 'Level', 'log.level', 'severity', 'SEVERITY', 'Severity', 'SeverityText'],
  ...['lvl', 'LVL', 'Lvl', 'severity_text', 'Severity_Text', 'SEVERITY_TEXT'],
];

function detect(line: string, depth = 2): string {
  // The line stands inside a larger block, as it does in a push body.
  const bytes = Buffer.from(`error=${line}error`);
  return LEVEL_NAMES[new LevelDetector(FIELDS, depth).detect(bytes, 6, bytes.length - 5) - 1];
}

describe('level of a line, as recorded from Loki', () => {
  test.each([
    ['level=info x', 'info'],
    ['level=INFO x', 'info'],
    ['level=Warn x', 'warn'],
    ['level=warning x', 'warn'],
    ['lvl=err x', 'error'],
    ['severity=critical x', 'critical'],
    ['LEVEL=debug', 'debug'],
    ['Level=Trace', 'trace'],
    ['log.level=error', 'error'],
    ['level=fatal', 'fatal'],
    ['level=emerg', 'unknown'],
    ['level=notice', 'unknown'],
    ['level=custom', 'unknown'],
    ['level="error" msg="info"', 'error'],
    ['msg="level=debug" level=error', 'error'],
    ['{"level":"error"}', 'error'],
    ['{"Level":"WARN"}', 'warn'],
    ['{"severity":"Error","level":"info"}', 'error'],
    ['{"lvl":"dbug"}', 'unknown'],
    ['{"level":30}', 'unknown'],
    ['{"log":{"level":"error"}}', 'error'],
    ['{"a":{"b":{"level":"error"}}}', 'error'],
    ['{"level":"","msg":"error"}', 'error'],
    ['{"msg":"an error happened"}', 'error'],
    ['{"level":"Information"}', 'info'],
    ['[ERROR] boom', 'error'],
    ['ERROR: boom', 'error'],
    ['x:error y', 'unknown'],
    ['an error happened', 'error'],
    ['no problem', 'unknown'],
    ['Warning: disk', 'warn'],
    ['WARN disk', 'warn'],
    ['panic: oh', 'unknown'],
    ['fatal error', 'fatal'],
    ['critical section', 'critical'],
    ['errors everywhere', 'unknown'],
    ['error-prone', 'unknown'],
    ['TRACE start', 'trace'],
    ['debugging', 'unknown'],
    ['info', 'info'],
    ['2026-01-01 INFO main', 'info'],
    ['E0115 10:00:00 klog', 'unknown'],
    ['<3>kernel: err', 'error'],
    ['status=500 error=true', 'error'],
    ['information', 'unknown'],
    ['err=nil', 'error'],
    ['err="timeout"', 'error'],
    ['msg=ok err=', 'error'],
    ['a=1 level=error broken"quote', 'error'],
    ['INFO error', 'info'],
    ['error INFO', 'error'],
    ['dbg x', 'unknown'],
    ['wrn x', 'unknown'],
    ['inf x', 'unknown'],
    ['trc x', 'unknown'],
    ['ftl x', 'unknown'],
    ['', 'unknown'],
    ['   ', 'unknown'],
    ['Error', 'error'],
    ['(error)', 'error'],
    ['"error"', 'error'],
    ["level='error'", 'unknown'],
    ['level: error', 'error'],
    ['level = error', 'error'],
    ['notice: x', 'unknown'],
    ['alert: x', 'unknown'],
    ['emergency', 'unknown'],
    ['level=UNKNOWN', 'unknown'],
    ['{"severity_text":"ERROR"}', 'error'],
    ['{"SeverityText":"ERROR"}', 'error'],
    ['{"severityText":"ERROR"}', 'error'],
    ['severity_text=ERROR', 'error'],
  ])('%s', (line, level) => {
    expect(detect(line)).toBe(level);
  });
});

describe('level of a line, rules', () => {
  test.each([
    ['of several fields the first of the list wins', 'severity=warn level=err', 'error'],
    ['of one field the first pair wins', 'level=err level=info', 'error'],
    ['reading stops at a malformed pair', 'a=b=c lvl=trc', 'unknown'],
    ['a key in quotes is malformed', '"k"=v lvl=trc', 'unknown'],
    ['an unterminated quote is malformed', 'a="b lvl=trc', 'unknown'],
    ['a bad escape is malformed', 'a="\\q" lvl=trc', 'unknown'],
    ['good escapes are skipped', 'a="\\"\\u00e9" lvl=trc', 'trace'],
    ['JSON keys are case-sensitive', '{"lEVEL":"trc"}', 'unknown'],
    ['strings of JSON are skipped with their escapes', '{"a":"\\"level\\":\\"trc\\"","lvl":"wrn"}', 'warn'],
    ['arrays are not looked into', '{"a":[{"lvl":"trc"}],"lvl":"dbg"}', 'debug'],
    ['depth 3 is too deep', '{"a":{"b":{"lvl":"trc"}},"lvl":"dbg"}', 'debug'],
    ['spaces around braces', ' {"lvl":"dbg"} ', 'debug'],
    ['a damaged object falls back to words', '{"a":1 "lvl":"dbg", warn }', 'warn'],
    ['only the opening brace is no JSON', '{"lvl":"dbg"', 'unknown'],
  ])('%s', (_, line, level) => {
    expect(detect(line)).toBe(level);
  });

  test('depth 0 is no limit and depth 1 is the top level', () => {
    expect(detect('{"a":{"b":{"c":{"lvl":"trc"}}}}', 0)).toBe('trace');
    expect(detect('{"a":{"lvl":"trc"}}', 1)).toBe('unknown');
  });

  test.each([
    ['0', 'unknown'],
    ['1', 'trace'],
    ['4', 'trace'],
    ['8', 'debug'],
    ['9', 'info'],
    ['16', 'warn'],
    ['17', 'error'],
    ['24', 'fatal'],
    ['25', 'unknown'],
    ['x', 'info'],
  ])('severity number %s', (number, level) => {
    const bytes = Buffer.from(number);
    expect(LEVEL_NAMES[levelOfSeverityNumber(bytes, 0, bytes.length) - 1]).toBe(level);
  });

  test.each([
    ['Error', 'error'],
    ['WRN', 'warn'],
    ['weird', 'weird'],
    ['constructor', 'constructor'],
    ['', ''],
  ])('normalizeLevel %s', (text, level) => {
    expect(normalizeLevel(text)).toBe(level);
  });
});

/** The same rules in plain string code. */
function plainLevel(line: string): string {
  const trimmed = line.replace(/^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g, '');
  const known = (text: string | undefined): string | null => {
    const level = text === undefined ? undefined : normalizeLevel(text.toLowerCase());
    return level !== undefined && level !== 'unknown' && (LEVEL_NAMES as readonly string[]).includes(level)
      ? level
      : null;
  };
  if (trimmed.startsWith('{') && trimmed.endsWith('}')) return known(plainJson(trimmed)) ?? plainKeyword(line);
  if (line.includes('=')) return known(plainLogfmt(line)) ?? plainKeyword(line);
  return plainKeyword(line);
}

function plainKeyword(line: string): string {
  const pattern =
    /(?<=^|[ \t\n[({"=])(trace|debug|fatal|critical|error|err|warning|warn|info)(?=$|[ \t\n[({"=\]}):,!])/i;
  const word = pattern.exec(line)?.[1];
  return word === undefined ? 'unknown' : normalizeLevel(word);
}

function plainJson(line: string): string | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return undefined;
  }
  const walk = (value: object, depth: number): string | undefined => {
    for (const [key, item] of Object.entries(value) as [string, unknown][]) {
      if (typeof item === 'string' && FIELDS.includes(key)) return item;
      if (typeof item !== 'object' || item === null || Array.isArray(item) || depth === 2) continue;
      const found = walk(item, depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return walk(parsed as object, 1);
}

function plainLogfmt(line: string): string | undefined {
  const values = new Map<string, string>();
  let rest = line;
  for (;;) {
    rest = rest.replace(/^[\0-\x20]+/, '');
    const pair = /^([^\0-\x20="]+)(?:=("(?:[^"\\]|\\[^])*"|[^\0-\x20="]*)|(?=[\0-\x20]|$))/.exec(rest);
    if (pair === null) break;
    const [whole, key = '', raw = ''] = pair;
    rest = rest.slice(whole.length);
    const quoted = raw.startsWith('"');
    if (!quoted && /^["=]/.test(rest)) break;
    if (quoted && raw.includes('\\')) {
      // JSON has no \' escape; everything else that JSON refuses is malformed here too.
      try {
        JSON.parse(raw.replace(/\\'/g, 'x'));
      } catch {
        break;
      }
    }
    const name = key.toLowerCase();
    if (!values.has(name)) values.set(name, quoted ? raw.slice(1, -1) : raw);
  }
  const field = FIELDS.map((name) => name.toLowerCase()).find((name) => values.has(name));
  return field === undefined ? undefined : values.get(field);
}

const words = fc.constantFrom(
  ...['level', 'LEVEL', 'lvl', 'severity', 'log.level', 'error', 'err', 'Warning', 'warn', 'info', 'inf', 'trc', 'x'],
  ...[
    '=',
    '=',
    '"',
    ' ',
    ' ',
    ':',
    '{',
    '}',
    '[',
    ']',
    '(',
    ')',
    ',',
    '!',
    '\\',
    '\\n',
    '\t',
    '\n',
    '\r',
    '-',
    'é',
    '日',
  ],
);
const jsonKey = fc.constantFrom('level', 'lvl', 'severity', 'Level', 'msg', 'a', 'b', 'SeverityText');
const jsonText = fc.constantFrom('error', 'WARN', 'trc', 'nothing', '', 'an error here', 'info "x"', 'é{');
const { object: jsonObject } = fc.letrec<{ object: unknown; value: unknown }>((tie) => ({
  object: fc.dictionary(jsonKey, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  value: fc.oneof(
    { depthSize: 'small' },
    jsonText,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(jsonText, { maxLength: 2 }),
    tie('object'),
  ),
}));

describe('byte-level detection equals the plain version', () => {
  test('on word salad', () => {
    fc.assert(
      fc.property(fc.array(words, { maxLength: 14 }), (parts) => {
        const line = parts.join('');
        expect(detect(line)).toBe(plainLevel(line));
      }),
      { numRuns: 20_000 },
    );
  });

  test('on JSON', () => {
    fc.assert(
      fc.property(jsonObject, fc.nat(2), (value, indent) => {
        const line = JSON.stringify(value, null, indent);
        expect(detect(line)).toBe(plainLevel(line));
      }),
      { numRuns: 5_000 },
    );
  });

  test('any bytes give a level', () => {
    const detector = new LevelDetector(FIELDS, 0);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const level = detector.detect(bytes, 0, bytes.length);
        expect(level).toBeGreaterThan(0);
        expect(level).toBeLessThanOrEqual(UNKNOWN_LEVEL);
      }),
    );
  });
});
