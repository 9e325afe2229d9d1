import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readAll } from '../support/loki-client.ts';
import { runSkald } from '../support/run-skald.ts';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';
import { hasShared, sharedDirectory } from '../support/shared-material.ts';

const HOUR_NS = 3_600_000_000_000n;

/** Lines as the bytes between line feeds; nothing follows a last line feed. */
function linesOf(file: string): string[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

test.skipIf(!hasShared('loghub/HDFS_2k.log'))(
  'real log files are read back byte for byte after SIGKILL and restart',
  { timeout: 180_000 },
  async () => {
    const { directory, remove } = await temporaryDirectory();
    const files = readdirSync(`${sharedDirectory}/loghub`).filter((name) => name.endsWith('.log'));
    const startNs = BigInt(Date.now()) * 1_000_000n;
    let server = await ServerProcess.start(directory);
    const paths = files.map((name) => `${sharedDirectory}/loghub/${name}`);
    const pushed = await runSkald(['push', '--addr', server.url, '--label', 'app=loghub', ...paths]);
    expect(pushed.stderr.split('\n').filter(Boolean), pushed.stderr).toHaveLength(files.length);
    expect(pushed.code).toBe(0);
    await server.kill();
    server = await ServerProcess.start(directory);
    for (const path of paths) {
      const values = await readAll(server.url, `{filename="${path}"}`, startNs, startNs + HOUR_NS);
      const byTime = [...values].sort((a, b) => (BigInt(a[0]) < BigInt(b[0]) ? -1 : 1));
      expect(byTime.map(([, line]) => line)).toEqual(linesOf(path));
    }
    expect(await server.stop()).toBe(0);
    await remove();
  },
);
