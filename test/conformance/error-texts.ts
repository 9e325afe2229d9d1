import { readFileSync } from 'node:fs';
import { NS_PER_MS, NS_PER_SECOND } from '../../src/common/time.ts';
import { sharedDirectory } from '../support/shared-material.ts';

interface RecordedCase {
  readonly id: string;
  readonly kind: string;
  readonly path: string;
  readonly params?: Readonly<Record<string, string | readonly string[]>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of a push; `$NOW` and `$FUTURE` stand for times. */
  readonly body?: string;
  readonly expect: { readonly status: number; readonly body: unknown };
}

export interface DifferentText {
  readonly id: string;
  readonly recorded: string;
  readonly given: string;
}

export interface ErrorTexts {
  readonly count: number;
  readonly different: readonly DifferentText[];
}

const FUTURE_NS = 864_000n * NS_PER_SECOND;

/**
 * Asks for every recorded error, and what else is answered with a text, and compares the texts letter by letter. A time
 * of the request is `$NOW` in both.
 */
export async function compareErrorTexts(url: string): Promise<ErrorTexts> {
  const cases = JSON.parse(readFileSync(`${sharedDirectory}/conformance/cases.json`, 'utf8')) as RecordedCase[];
  const errors = cases.filter(({ expect }) => expect.status >= 400 || typeof expect.body === 'string');
  const different: DifferentText[] = [];
  for (const item of errors) {
    const recorded = textOf(item.expect.body);
    const given = await ask(url, item);
    if (given !== recorded) different.push({ id: item.id, recorded, given });
  }
  return { count: errors.length, different };
}

async function ask(url: string, item: RecordedCase): Promise<string> {
  if (item.kind !== 'push') {
    const form = new URLSearchParams();
    for (const [name, value] of Object.entries(item.params ?? {}))
      for (const one of [value].flat()) form.append(name, one);
    const response = await fetch(`${url}${item.path}?${form.toString()}`);
    return textOf(plain(await response.text()));
  }
  const nowNs = BigInt(Date.now()) * NS_PER_MS;
  const times = [
    ['$NOW', String(nowNs)],
    ['$FUTURE', String(nowNs + FUTURE_NS)],
  ] as const;
  const body = times.reduce((text, [name, time]) => text.replaceAll(name, time), item.body ?? '');
  const response = await fetch(`${url}${item.path}`, { method: 'POST', headers: { ...item.headers }, body });
  const given = await response.text();
  return textOf(plain(times.reduce((text, [name, time]) => text.replaceAll(time, name), given)));
}

/** Recorded bodies are what JSON makes of them, if they are JSON. */
function plain(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function textOf(body: unknown): string {
  return (typeof body === 'string' ? body : JSON.stringify(body)).trim();
}
