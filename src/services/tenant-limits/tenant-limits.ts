import { SkaldError, messageOf } from '../../common/errors.ts';
import type { FileSystem, Timers } from '../../common/runtime.ts';
import type { Logger } from '../../common/telemetry/logger.ts';
import { isTenantList, tenantsIn } from '../../common/tenant.ts';
import { decodeUtf8 } from '../../common/utf8.ts';
import type { Limits } from '../../config/limits.ts';
import { readOverrides, type Overrides } from '../../config/overrides.ts';
import { warnOfIgnoredKeys } from '../../config/warn-of-ignored-keys.ts';
import { strictestLimits } from '../../config/strictest-limits.ts';

export interface TenantLimitsOptions {
  /** Limits of tenants without an override. */
  readonly defaults: Limits;
  /** Resource attributes of OTLP that are index labels by default; left out: Loki's. */
  readonly otlpLabels?: readonly string[] | undefined;
  /** The runtime configuration file; empty: no overrides. */
  readonly file: string;
  readonly periodMs: number;
  readonly files: FileSystem;
  readonly timers: Timers;
  readonly logger: Logger;
}

/**
 * The limits of every tenant, as they are now. The file with overrides is read again every period; one that cannot be
 * read or is wrong changes nothing, and is reported until it is right again.
 */
export class TenantLimits {
  readonly #options: TenantLimitsOptions;
  readonly #stop: () => void;
  #overrides: Overrides;
  #text: string | null;
  #problem: string | null = null;
  #reading = false;

  private constructor(options: TenantLimitsOptions, text: string | null) {
    this.#options = options;
    this.#text = text;
    this.#overrides = text === null ? new Map<string, Limits>() : this.#parse(text);
    this.#stop = text === null ? () => {} : options.timers.every(options.periodMs, () => void this.reload());
  }

  /** Throws SkaldError `bad_config` when the file cannot be read now. */
  static async open(options: TenantLimitsOptions): Promise<TenantLimits> {
    return new TenantLimits(options, options.file === '' ? null : await readText(options));
  }

  /** Of one tenant; of a list of tenants (src/common/tenant.ts) what is allowed to all of them. */
  of(tenant: string): Limits {
    if (!isTenantList(tenant)) return this.#ofOne(tenant);
    const [first = this.#options.defaults, ...others] = tenantsIn(tenant).map((one) => this.#ofOne(one));
    return strictestLimits(first, others);
  }

  get defaults(): Limits {
    return this.#options.defaults;
  }

  get overrides(): Overrides {
    return this.#overrides;
  }

  /** Whether the file as it is now is what is in force. */
  get isCurrent(): boolean {
    return this.#problem === null;
  }

  /** Reads the file now. Never throws. */
  async reload(): Promise<void> {
    if (this.#reading || this.#options.file === '') return;
    this.#reading = true;
    try {
      const text = await readText(this.#options);
      if (text === this.#text && this.#problem === null) return;
      this.#overrides = this.#parse(text);
      this.#text = text;
      this.#problem = null;
      this.#options.logger.info({ file: this.#options.file, tenants: this.#overrides.size }, 'limits of tenants read');
    } catch (error) {
      this.#report(messageOf(error));
    } finally {
      this.#reading = false;
    }
  }

  close(): void {
    this.#stop();
  }

  #ofOne(tenant: string): Limits {
    return this.#overrides.get(tenant) ?? this.#options.defaults;
  }

  #parse(text: string): Overrides {
    const { file, defaults, otlpLabels } = this.#options;
    const { overrides, ignored } = readOverrides({ file, text }, defaults, otlpLabels);
    warnOfIgnoredKeys(ignored, this.#options.logger);
    return overrides;
  }

  /** Once for each problem, not once for each period. */
  #report(problem: string): void {
    if (problem !== this.#problem) {
      this.#options.logger.error({ err: problem }, 'limits of tenants stay as they were');
    }
    this.#problem = problem;
  }
}

async function readText({ file, files }: TenantLimitsOptions): Promise<string> {
  try {
    return decodeUtf8(await files.readFile(file));
  } catch (error) {
    throw new SkaldError('bad_config', `Cannot read the runtime configuration file: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
