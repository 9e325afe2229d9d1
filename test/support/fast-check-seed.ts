import fc from 'fast-check';

/**
 * Property tests draw new cases every time a developer runs them; the gate draws the same ones each time, so that it says
 * something about the change and not about luck. A failure prints its seed and path either way.
 */
const seed = process.env['FC_SEED'] ?? (process.env['CI'] === undefined ? undefined : '20260115');
if (seed !== undefined) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(seed) });
