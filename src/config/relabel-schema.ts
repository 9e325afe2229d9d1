import { z } from 'zod';

/** One step of relabelling, as Prometheus writes it (`relabel_config`). */
export const relabelSchema = z
  .strictObject({
    source_labels: z.array(z.string()).default([]),
    separator: z.string().default(';'),
    target_label: z.string().default(''),
    regex: z.string().default('(.*)'),
    modulus: z.number().int().min(0).default(0),
    replacement: z.string().default('$1'),
    action: z
      .enum([
        ...(['replace', 'keep', 'drop', 'keepequal', 'dropequal', 'hashmod'] as const),
        ...(['labelmap', 'labeldrop', 'labelkeep', 'lowercase', 'uppercase'] as const),
      ])
      .default('replace'),
  })
  .refine(({ action, modulus }) => action !== 'hashmod' || modulus > 0, { error: 'hashmod requires a modulus' })
  .refine(({ action, target_label }) => target_label !== '' || !NEEDS_TARGET.has(action), {
    error: 'the action requires a target_label',
  });

const NEEDS_TARGET: ReadonlySet<string> = new Set([
  ...['replace', 'keepequal', 'dropequal', 'hashmod', 'lowercase', 'uppercase'],
]);

export type RelabelConfig = z.output<typeof relabelSchema>;
