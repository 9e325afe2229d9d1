import { Labels } from '../../../common/labels.ts';
import { isTenantList } from '../../../common/tenant.ts';
import type { MinutesAnswer } from '../../../common/minutes-answer.ts';
import type { PruneAnswer, PruneRequest } from '../../../common/prune.ts';
import type { ScanUnit } from '../../../common/scan-unit.ts';
import type { TimeRange } from '../../../common/time.ts';
import { compareUtf8 } from '../../../common/utf8.ts';
import type { LabelRequest, SeriesRequest } from '../../../../storage/catalog/label-collector.ts';
import type { FindAnswer, FindRequest } from '../../../../storage/catalog/storage-catalog.ts';
import type {
  StreamStatistics,
  StreamVolumes,
  TenantStatistics,
} from '../../../../storage/catalog/stream-statistics.ts';
import type { LogCatalog } from './log-catalog.ts';
import { mergeAnswers } from './merge-answers.ts';
import { labelsWithTenant, questionsOf, TENANT_LABEL } from './tenant-labels.ts';

/**
 * Answers for several tenants at once (facts 207 and 208): each is asked on its own, and its streams get `__tenant_id__`.
 * Nothing below knows of several tenants, nothing above of one. A request for a single tenant passes through.
 */
export class MultiTenantCatalog implements LogCatalog {
  readonly #catalog: LogCatalog;

  constructor(catalog: LogCatalog) {
    this.#catalog = catalog;
  }

  async find(request: FindRequest): Promise<FindAnswer> {
    if (!isTenantList(request.tenant)) return await this.#catalog.find(request);
    const answers = questionsOf(request.tenant, request.matchers).map(async ({ tenant, matchers }) => {
      const found = await this.#catalog.find({ ...request, tenant, matchers });
      return { found, streams: found.streams.map((labels) => labelsWithTenant(labels, tenant)) };
    });
    return mergeAnswers(await Promise.all(answers));
  }

  async prune(request: PruneRequest): Promise<PruneAnswer> {
    return await this.#catalog.prune(request);
  }

  async addMinutes(units: readonly ScanUnit[]): Promise<MinutesAnswer> {
    return await this.#catalog.addMinutes(units);
  }

  /** A stream that has the label already keeps its own value here, as Loki's series do. */
  async series(request: SeriesRequest): Promise<Labels[]> {
    if (!isTenantList(request.tenant)) return await this.#catalog.series(request);
    const found = new Map<string, Labels>();
    for (const matchers of request.matcherSets.length === 0 ? [[]] : request.matcherSets) {
      for (const question of questionsOf(request.tenant, matchers)) {
        const { tenant } = question;
        for (const own of await this.#catalog.series({ ...request, tenant, matcherSets: [question.matchers] })) {
          const labels = own.has(TENANT_LABEL) ? own : own.with(TENANT_LABEL, tenant);
          found.set(labels.key, labels);
        }
      }
    }
    return [...found.values()].sort(Labels.compare);
  }

  async labelNames(request: LabelRequest): Promise<string[]> {
    if (!isTenantList(request.tenant)) return await this.#catalog.labelNames(request);
    const names = await this.#ask(request, (question) => this.#catalog.labelNames(question));
    return sortedOnce([TENANT_LABEL, ...names.flat()]);
  }

  async labelValues(request: LabelRequest & { readonly name: string }): Promise<string[]> {
    if (!isTenantList(request.tenant)) return await this.#catalog.labelValues(request);
    if (request.name === TENANT_LABEL) {
      return questionsOf(request.tenant, request.matchers ?? []).map(({ tenant }) => tenant);
    }
    const values = await this.#ask(request, (question) =>
      this.#catalog.labelValues({ ...question, name: request.name }),
    );
    return sortedOnce(values.flat());
  }

  async streamStatistics(request: FindRequest): Promise<StreamStatistics[]> {
    if (!isTenantList(request.tenant)) return await this.#catalog.streamStatistics(request);
    const all = await this.#ask(request, async (question) =>
      (await this.#catalog.streamStatistics({ ...request, ...question })).map((stream) => ({
        ...stream,
        labels: labelsWithTenant(stream.labels, question.tenant),
      })),
    );
    return all.flat().sort((a, b) => Labels.compare(a.labels, b.labels));
  }

  /** Streams of one tenant after the other. */
  async streamVolumes(request: FindRequest, ranges: readonly TimeRange[]): Promise<Iterable<StreamVolumes>> {
    if (!isTenantList(request.tenant)) return await this.#catalog.streamVolumes(request, ranges);
    const all = await this.#ask(request, async (question) => ({
      tenant: question.tenant,
      volumes: await this.#catalog.streamVolumes({ ...request, ...question }, ranges),
    }));
    return withTenants(all);
  }

  async stats(request: FindRequest): Promise<TenantStatistics> {
    if (!isTenantList(request.tenant)) return await this.#catalog.stats(request);
    const all = await this.#ask(request, (question) => this.#catalog.stats({ ...request, ...question }));
    const total = { streams: 0, chunks: 0, bytes: 0, entries: 0 };
    for (const { streams, chunks, bytes, entries } of all) {
      total.streams += streams;
      total.chunks += chunks;
      total.bytes += bytes;
      total.entries += entries;
    }
    return total;
  }

  async #ask<Answer>(
    request: LabelRequest,
    ask: (question: Required<LabelRequest>) => Promise<Answer>,
  ): Promise<Answer[]> {
    const questions = questionsOf(request.tenant, request.matchers ?? []);
    return await Promise.all(questions.map((question) => ask({ ...question, range: request.range })));
  }
}

function* withTenants(
  all: readonly { readonly tenant: string; readonly volumes: Iterable<StreamVolumes> }[],
): Generator<StreamVolumes> {
  for (const { tenant, volumes } of all) {
    for (const { labels, bytes } of volumes) yield { labels: labelsWithTenant(labels, tenant), bytes };
  }
}

function sortedOnce(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort(compareUtf8);
}
