import { Command } from 'commander';
import { FilesystemObjectStore } from '../../../storage/objectstore/filesystem-object-store.ts';
import { storedBytesOf, verifyObjects } from '../../../storage/verify/verify-objects.ts';
import { verifyWal } from '../../../storage/verify/verify-wal.ts';
import { formatBytes } from '../../common/bytes.ts';
import { SkaldError } from '../../common/errors.ts';
import { nodeRuntime } from '../../common/node-runtime.ts';
import { dataDirectories } from '../../config/data-directories.ts';
import { runClient } from '../client.ts';
import { ProgressBar } from '../progress-bar.ts';
import { type Flags, readConfig } from '../read-config.ts';

/** Damages that are printed; what follows is counted. */
const PRINTED_MAX = 1000;

/** `skald verify`: reads everything that a server has stored. */
export function verifyCommand(): Command {
  return new Command('verify')
    .description(
      'Read all stored data and say what is damaged: checksums, order, counts, skip filters, WAL records. ' +
        'Needs no server and may run beside one; changes nothing. Ends with 1 if anything is damaged.',
    )
    .option('--common.path-prefix <value>', 'Directory of the data. (default ./data)')
    .option('--config.file <files>', "The server's configuration file, which says where its data is.")
    .option('--config.expand-env [bool]', 'Expand ${VAR} and ${VAR:-default} in the configuration file.')
    .option('--quiet', 'No progress and no summary.')
    .action(async (flags: Flags) => {
      await runClient(null, async () => await verify(flags));
    });
}

async function verify(flags: Flags): Promise<void> {
  const directories = dataDirectories((await readConfig(flags)).config);
  const { clock, files } = nodeRuntime;
  if ((await files.sizeOf(directories.root)) === null) {
    throw new SkaldError('not_found', `Cannot verify ${directories.root}: there is no such directory`);
  }
  const source = { store: new FilesystemObjectStore(directories.objects, files), headBlocks: new Map(), clock };
  const bar = new ProgressBar(await storedBytesOf(source), clock, flags['quiet'] !== true);
  let damages = 0;
  const report = (message: string): void => {
    damages += 1;
    bar.end();
    if (damages <= PRINTED_MAX) process.stdout.write(`${message}\n`);
  };
  const progress = ({ storedBytes, rows }: { storedBytes: number; rows: number }): void =>
    bar.update(storedBytes, rows);
  const objects = await verifyObjects({ source, report, progress });
  const wal = await verifyWal(files, directories.wal, report);
  bar.end();
  if (damages > PRINTED_MAX) process.stdout.write(`and ${damages - PRINTED_MAX} more\n`);
  if (damages > 0) process.exitCode = 1;
  if (flags['quiet'] === true) return;
  const orphans = objects.orphans === 0 ? '' : `, ${objects.orphans} without an index (of interrupted flushes)`;
  process.stderr.write(
    `${directories.objects}: ${counted(objects.chunks, 'chunk')}${orphans}, ${counted(objects.rows, 'line')} of ${formatBytes(objects.lineBytes)}, ${formatBytes(objects.storedBytes)} stored\n` +
      `${directories.wal}: ${counted(wal.segments, 'segment')}, ${counted(wal.records, 'push', 'pushes')} of ${counted(wal.entries, 'line')}, ${formatBytes(wal.sizeBytes)}\n` +
      `${damages === 0 ? 'nothing is damaged' : `${damages} damaged`}\n`,
  );
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
