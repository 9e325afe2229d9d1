import { runScripts } from './runner/run-scripts.ts';

runScripts(import.meta.dirname);
