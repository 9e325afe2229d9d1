import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { parseQuery } from '../../grammar/parse.ts';
import { runSkald } from '../support/run-skald.ts';
import { temporaryDirectory } from '../support/server-process.ts';
import { startCommand } from './start-command.ts';
import { writeFile } from 'node:fs/promises';

const root = fileURLToPath(new URL('../..', import.meta.url));
const deploy = path.join(root, 'docs/deploy');
const read = (file: string): string => readFileSync(path.join(deploy, file), 'utf8');

/** The YAML documents of a file; mistakes of YAML throw. */
function documents<T>(file: string): T[] {
  return parseAllDocuments(read(file)).map((document) => {
    if (document.errors[0] !== undefined) throw document.errors[0];
    return document.toJS() as T;
  });
}

const filesBelow = (directory: string): string[] =>
  readdirSync(path.join(deploy, directory), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(yaml|json)$/.test(name))
    .map((name) => path.join(directory, name));

test.each(filesBelow('.').filter((file) => file.endsWith('.yaml')))('%s is YAML', (file) => {
  for (const document of documents(file)) expect(document).toBeTypeOf('object');
});

interface Labelled {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels: Record<string, string> };
}
interface ConfigMap extends Labelled {
  readonly data: Record<string, string>;
}

describe('the real program takes the configurations', () => {
  const [configMap] = documents<ConfigMap>('kubernetes/configmap.yaml');
  test.each([
    ['of the image', read('skald.yaml')],
    ['of compose', read('compose/skald.yaml')],
    ['of systemd', read('systemd/skald.yaml')],
    ['of Kubernetes', configMap?.data['skald.yaml'] ?? ''],
  ])('%s', async (_, text) => {
    const { directory, remove } = await temporaryDirectory();
    try {
      const file = path.join(directory, 'skald.yaml');
      await writeFile(file, text);
      expect(await runSkald(['-verify-config', `-config.file=${file}`])).toEqual({
        code: 0,
        stdout: 'config is valid\n',
        stderr: '',
      });
    } finally {
      await remove();
    }
  });
});

describe('compose', () => {
  interface Service {
    readonly image?: string;
    readonly build?: string;
    readonly ports?: string[];
    readonly volumes?: string[];
    readonly command?: string[];
  }
  const [{ services }] = documents<{ services: Record<string, Service> }>('compose/compose.yaml') as [
    { services: Record<string, Service> },
  ];

  test('files that are mounted are there, and the image is built from the root', () => {
    const names = Object.values(services).flatMap(({ volumes = [] }) =>
      volumes.map((volume) => volume.split(':')[0] ?? ''),
    );
    const mounted = names.filter((name) => name.startsWith('./'));
    expect(mounted.length).toBeGreaterThan(2);
    for (const name of mounted)
      expect(readdirSync(path.join(deploy, 'compose', path.dirname(name)))).toContain(path.basename(name));
    expect(path.resolve(deploy, 'compose', services['skald']?.build ?? '')).toBe(path.resolve(root));
  });

  test('the data source is where skald listens; the cache is where Redis does', () => {
    const [{ datasources }] = documents<{ datasources: { type: string; uid: string; url: string }[] }>(
      'compose/grafana/provisioning/datasources/skald.yaml',
    ) as [{ datasources: { type: string; uid: string; url: string }[] }];
    const { hostname, port } = new URL(datasources[0]?.url ?? '');
    expect(Object.keys(services)).toContain(hostname);
    expect(services[hostname]?.ports?.map((mapping) => mapping.split(':').at(-1))).toContain(port);
    expect(datasources[0]).toMatchObject({ type: 'loki', uid: 'skald' });
    expect(read('compose/skald.yaml')).toContain('endpoint: redis:6379');
    expect(services['redis']?.image).toMatch(/^redis:/);
  });

  test('Grafana finds the dashboard where it is mounted', () => {
    const mounts = services['grafana']?.volumes?.map((volume) => volume.split(':')[1]);
    expect(mounts).toContain('/var/lib/grafana/dashboards');
    expect(read('compose/grafana/provisioning/dashboards/skald.yaml')).toContain('path: /var/lib/grafana/dashboards');
  });
});

test('every query of the dashboard parses, and asks the data source that is provisioned', () => {
  const { panels } = JSON.parse(read('compose/grafana/dashboards/skald.json')) as {
    panels: { title: string; targets: { expr: string; datasource: { uid: string; type: string } }[] }[];
  };
  const targets = panels.flatMap((panel) => panel.targets);
  expect(targets.length).toBeGreaterThanOrEqual(5);
  for (const { expr, datasource } of targets) {
    const filled = expr
      .replaceAll('$__auto', '1m')
      .replaceAll('$__range', '3600s')
      .replaceAll('$service', '.+')
      .replaceAll('$search', '');
    expect(filled).not.toContain('$');
    expect(() => parseQuery(filled), filled).not.toThrow();
    expect(datasource).toEqual({ type: 'loki', uid: 'skald' });
  }
});

describe('Kubernetes', () => {
  interface Port {
    readonly name: string;
    readonly containerPort: number;
  }
  interface Probe {
    readonly httpGet: { readonly path: string; readonly port: string };
  }
  interface StatefulSet extends Labelled {
    readonly spec: {
      readonly serviceName: string;
      readonly selector: { readonly matchLabels: Record<string, string> };
      readonly template: {
        readonly metadata: { readonly labels: Record<string, string> };
        readonly spec: {
          readonly terminationGracePeriodSeconds: number;
          readonly securityContext: object;
          readonly volumes: { readonly name: string; readonly configMap?: { readonly name: string } }[];
          readonly containers: {
            readonly args: string[];
            readonly ports: Port[];
            readonly startupProbe: Probe;
            readonly readinessProbe: Probe;
            readonly livenessProbe: Probe;
            readonly securityContext: object;
            readonly volumeMounts: { readonly name: string; readonly mountPath: string }[];
          }[];
        };
      };
      readonly volumeClaimTemplates: { readonly metadata: { readonly name: string } }[];
    };
  }
  interface Service extends Labelled {
    readonly spec: {
      readonly selector: Record<string, string>;
      readonly ports: { readonly port: number; readonly targetPort: string }[];
    };
  }
  const [set] = documents<StatefulSet>('kubernetes/statefulset.yaml') as [StatefulSet];
  const services = documents<Service>('kubernetes/service.yaml');
  const pod = set.spec.template.spec;
  const [container] = pod.containers;

  test('kustomization names every file', () => {
    const [{ resources }] = documents<{ resources: string[] }>('kubernetes/kustomization.yaml') as [
      { resources: string[] },
    ];
    const others = readdirSync(path.join(deploy, 'kubernetes')).filter((name) => name !== 'kustomization.yaml');
    expect([...resources].sort()).toEqual(others.sort());
  });

  test('what selects the pod does, and ports have the names that are asked for', () => {
    const { labels } = set.spec.template.metadata;
    const [budget] = documents<{ spec: { selector: { matchLabels: object } } }>('kubernetes/poddisruptionbudget.yaml');
    expect(set.spec.selector.matchLabels).toEqual(labels);
    expect(budget?.spec.selector.matchLabels).toEqual(labels);
    const names = container?.ports.map(({ name }) => name);
    for (const { spec } of services) {
      expect(spec.selector).toEqual(labels);
      for (const { targetPort } of spec.ports) expect(names).toContain(targetPort);
    }
    expect(services.map(({ metadata }) => metadata.name)).toContain(set.spec.serviceName);
    for (const probe of [container?.startupProbe, container?.readinessProbe, container?.livenessProbe]) {
      expect(names).toContain(probe?.httpGet.port);
    }
  });

  test('ports and paths are those of the configuration', () => {
    const [config] = documents<ConfigMap>('kubernetes/configmap.yaml') as [ConfigMap];
    const text = config.data['skald.yaml'] ?? '';
    const portOf = (name: string) => container?.ports.find((port) => port.name === name)?.containerPort;
    expect(text).toContain(`http_listen_port: ${portOf('http')}`);
    expect(text).toContain(`grpc_listen_port: ${portOf('grpc')}`);
    expect(text).toContain('path_prefix: /data');
    const mounts = new Map(container?.volumeMounts.map(({ name, mountPath }) => [name, mountPath]));
    expect(mounts.get(set.spec.volumeClaimTemplates[0]?.metadata.name ?? '')).toBe('/data');
    expect(container?.args).toEqual([`-config.file=${mounts.get('config')}/skald.yaml`]);
    expect(pod.volumes.find(({ name }) => name === 'config')?.configMap?.name).toBe(config.metadata.name);
    expect(Object.keys(config.data)).toEqual(['skald.yaml']);
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(30);
  });

  test('the pod may do nothing that it need not', () => {
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(container?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });
});

test('systemd starts what npm start starts, with a data directory that it makes', () => {
  const unit = new Map(
    read('systemd/skald.service')
      .split('\n')
      .filter((line) => /^\w+=/.test(line))
      .map((line): [string, string] => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  const { command, environment } = startCommand();
  expect(unit.get('ExecStart')).toBe(`/usr/bin/${command} -config.file=/etc/skald/skald.yaml`);
  expect(unit.get('Environment')?.split(' ')).toEqual(expect.arrayContaining([...environment]));
  expect(read('systemd/skald.yaml')).toContain(`path_prefix: /var/lib/${unit.get('StateDirectory')}\n`);
});
