import type { Exchange, Transcript } from './transcript.ts';

export interface Answer {
  readonly status: number;
  /** Those headers that were recorded. */
  readonly headers: Readonly<Record<string, string | null>>;
  readonly body: unknown;
}

/** Sends a recorded request, its times moved to now, and returns the answer with its times moved back. */
export async function replay(url: string, { request, response }: Exchange, transcript: Transcript): Promise<Answer> {
  const { method, headers = {}, body } = request;
  const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
  const answer = await fetch(url + transcript.toNow(request.path), {
    method,
    headers,
    ...(text === undefined ? {} : { body: transcript.toNow(text) }),
  });
  return {
    status: answer.status,
    headers: Object.fromEntries(Object.keys(response.headers).map((name) => [name, answer.headers.get(name)])),
    body: parsed(transcript.toRecording(await answer.text())),
  };
}

/** As the recorder did: JSON where the text is JSON. */
function parsed(text: string): unknown {
  if (!/^[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Only the kinds of values: what is an estimate or a duration differs between any two runs. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shapeOf(member)]));
}

/** The same with the members `names` reduced to their shape, wherever they are. */
export function withShapesOf(value: unknown, names: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => withShapesOf(item, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      names.includes(name) ? shapeOf(member) : withShapesOf(member, names),
    ]),
  );
}

/** The same without the members of this name, wherever they are. */
export function without(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value.map((item) => without(item, name));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([key]) => key !== name);
  return Object.fromEntries(members.map(([key, member]) => [key, without(member, name)]));
}

/** Lists of what has no order of its own, in one order. */
export function sortedLists(value: unknown, names: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => sortedLists(item, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      names.includes(name) && Array.isArray(member)
        ? [...(member as unknown[])].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
        : sortedLists(member, names),
    ]),
  );
}

function keyOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
