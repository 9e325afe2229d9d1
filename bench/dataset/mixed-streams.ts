import type { DataRandom } from './data-random.ts';
import { SYSTEMS, type System } from './syslog-lines.ts';

export const APPS = ['nginx', 'api', 'worker', 'syslog'] as const;

export type App = (typeof APPS)[number];

export interface MixedStream {
  readonly app: App;
  readonly namespace: string;
  readonly pod: string;
  /** Of syslog streams. */
  readonly system: System | null;
  /** Canonical label text. */
  readonly labels: string;
}

const COUNTS: Readonly<Record<App, number>> = { nginx: 40, api: 80, worker: 80, syslog: 40 };
const NAMESPACES: Readonly<Record<App, readonly string[]>> = {
  nginx: ['edge', 'edge', 'edge', 'shop'],
  api: ['shop', 'pay', 'search', 'users'],
  worker: ['jobs', 'media', 'pay'],
  syslog: ['infra'],
};

/** The 240 streams of `mixed`. */
export function mixedStreams(random: DataRandom): MixedStream[] {
  return APPS.flatMap((app) => Array.from({ length: COUNTS[app] }, (_, i) => stream(app, i, random)));
}

function stream(app: App, index: number, random: DataRandom): MixedStream {
  const namespace = NAMESPACES[app][index % NAMESPACES[app].length];
  const system = app === 'syslog' ? SYSTEMS[index % SYSTEMS.length] : null;
  const pod = system === null ? `${app}-${random.hex(8)}-${random.hex(4)}` : `node-${String(index).padStart(3, '0')}`;
  const labels =
    `{app="${app}", cluster="c1", namespace="${namespace}", pod="${pod}"` +
    `${system === null ? '' : `, system="${system}"`}}`;
  return { app, namespace, pod, system, labels };
}
