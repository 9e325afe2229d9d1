import packageJson from '../package.json' with { type: 'json' };

/** The version of this build. */
export const VERSION: string = packageJson.version;

/** The Loki version whose API this build answers: clients such as Grafana switch features on by it. */
export const LOKI_API_VERSION = '3.7.6';
