import { execFileSync } from 'node:child_process';
import path from 'node:path';

const BIOME = path.join(__dirname, '../node_modules/.bin/biome');
const MAX_BYTES = 16 * 1024 * 1024;

/** A file's text as the formatter would leave it. */
export const formatted = (file: string, text: string): string =>
  execFileSync(BIOME, ['format', `--stdin-file-path=${file}`], { input: text, encoding: 'utf8', maxBuffer: MAX_BYTES });
