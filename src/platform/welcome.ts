import path from 'node:path';
import type { Config } from '../config';
import { withoutPassword } from './database-ready';
import { logFile } from './log';

/** The sandbox's own client, which may do everything in its tenant; no secret. */
const DEMO = { client_id: 'demo', client_secret: 'demo-secret', grant_type: 'client_credentials' };
/** The API key that opens it by the Tyche dialect; no secret either. */
const DEMO_KEY = 'sk_sandbox_demo';
const REQUEST_TIMEOUT_MS = 3_000;

/** The one screen that a started sandbox shows: what runs where, a token, and a first request to make with it. */
export async function welcome(
  config: Config,
  running: { apiUrl: string; databaseUrl: string; temporalAddress: string; seconds: number },
): Promise<string> {
  const { apiUrl, temporalAddress } = running;
  const ownTemporal = config.temporal.address === undefined;
  const [token, hasDocument] = await Promise.all([demoToken(apiUrl), answers(`${apiUrl}/openapi.json`)]);
  const rows: [string, string][] = [['API', apiUrl]];
  if (hasDocument) rows.push(['Reference page', `${apiUrl}/docs`], ['API document', `${apiUrl}/openapi.json`]);
  rows.push(
    ['P2P loan API', `${apiUrl}/p2p/v1, by a token with a member_id`],
    ['Tyche loan API', `${apiUrl}/tyche/v1, by Authorization: ${keyFor(config)}`],
    ['Problems explained', `${apiUrl}/problems/not-found`],
    ['Temporal UI', ownTemporal ? `http://127.0.0.1:${config.temporal.uiPort}` : `that of ${temporalAddress}`],
    ['Temporal', `${temporalAddress}, namespace ${config.temporal.namespace}`],
    ['PostgreSQL', withoutPassword(running.databaseUrl)],
  );
  if (config.database.url === undefined) rows.push(['  its password', `${config.database.embedded.dataDir}.password`]);
  rows.push([
    'Logs',
    ownTemporal ? `${logFile(config)}, ${path.join(config.stateDir, 'temporal.log')}` : logFile(config),
  ]);
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    '',
    `Tenor is ready after ${running.seconds.toFixed(1)} s, in sandbox mode. Ctrl-C stops it; what it knows stays in ${config.stateDir}.`,
    '',
    ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    '',
    ...(token === undefined ? [] : tryIt(apiUrl, token)),
  ].join('\n');
}

const keyFor = ({ auth }: Config): string => (auth.issuer === undefined ? DEMO_KEY : 'an API key');

function tryIt(apiUrl: string, token: string): string[] {
  return [
    'A token of the tenant org_demo, and a first request to make with it:',
    '',
    `  TOKEN=${token}`,
    '',
    `  curl -s -X POST ${apiUrl}/creditpools -H "Authorization: Bearer $TOKEN" -H "Idempotency-Key: first" \\`,
    `    -H 'Content-Type: application/json' -d '{"name":"First pool","currency":"USD","size":100000000,"policies":{"max_loan_ratio":0.1,"delinquency_threshold_days":30,"approval_required":true}}'`,
    '',
  ];
}

/** A token to try it with; none where the API is busy with what was left of before: that is no reason not to start. */
async function demoToken(apiUrl: string): Promise<string | undefined> {
  try {
    const response = await fetch(`${apiUrl}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams(DEMO),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    if (!response.ok) return undefined;
    const body: unknown = await response.json();
    return typeof body === 'object' && body !== null && 'access_token' in body ? String(body.access_token) : undefined;
  } catch {
    return undefined;
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) })).ok;
  } catch {
    return false;
  }
}
