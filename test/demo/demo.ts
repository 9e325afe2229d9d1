import { open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { runSkald } from '../support/run-skald.ts';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';

const FILES_MAX = 12;
const FILE_BYTES_MAX = 64 * 2 ** 20;

/** Readable, non-empty text files below a directory, largest first. */
async function textFiles(directory: string): Promise<string[]> {
  const names = await readdir(directory, { recursive: true }).catch(() => []);
  const found: { file: string; size: number }[] = [];
  for (const name of names) {
    const file = path.join(directory, name);
    const info = await stat(file).catch(() => null);
    if (info?.isFile() === true && info.size > 0 && info.size < FILE_BYTES_MAX && (await isText(file))) {
      found.push({ file, size: info.size });
    }
  }
  return found.sort((a, b) => b.size - a.size).map(({ file }) => file);
}

async function isText(file: string): Promise<boolean> {
  try {
    const handle = await open(file);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4096), 0, 4096, 0);
    await handle.close();
    return !buffer.subarray(0, bytesRead).includes(0);
  } catch {
    return false;
  }
}

/** Prints the command and what it prints. */
async function show(args: readonly string[], url: string): Promise<void> {
  process.stdout.write(`\n$ skald ${args.map((arg) => (/^[\w./=-]+$/.test(arg) ? arg : `'${arg}'`)).join(' ')}\n`);
  const { code, stdout, stderr } = await runSkald([...args, '--addr', url]);
  process.stdout.write(stderr + stdout);
  if (code !== 0) throw new Error(`skald ${args[0]} ended with ${code}`);
}

/** Ships this machine's own log files to a fresh server, queries them and explains a query. */
async function demo(): Promise<void> {
  const { directory, remove } = await temporaryDirectory();
  const files = (await textFiles('/var/log')).slice(0, FILES_MAX);
  if (files.length === 0) throw new Error('Cannot run the demo: /var/log has no readable text files');
  const server = await ServerProcess.start(directory);
  process.stdout.write(`skald is running at ${server.url}, data in ${directory}\n`);
  try {
    await show(['push', '--label', 'app=demo', ...files], server.url);
    await show(['labels', 'filename'], server.url);
    await show(['query', '{app="demo"} |= "install"', '--limit', '10'], server.url);
    await show(
      ['query', 'sum by (filename) (count_over_time({app="demo"}[1m]))', '--since', '5m', '--step', '30s'],
      server.url,
    );
    await fetch(`${server.url}/flush`, { method: 'POST' });
    await show(
      [
        'explain',
        '--analyze',
        'sum by (detected_level) (count_over_time({app="demo"} |~ "error|warn" [1m]))',
        '--since',
        '5m',
      ],
      server.url,
    );
  } finally {
    await server.stop();
    await remove();
  }
}

await demo();
