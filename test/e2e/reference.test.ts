import path from 'node:path';
import type { Page, Response } from 'playwright-core';
import { loadConfig } from '../../src/config';
import { welcome } from '../../src/platform/welcome';
import { ApiStage } from '../api-stage';
import { findChromium, openBrowser } from '../chromium';
import { createTestDatabase, type TestDatabase, testTemporal } from '../environment';

const PICTURE = path.join(__dirname, '../../docs/images/reference.png');

/** Two seconds by itself; a machine whose cores are busy takes its time to draw the page. */
const BROWSER_TEST_MS = 90_000;
/** A step that hangs is to be named before the test's own time is over. */
const STEP_TIMEOUT_MS = 20_000;

const chromium = findChromium();
if (chromium === undefined)
  console.warn('No Chromium here: the test of /docs in a browser is left out. CHROMIUM_PATH may name one.');

let database: TestDatabase;
let api: ApiStage;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await ApiStage.open({ db: database.db, temporal: testTemporal() });
});

afterAll(async () => {
  await api.close();
  await database.drop();
});

describe('/docs', () => {
  it('is a page that may load nothing from elsewhere', async () => {
    const page = await fetch(`${api.url}/docs`);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.headers.get('content-security-policy')).not.toContain('unsafe-eval');
    const html = await page.text();
    expect(html).not.toMatch(/https?:\/\/|<script>|onclick|style=/);
    for (const [, file] of html.matchAll(/(?:src|href)="(docs\/[^"]+)"/g))
      expect([file, (await fetch(`${api.url}/${file}`)).status]).toEqual([file, 200]);
  });

  it('is on the screen of a sandbox that has started', async () => {
    const running = { apiUrl: api.url, databaseUrl: database.url, temporalAddress: 'localhost:7233', seconds: 1 };
    expect(await welcome(loadConfig({}), running)).toContain(`  Reference page      ${api.url}/docs\n`);
  });

  it('has files that are cached, each with its type', async () => {
    const css = await fetch(`${api.url}/docs/swagger-ui.css`);
    expect(css.headers.get('content-type')).toBe('text/css; charset=utf-8');
    expect(css.headers.get('cache-control')).toBe('public, max-age=3600');
    const etag = css.headers.get('etag') ?? '';
    const again = await fetch(`${api.url}/docs/swagger-ui.css`, { headers: { 'if-none-match': etag } });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  it.each(['/docs/constructor', '/docs/..%2fpackage.json', '/docs/guides/api', '/docs/index.html'])(
    'has no file at %s',
    async (file) => {
      const reply = await fetch(api.url + file);
      expect([reply.status, reply.headers.get('content-type')]).toEqual([
        404,
        'application/problem+json; charset=utf-8',
      ]);
    },
  );
});

(chromium === undefined ? describe.skip : describe)('/docs in a browser', () => {
  it(
    'opens offline, authorises with the sandbox client and sends a request',
    async () => {
      const { context, close } = await openBrowser(chromium ?? '');
      try {
        const elsewhere: string[] = [];
        const broken: string[] = [];
        // the network ends at the API
        await context.route(
          (url) => url.origin !== api.url && url.protocol !== 'data:',
          async (route) => {
            elsewhere.push(route.request().url());
            await route.abort();
          },
        );
        const page = await context.newPage();
        page.setDefaultTimeout(STEP_TIMEOUT_MS);
        page.on('pageerror', (error) => broken.push(error.message));
        page.on('console', (message) => {
          if (message.type() === 'error') broken.push(message.text());
        });
        await page.goto(`${api.url}/docs`);
        await page.waitForSelector('body[data-ready]');
        await authorise(page);
        const created = await createMember(page);
        expect(created.status()).toBe(201);
        expect(await created.json()).toMatchObject({ name: 'Ada', org: 'org_demo' });
        expect(created.request().headers()['idempotency-key']).toMatch(/^[0-9a-f]{32}$/);
        await page.locator('.live-responses-table').getByText('org_demo').waitFor();
        if (process.env.UPDATE_PICTURES !== undefined) await takePicture(page);
        await page.reload();
        await page.waitForSelector('.btn.authorize.locked');
        expect(elsewhere).toEqual([]);
        expect(broken).toEqual([]);
      } finally {
        await close();
      }
    },
    BROWSER_TEST_MS,
  );
});

async function takePicture(page: Page): Promise<void> {
  await page.setViewportSize({ width: 1280, height: 1400 });
  await page.locator('#operations-tag-Members').evaluate((tag) => tag.scrollIntoView());
  await page.screenshot({ path: PICTURE });
}

/** Logs in with what the page has filled in. */
async function authorise(page: Page): Promise<void> {
  await page.click('.btn.authorize');
  const oauth = page.locator('.auth-container', { hasText: 'clientCredentials' });
  await oauth.locator('button.authorize').click();
  await oauth.getByText('Logout').waitFor();
  await page.click('.btn-done');
}

async function createMember(page: Page): Promise<Response> {
  await page.click('#operations-tag-Members');
  await page.click('#operations-Members-createMember .opblock-summary-control');
  const operation = page.locator('#operations-Members-createMember');
  await operation.locator('textarea.body-param__text').fill('{ "name": "Ada" }');
  const [response] = await Promise.all([
    page.waitForResponse((each) => each.url() === `${api.url}/members`),
    operation.locator('.btn.execute').click(),
  ]);
  return response;
}
