import type { Catalog } from '../../../../planner/physical/catalog.ts';
import type { HeadBlockSnapshot } from '../../../../storage/read/head-block.ts';
import type { ScanUnit } from '../../../common/scan-unit.ts';
import type { LogCatalog } from '../catalog/log-catalog.ts';

/** Units of a query that are read, unless they have too many bytes. */
const UNITS_MAX = 16;

/**
 * The catalog for queries whose answers nobody reads: they find everything, but read a few units all over of what they
 * find, with no more than `lineBytesMax` bytes of lines or one unit.
 */
export class SampledCatalog implements Catalog {
  readonly #catalog: Pick<LogCatalog, 'find' | 'prune' | 'addMinutes'>;
  readonly #lineBytesMax: number;
  /** Those that the answers refer to. */
  readonly headBlocks = new Map<string, HeadBlockSnapshot>();

  constructor(catalog: Pick<LogCatalog, 'find' | 'prune' | 'addMinutes'>, lineBytesMax: number) {
    this.#catalog = catalog;
    this.#lineBytesMax = lineBytesMax;
  }

  async find(request: Parameters<LogCatalog['find']>[0]): ReturnType<LogCatalog['find']> {
    const answer = await this.#catalog.find(request);
    for (const [id, snapshot] of answer.headBlocks) this.headBlocks.set(id, snapshot);
    return { ...answer, units: this.#sample(answer.units) };
  }

  prune(request: Parameters<LogCatalog['prune']>[0]): ReturnType<LogCatalog['prune']> {
    return this.#catalog.prune(request);
  }

  addMinutes(units: readonly ScanUnit[]): ReturnType<LogCatalog['addMinutes']> {
    return this.#catalog.addMinutes(units);
  }

  #sample(units: readonly ScanUnit[]): ScanUnit[] {
    const every = Math.ceil(units.length / UNITS_MAX);
    const sample: ScanUnit[] = [];
    let lineBytes = 0;
    for (let i = 0; i < units.length; i += every) {
      lineBytes += units[i].lineBytes;
      if (sample.length > 0 && lineBytes > this.#lineBytesMax) break;
      sample.push(units[i]);
    }
    return sample;
  }
}
