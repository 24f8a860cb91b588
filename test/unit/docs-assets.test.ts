import { readFileSync } from 'node:fs';
import path from 'node:path';
import { assetOf, guideOf } from '../../src/api/docs/assets';
import { GUIDES } from '../../src/api/docs/guides';
import { CONTENT_SECURITY_POLICY, PAGE, script } from '../../src/api/docs/page';

const ROOT = path.join(__dirname, '../..');

describe('the reference page', () => {
  it('names only files that are there, and runs no script but these', () => {
    for (const [, file = ''] of PAGE.matchAll(/(?:src|href)="docs\/([^"/]+)"/g))
      expect([file, assetOf(file, 'sandbox')?.text.length]).toEqual([file, expect.any(Number)]);
    expect(CONTENT_SECURITY_POLICY).not.toMatch(/unsafe|https?:|\*/);
    expect(PAGE).not.toMatch(/<script>|\son\w+=|style=/);
  });

  it('has no file but its own', () => {
    for (const name of ['constructor', '__proto__', '../package.json', 'index.html', ''])
      expect(assetOf(name, 'sandbox')).toBeUndefined();
    expect(guideOf('api')).toBeUndefined();
  });

  it('fills in the client and keeps tokens in the sandbox only', () => {
    expect(script('sandbox')).toContain('demo-secret');
    expect(script('sandbox')).toContain('persistAuthorization: true');
    expect(script('production')).not.toMatch(/demo|initOAuth/);
    expect(script('production')).toContain('persistAuthorization: false');
  });

  it('has its guides, also in the image', () => {
    const ignored = readFileSync(path.join(ROOT, '.dockerignore'), 'utf8');
    for (const { name } of GUIDES) {
      expect(guideOf(name)?.text).toMatch(/^# /);
      expect(ignored).toContain(`!docs/${name}.md`);
    }
    expect(readFileSync(path.join(ROOT, 'Dockerfile'), 'utf8')).toMatch(/^COPY docs docs$/m);
  });
});
