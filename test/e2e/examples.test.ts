import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Examples } from '../../src/api/docs/examples';
import { verify } from '../../src/ledger/verify';
import { createTestDatabase, type TestDatabase, testBundlePath, testTemporal } from '../environment';
import { live } from '../examples/life';
import { normalised } from '../examples/normalised';
import { Recorder } from '../examples/recorder';
import { formatted } from '../formatted';
import { openSandbox } from '../stories/sandbox';

const FILE = path.join(__dirname, '../../src/api/docs/examples.json');
/** More of an answer than a reader looks at, and told elsewhere. */
const LEFT_OUT: ReadonlySet<string> = new Set(['getOpenApi', 'listEventSchemas']);

let database: TestDatabase;
let sandbox: Awaited<ReturnType<typeof openSandbox>>;
const receiver = createServer((_req, res) => res.writeHead(204).end());

beforeAll(async () => {
  database = await createTestDatabase();
  sandbox = await openSandbox({ db: database.db, temporal: testTemporal(), bundlePath: testBundlePath() });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  const { findings } = await verify(database.auditor);
  await sandbox.close();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
  await database.drop();
  expect(findings).toEqual([]);
});

it('the examples of the documentation are what the API answers', async () => {
  const address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  const recorder = new Recorder(sandbox.url, await token());
  await live(recorder, address);
  for (const id of LEFT_OUT) delete recorder.examples[id]?.answer;
  const recorded = normalised(recorder.examples, address);
  if (process.env.UPDATE_EXAMPLES !== undefined) writeFileSync(FILE, formatted(FILE, JSON.stringify(recorded)));
  const kept = JSON.parse(readFileSync(FILE, 'utf8')) as Examples;
  // a difference means: npm run docs:examples
  for (const [id, example] of Object.entries(recorded)) expect([id, example]).toEqual([id, kept[id]]);
  expect(Object.keys(kept)).toEqual(Object.keys(recorded));
}, 120_000);

async function token(): Promise<string> {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: 'demo',
    client_secret: 'demo-secret',
  });
  const response = await fetch(`${sandbox.url}/oauth/token`, { method: 'POST', body });
  return ((await response.json()) as { access_token: string }).access_token;
}
