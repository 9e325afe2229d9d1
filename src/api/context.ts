import type { Clock } from '../common/runtime.ts';
import type { Logger } from '../common/telemetry/logger.ts';
import type { Metrics } from '../common/telemetry/metrics.ts';
import type { Config } from '../config/schema.ts';
import type { Limits } from '../config/limits.ts';
import type { Distributor } from '../services/distributor/distributor.ts';
import type { Ingester } from '../services/ingester/ingester.ts';
import type { IngesterShutdown } from '../services/ingester/shutdown.ts';
import type { QueryFrontend } from '../services/query-frontend/query-frontend.ts';
import type { TailService } from '../services/tail/tail-service.ts';
import type { Ruler } from '../services/ruler/ruler.ts';
import type { MetadataCatalog } from '../services/querier/catalog/log-catalog.ts';

/** What routes work with. */
export interface ApiContext {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly limits: (tenant: string) => Limits;
  readonly distributor: Distributor;
  readonly ingester: Ingester;
  readonly catalog: MetadataCatalog;
  readonly frontend: QueryFrontend;
  readonly tails: TailService;
  readonly ruler: Ruler;
  readonly shutdown: IngesterShutdown;
  /** Why the process does not take requests now, or null. */
  readonly notReady: () => string | null;
}
