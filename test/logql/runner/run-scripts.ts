import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { type Answer, checkAnswers } from './check-answers.ts';
import { DataSets } from './data-sets.ts';
import { type Lane, openLanes } from './lanes.ts';
import { parseScript } from './parse-script.ts';
import { runEval, runOracle } from './run-eval.ts';
import { runPlan } from './run-plan.ts';
import { type Block, expectationOf, type Script } from './script.ts';

const EXTENSION = '.lqt';
/** The lane that checks the script itself. */
const ORACLE = 'oracle';

/**
 * Declares a test for each block of each script in `directory`. `UPDATE=1` writes what the first lane answers into the
 * scripts; `LQT=file.lqt:12` runs one block, `LQT=file.lqt` one script.
 */
export function runScripts(directory: string): void {
  const scripts = readdirSync(directory)
    .filter((name) => name.endsWith(EXTENSION))
    .sort()
    .map((name) => parseScript(name, readFileSync(path.join(directory, name), 'utf8')));
  let data: DataSets;
  let opened: Awaited<ReturnType<typeof openLanes>>;

  beforeAll(async () => {
    data = await DataSets.open(scripts.flatMap(({ blocks }) => blocks.map(({ entries }) => entries)));
    opened = await openLanes(data);
  });

  afterAll(async () => {
    await opened.close();
    await data.close();
  });

  for (const script of scripts) {
    const chosen = script.blocks.filter((block) => isChosen(script, block));
    if (chosen.length === 0) continue;
    describe(script.name, () => {
      const updates = new Map<Block, string>();
      for (const block of chosen) {
        test(`${script.name}:${block.line} ${block.query}`, async () => {
          const answers = await answersOf(block, opened.lanes, data);
          if (process.env['UPDATE'] === '1') updates.set(block, answers[0].text);
          checkAnswers(block.skips, answers, updates.get(block) ?? expectationOf(script, block));
        });
      }
      afterAll(() => {
        if (updates.size > 0) writeFileSync(path.join(directory, script.name), withUpdates(script, updates));
      });
    });
  }
}

/** `LQT` is `file`, or `file:line` with any line of a block. */
function isChosen({ name }: Script, block: Block): boolean {
  const [file, line] = (process.env['LQT'] ?? '').split(':');
  if (file === '') return true;
  if (path.basename(file) !== name) return false;
  const number = Number(line ?? NaN);
  return Number.isNaN(number) || (block.line <= number && number <= block.endLine);
}

/** By lane. Plans do not depend on how they are run: one lane is enough. */
async function answersOf(block: Block, lanes: readonly Lane[], data: DataSets): Promise<Answer[]> {
  if (block.kind !== 'eval') return [{ lane: lanes[0].name, text: await runPlan(block, lanes[0], data) }];
  const answers: Answer[] = [];
  for (const lane of lanes) answers.push({ lane: lane.name, text: await runEval(block, lane, data) });
  answers.push({ lane: ORACLE, text: await runOracle(block) });
  return answers;
}

function withUpdates({ lines }: Script, updates: ReadonlyMap<Block, string>): string {
  const updated: string[] = [];
  let next = 0;
  for (const [block, text] of [...updates].sort(([a], [b]) => a.line - b.line)) {
    updated.push(...lines.slice(next, block.expectationStart), ...text.split('\n'));
    next = block.expectationEnd;
  }
  return [...updated, ...lines.slice(next)].join('\n');
}
