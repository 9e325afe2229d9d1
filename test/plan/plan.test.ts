import { runScripts } from '../logql/runner/run-scripts.ts';

runScripts(import.meta.dirname);
