const LINE_FEED = 10;

/** A line without its line end, and the bytes of input that it took. */
export interface InputLine {
  readonly text: Uint8Array;
  readonly inputBytes: number;
}

/**
 * Splits chunks of bytes into lines at LF. A CR before it stays part of the line: what was shipped can be read back byte
 * for byte. A last line without line end counts; nothing after a last line end does. A line's bytes are valid until the next one is asked for.
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<InputLine> {
  let rest: Uint8Array = new Uint8Array(0);
  for await (const chunk of chunks) {
    const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = data.indexOf(LINE_FEED); end >= 0; end = data.indexOf(LINE_FEED, start)) {
      yield { text: data.subarray(start, end), inputBytes: end + 1 - start };
      start = end + 1;
    }
    rest = data.subarray(start);
  }
  if (rest.length > 0) yield { text: rest, inputBytes: rest.length };
}
