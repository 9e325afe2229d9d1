/**
 * What the decoders of push bodies write to. All positions are in the body, which the sink owns as well: it moves lines
 * to the front of it, never beyond the end of the entry that is being added.
 */
export interface EntrySink {
  /** Starts a stream. Throws SkaldError when the text is no label set. */
  beginStream(labels: string): void;
  /** The same for a text that is in the body. */
  beginStreamAt(labelsStart: number, labelsEnd: number): void;
  /** Structured metadata of the entry that is added next. Names may repeat. */
  addMetadata(nameStart: number, nameEnd: number, valueStart: number, valueEnd: number): void;
  /** Adds an entry to the stream; `nanos` is in [0, 10^9). */
  addEntry(seconds: number, nanos: number, lineStart: number, lineEnd: number): void;
  endStream(): void;
}
