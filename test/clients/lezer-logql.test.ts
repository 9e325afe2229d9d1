import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parser } from '@grafana/lezer-logql';
import { describe, expect, test } from 'vitest';
import { messageOf } from '../../src/common/errors.ts';
import { parseQuery } from '../../grammar/parse.ts';
import { parseScript } from '../logql/runner/parse-script.ts';
import { expectationOf } from '../logql/runner/script.ts';
import { hasShared, sharedDirectory } from '../support/shared-material.ts';

/** The grammar that Grafana's editor has is another reading of LogQL: what it accepts must parse here. */

/** A query of the corpus. `refused`: what is expected of it says that Loki refuses it. */
interface CorpusQuery {
  readonly text: string;
  readonly refused: boolean;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

function read(directory: string, ending: string): { file: string; text: string }[] {
  return readdirSync(`${root}${directory}`)
    .filter((name) => name.endsWith(ending))
    .map((name) => ({ file: name, text: readFileSync(`${root}${directory}/${name}`, 'utf8') }));
}

function ofScripts(directory: string): CorpusQuery[] {
  return read(directory, '.lqt').flatMap(({ file, text }) => {
    const script = parseScript(file, text);
    return script.blocks.map((block) => ({
      text: block.query,
      refused: expectationOf(script, block).startsWith('---- error'),
    }));
  });
}

function ofRegressions(): CorpusQuery[] {
  return read('test/fuzz/regressions', '.json').map(({ text }) => ({
    text: (JSON.parse(text) as { query: { text: string } }).query.text,
    refused: false,
  }));
}

/** Code in documents that looks like a query with a selector. */
function ofDocuments(): CorpusQuery[] {
  return [...read('docs', '.md'), ...read('', 'README.md')].flatMap(({ text }) =>
    [...text.matchAll(/`([^`\n]*\{[^`\n]*=~?"[^`\n]*)`/g), ...text.matchAll(/'([^'\n]*\{[^'\n]*=~?"[^'\n]*)'/g)].map(
      ([, code]) => ({ text: code ?? '', refused: false }),
    ),
  );
}

function ofRecordedAnswers(): CorpusQuery[] {
  const cases = JSON.parse(readFileSync(`${sharedDirectory}/conformance/cases.json`, 'utf8')) as {
    params?: { query?: string };
    expect: { status: number };
  }[];
  return cases.flatMap(({ params, expect: { status } }) =>
    params?.query === undefined ? [] : [{ text: params.query, refused: status !== 200 }],
  );
}

function editorAccepts(query: string): boolean {
  let accepted = true;
  parser.parse(query).iterate({
    enter: ({ type }) => {
      if (type.isError) accepted = false;
    },
  });
  return accepted;
}

function problemOf(query: string): string | null {
  try {
    parseQuery(query);
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

const withShared = hasShared('conformance');
describe.each([
  ['scripts', 600, () => [...ofScripts('test/logql'), ...ofScripts('test/plan')]],
  ['regressions', 10, ofRegressions],
  ['documents', 3, ofDocuments],
  ['recorded answers', 200, withShared ? ofRecordedAnswers : null],
] as const)('%s', (_, atLeast, queriesOf) => {
  test.skipIf(queriesOf === null)('what the editor of Grafana accepts parses', () => {
    const accepted = (queriesOf?.() ?? []).filter(({ text }) => editorAccepts(text));
    expect(accepted.length).toBeGreaterThanOrEqual(atLeast);
    const refused = accepted.filter(({ refused }) => !refused).flatMap(({ text }) => problemOf(text) ?? []);
    expect(refused).toEqual([]);
  });
});
