export interface Address {
  readonly host: string;
  /** Null when the text names none. */
  readonly port: number | null;
}

/** `host:port`, `[::1]:port` or a host alone; null for anything else. */
export function parseAddress(text: string): Address | null {
  const match = /^(?:\[([\da-fA-F:.]+)\]|([^:,\s/[\]]+))(?::(\d{1,5}))?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined) return null;
  const port = match?.[3] === undefined ? null : Number(match[3]);
  return port !== null && port > 65_535 ? null : { host, port };
}
