import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '../../config';
import { GUIDES } from './guides';
import { ICON, STYLE, script } from './page';

/** A text that the reference page is made of. */
export interface Asset {
  contentType: string;
  text: string;
  etag: string;
}

const JAVASCRIPT = 'text/javascript; charset=utf-8';
const CSS = 'text/css; charset=utf-8';
const SVG = 'image/svg+xml; charset=utf-8';
/** What browsers show as it is. */
export const MARKDOWN = 'text/plain; charset=utf-8';

const ofSwaggerUi = (file: string): string =>
  readFileSync(path.join(path.dirname(require.resolve('swagger-ui-dist/package.json')), file), 'utf8');

/** All there is, by name: what is not here can't be asked for. */
const FILES: Readonly<Record<string, readonly [contentType: string, read: (mode: Config['mode']) => string]>> = {
  'swagger-ui-bundle.js': [JAVASCRIPT, () => ofSwaggerUi('swagger-ui-bundle.js')],
  'swagger-ui.css': [CSS, () => ofSwaggerUi('swagger-ui.css')],
  'reference.css': [CSS, () => STYLE],
  'reference.js': [JAVASCRIPT, script],
  'icon.svg': [SVG, () => ICON],
};

/** They do not change while a process runs, and are few. */
const read = new Map<string, Asset>();

export function assetOf(name: string, mode: Config['mode']): Asset | undefined {
  if (!Object.hasOwn(FILES, name)) return undefined;
  const [contentType, text] = FILES[name] ?? [];
  if (contentType === undefined || text === undefined) return undefined;
  return kept(`${mode}/${name}`, contentType, () => text(mode));
}

/** A guide as it is written. */
export function guideOf(name: string): Asset | undefined {
  if (!GUIDES.some((guide) => guide.name === name)) return undefined;
  return kept(`guides/${name}`, MARKDOWN, () => readFileSync(path.join(projectRoot(), 'docs', `${name}.md`), 'utf8'));
}

function kept(key: string, contentType: string, make: () => string): Asset {
  const known = read.get(key);
  if (known !== undefined) return known;
  const text = make();
  const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
  const asset = { contentType, text, etag };
  read.set(key, asset);
  return asset;
}

/** Where package.json and docs/ are: above the sources as well as above what they are built to. */
function projectRoot(): string {
  for (let folder = __dirname; folder !== path.dirname(folder); folder = path.dirname(folder))
    if (existsSync(path.join(folder, 'docs', 'quick-start.md'))) return folder;
  throw new Error('docs/ is not beside the program: build the image with it');
}
