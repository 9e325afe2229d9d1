import type { DataRandom } from './data-random.ts';
import type { Stamp } from './timeline.ts';

/** Programs whose lines have no structure that a parser knows. */
export const SYSTEMS = ['sshd', 'kernel', 'postfix', 'cron', 'dhcp', 'storage', 'jvm', 'scheduler'] as const;

export type System = (typeof SYSTEMS)[number];

type Template = (random: DataRandom) => string;

const port = (random: DataRandom) => 1024 + random.below(64_000);
const id = (random: DataRandom) => random.hex(8);

const TEMPLATES: Readonly<Record<System, readonly Template[]>> = {
  sshd: [
    (r) => `Failed password for invalid user admin${r.below(90)} from ${r.ipAddress()} port ${port(r)} ssh2`,
    (r) => `Accepted publickey for deploy from ${r.ipAddress()} port ${port(r)} ssh2: ED25519 SHA256:${r.hex(32)}`,
    (r) => `Received disconnect from ${r.ipAddress()} port ${port(r)}:11: Bye Bye [preauth]`,
    () => 'pam_unix(sshd:session): session closed for user deploy',
    (r) => `error: maximum authentication attempts exceeded for root from ${r.ipAddress()} port ${port(r)} ssh2`,
  ],
  kernel: [
    (r) => `[${r.below(900_000)}.${r.below(900_000)}] eth0: link up, 10000Mbps, full-duplex, lpa 0x${r.hex(4)}`,
    (r) =>
      `[${r.below(900_000)}.${r.below(900_000)}] EXT4-fs error (device sda1): ext4_lookup: deleted inode ${r.below(1e6)}`,
    (r) => `[${r.below(900_000)}.${r.below(900_000)}] machine check exception on CPU ${r.below(64)} bank ${r.below(9)}`,
    (r) => `[${r.below(900_000)}.${r.below(900_000)}] TCP: request_sock_TCP: possible SYN flooding on port ${port(r)}`,
  ],
  postfix: [
    (r) =>
      `${r.hex(8).toUpperCase()}: from=<user${r.below(5000)}@example.com>, size=${r.below(90_000)}, nrcpt=1 (queue active)`,
    (r) =>
      `${r.hex(8).toUpperCase()}: to=<list${r.below(300)}@example.net>, delay=${r.below(90)}.${r.below(9)}, dsn=2.0.0, status=sent (250 ok)`,
    (r) => `warning: hostname host${r.below(9000)}.example.org does not resolve to address ${r.ipAddress()}`,
  ],
  cron: [
    (r) => `(root) CMD (/usr/lib/sysstat/sa1 ${r.below(60)} 1)`,
    (r) => `(backup) CMD (/opt/backup/run --volume vol${r.below(40)} --keep ${r.below(14)})`,
    (r) => `(root) error: job ${r.below(400)} has not finished, skipped`,
  ],
  dhcp: [
    (r) => `DHCPACK on ${r.ipAddress()} to 52:54:${r.hex(4)} via br${r.below(8)}`,
    (r) => `DHCPREQUEST for ${r.ipAddress()} from 52:54:${r.hex(4)} via br${r.below(8)}`,
  ],
  storage: [
    (r) => `INFO block blk_${r.below(2 ** 31)} received from /${r.ipAddress()}:${port(r)} size ${r.below(67_108_864)}`,
    (r) => `WARN replication of blk_${r.below(2 ** 31)} is behind by ${r.below(4)} copies`,
    (r) => `INFO served blk_${r.below(2 ** 31)} to /${r.ipAddress()}`,
    (r) =>
      `WARN writeBlock blk_${r.below(2 ** 31)} received exception java.io.EOFException: ${r.below(4096)} bytes left`,
  ],
  jvm: [
    (r) =>
      `GC(${r.below(90_000)}) Pause Young (Normal) ${r.below(900)}M->${r.below(300)}M(1024M) ${r.below(40)}.${r.below(999)}ms`,
    (r) =>
      `INFO Executor: Finished task ${r.below(200)}.0 in stage ${r.below(40)}.0 (TID ${r.below(90_000)}). ${r.below(4000)} bytes result`,
    (r) => `ERROR Executor: Exception in task ${r.below(200)}.0 in stage ${r.below(40)}.0 (TID ${r.below(90_000)})`,
    (r) => `	at com.example.store.Reader.read(Reader.java:${r.below(900)})`,
  ],
  scheduler: [
    (r) => `container_e${r.below(90)}_${r.below(1e6)} transitioned from ACQUIRED to RUNNING`,
    (r) => `application_${r.below(1e6)} queue root.batch user etl${r.below(40)} state ACCEPTED`,
    (r) => `node host${r.below(300)}:${port(r)} reported health report: error in local dirs`,
  ],
};

/** Lines of `system`: time, host, text, and an id of their own. */
export function syslogLines(random: DataRandom, stamp: Stamp, system: System, host: string): () => string {
  const templates = TEMPLATES[system];
  const pick = random.weighted(templates.map((_, i) => 1 / (i + 1)));
  return () =>
    `${stamp.syslog} ${host} ${system}[${100 + random.below(30_000)}]: ${templates[pick()](random)} req=${id(random)}${id(random)}`;
}
