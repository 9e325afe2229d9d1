import path from 'node:path';
import { messageOf, systemErrorCode } from '../../../common/errors.ts';
import type { FileSystem } from '../../../common/runtime.ts';
import { decodeUtf8, encodeUtf8 } from '../../../common/utf8.ts';
import { checkTenant } from '../../../../storage/objectstore/keys.ts';
import { decodeState, encodeState, type SavedGroup } from './saved-state.ts';

export interface AlertStateStoreOptions {
  readonly directory: string;
  readonly files: FileSystem;
  readonly report: (problem: string) => void;
}

/** The alerts of each tenant in a file of its own, `<directory>/<tenant>.json`, replaced as a whole. */
export class AlertStateStore {
  readonly #options: AlertStateStoreOptions;

  constructor(options: AlertStateStoreOptions) {
    this.#options = options;
  }

  /** What was saved last; empty when there is nothing. A file that cannot be read is put aside and reported. */
  async load(tenant: string): Promise<readonly SavedGroup[]> {
    const { files, report } = this.#options;
    const file = this.#fileOf(tenant);
    try {
      return decodeState(decodeUtf8(await files.readFile(file)), file);
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return [];
      report(`${messageOf(error)}; alerts of tenant ${tenant} begin anew, the file is kept as ${file}.unreadable`);
      await files.rename(file, `${file}.unreadable`).catch(() => undefined);
      return [];
    }
  }

  /** Durable when it resolves. Errors: those of the file system. */
  async save(tenant: string, groups: readonly SavedGroup[]): Promise<void> {
    const { files, directory } = this.#options;
    await files.makeDirectory(directory);
    await files.writeFileDurable(this.#fileOf(tenant), [encodeUtf8(encodeState(groups))], { replace: true });
  }

  #fileOf(tenant: string): string {
    checkTenant(tenant);
    return path.join(this.#options.directory, `${tenant}.json`);
  }
}
