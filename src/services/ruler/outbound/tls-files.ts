import type { SecureVersion } from 'node:tls';
import { messageOf, SkaldError } from '../../../common/errors.ts';
import type { FileSystem } from '../../../common/runtime.ts';

/** TLS settings of a client under Loki's names (`tls_ca_path`, ...); an empty path is absent. */
export interface TlsSettings {
  readonly tls_cert_path: string;
  readonly tls_key_path: string;
  readonly tls_ca_path: string;
  readonly tls_server_name: string;
  readonly tls_insecure_skip_verify: boolean;
  /** `VersionTLS12`, `VersionTLS13`; empty: Node's default. */
  readonly tls_min_version: string;
}

/** What Node's https takes. */
export interface TlsFiles {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly servername?: string;
  readonly rejectUnauthorized: boolean;
  readonly minVersion?: SecureVersion;
}

const VERSIONS: Readonly<Record<string, SecureVersion>> = {
  VersionTLS10: 'TLSv1',
  VersionTLS11: 'TLSv1.1',
  VersionTLS12: 'TLSv1.2',
  VersionTLS13: 'TLSv1.3',
};

/** Reads the files that the settings name. Throws SkaldError `bad_config`. */
export async function readTlsFiles(settings: TlsSettings, files: FileSystem): Promise<TlsFiles> {
  const { tls_ca_path, tls_cert_path, tls_key_path, tls_server_name, tls_min_version } = settings;
  if ((tls_cert_path === '') !== (tls_key_path === '')) {
    throw new SkaldError('bad_config', 'tls_cert_path and tls_key_path must be set together');
  }
  const read = async (name: string, path: string) => (path === '' ? {} : { [name]: await readSecret(path, files) });
  return {
    ...(await read('ca', tls_ca_path)),
    ...(await read('cert', tls_cert_path)),
    ...(await read('key', tls_key_path)),
    ...(tls_server_name === '' ? {} : { servername: tls_server_name }),
    ...(tls_min_version === '' ? {} : { minVersion: versionNamed(tls_min_version) }),
    rejectUnauthorized: !settings.tls_insecure_skip_verify,
  };
}

async function readSecret(path: string, files: FileSystem): Promise<Buffer> {
  try {
    return Buffer.from(await files.readFile(path));
  } catch (error) {
    throw new SkaldError('bad_config', `Cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
}

function versionNamed(name: string): SecureVersion {
  const version = Object.hasOwn(VERSIONS, name) ? VERSIONS[name] : undefined;
  if (version !== undefined) return version;
  throw new SkaldError(
    'bad_config',
    `tls_min_version: ${JSON.stringify(name)} is not ${Object.keys(VERSIONS).join(', ')}`,
  );
}
