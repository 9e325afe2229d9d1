import path from 'node:path';
import { messageOf, SkaldError, systemErrorCode } from '../../../common/errors.ts';
import type { FileInfo, FileSystem } from '../../../common/runtime.ts';
import { decodeUtf8 } from '../../../common/utf8.ts';
import { checkTenant } from '../../../../storage/objectstore/keys.ts';
import { parseRuleFile, RULE_FILE_BYTES_MAX, tooLargeFile, type RuleFile } from '../rules/parse-rule-file.ts';
import { printProblem } from '../rules/rule-problem.ts';
import type { TemplateCheck } from '../rules/template-check.ts';
import type { Namespace, RuleStore } from './rule-store.ts';

/** Rule files `<directory>/<tenant>/<namespace>`, written by whoever runs the server. The API only reads them. */
export class LocalRuleStore implements RuleStore {
  readonly #directory: string;
  readonly #files: FileSystem;
  readonly #checkTemplate: TemplateCheck;
  /** Files as they were last read: most of them never change. */
  readonly #parsed = new Map<string, { readonly text: string; readonly file: RuleFile }>();

  constructor(directory: string, files: FileSystem, checkTemplate: TemplateCheck) {
    this.#directory = path.resolve(directory);
    this.#files = files;
    this.#checkTemplate = checkTemplate;
  }

  async tenants(): Promise<readonly string[]> {
    const tenants: string[] = [];
    for (const { name, isDirectory } of visible(await this.#list(this.#directory))) {
      if ((isDirectory || (await this.#isLinkToDirectory(name))) && isTenant(name)) tenants.push(name);
    }
    return tenants;
  }

  async namespaces(tenant: string): Promise<readonly Namespace[]> {
    checkTenant(tenant);
    const directory = path.join(this.#directory, tenant);
    const namespaces: Namespace[] = [];
    for (const { name, isDirectory } of visible(await this.#list(directory))) {
      if (isDirectory) continue;
      const file = path.join(directory, name);
      const { groups, refused, problems } = await this.#read(file);
      namespaces.push({ name, groups, refused, problems: problems.map((problem) => printProblem(file, problem)) });
    }
    return namespaces;
  }

  async putGroup(): Promise<void> {
    throw readOnly();
  }

  async deleteGroup(): Promise<void> {
    throw readOnly();
  }

  async deleteNamespace(): Promise<void> {
    throw readOnly();
  }

  /** A link, as Kubernetes mounts them. */
  async #isLinkToDirectory(name: string): Promise<boolean> {
    try {
      await this.#files.list(path.join(this.#directory, name));
      return true;
    } catch {
      return false;
    }
  }

  async #list(directory: string): Promise<readonly FileInfo[]> {
    try {
      return await this.#files.list(directory);
    } catch (error) {
      throw unreadable(directory, error);
    }
  }

  async #read(file: string): Promise<RuleFile> {
    try {
      const sizeBytes = (await this.#files.sizeOf(file)) ?? 0;
      if (sizeBytes > RULE_FILE_BYTES_MAX) return tooLargeFile(sizeBytes);
      const text = decodeUtf8(await this.#files.readFile(file));
      const known = this.#parsed.get(file);
      if (known?.text === text) return known.file;
      const parsed = parseRuleFile(text, { checkTemplate: this.#checkTemplate });
      this.#parsed.set(file, { text, file: parsed });
      return parsed;
    } catch (error) {
      // It was there a moment ago.
      if (systemErrorCode(error) === 'ENOENT') return { groups: [], refused: [], problems: [] };
      throw unreadable(file, error);
    }
  }
}

/** Hidden files are the editor's and Kubernetes's own. */
function visible(entries: readonly FileInfo[]): readonly FileInfo[] {
  return entries.filter(({ name }) => !name.startsWith('.'));
}

function isTenant(name: string): boolean {
  try {
    checkTenant(name);
    return true;
  } catch {
    return false;
  }
}

function readOnly(): SkaldError {
  return new SkaldError(
    'not_supported',
    'Cannot change rules: ruler.storage.type is local, they are files of the server',
  );
}

function unreadable(what: string, error: unknown): SkaldError {
  return new SkaldError('unavailable', `Cannot read rules from ${what}: ${messageOf(error)}`, { cause: error });
}
