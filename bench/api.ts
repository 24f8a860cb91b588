import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { loadConfig } from '../src/config';
import { migrate } from '../src/db/database';
import { startEmbeddedPostgres } from '../src/platform/embedded-postgres';
import { freePort } from '../src/platform/ports';
import { progressOn } from '../src/platform/progress';
import { ensureSearchAttributes } from '../src/platform/search-attributes';
import { connectToTemporal } from '../src/platform/temporal-connection';
import { startLocalTemporal } from '../src/platform/temporal-server';
import { Caller, Issuer, type Loan } from './api/lender';
import type { SideOptions } from './api/side';
import { count, median, percentile, ratio, table } from './report';

/** Rounds of each side, in turn: what the machine does meanwhile falls on both. */
const ROUNDS = 5;
const ROUND_MS = 5_000;
const WARM_UP_MS = 3_000;
/** Callers at once. */
const READERS = 16;
const COMMANDERS = 16;
/** Several tenants, so that connections to PostgreSQL change hands between them. */
const TENANTS = 4;
const LOANS_PER_TENANT = 10;
/** Below what one client may ask for in a minute. */
const CLIENTS_PER_TENANT = 10;
const NAMESPACE = 'default';
const CONNECT_DEADLINE_MS = 30_000;
const TARGET = 'at most 1.3';

/** One side of the comparison: its own process and database on the same servers. */
interface Side {
  caller: Caller;
  loans: Loan[];
  process: ChildProcess;
}

interface Round {
  perSecond: number;
  p50: number;
  p99: number;
}

/**
 * `npm run bench:api`: reads and commands over HTTP with limits, row-level security, sealed payloads and audit, against the same
 * API without them on the same servers.
 */
async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tenor-bench-'));
  // PostgreSQL runs as another user where we are root, and must get through
  chmodSync(folder, 0o755);
  const postgres = await startEmbeddedPostgres({ dataDir: path.join(folder, 'postgres'), port: await freePort() });
  const { cacheDir } = loadConfig(process.env);
  const ports = { port: await freePort(), uiPort: await freePort() };
  const local = { dataDir: folder, cacheDir, namespace: NAMESPACE, ...ports };
  const temporal = await startLocalTemporal(local, progressOn(process.stderr));
  const connection = await connectToTemporal({ address: temporal.address }, NAMESPACE, CONNECT_DEADLINE_MS);
  await ensureSearchAttributes(connection, NAMESPACE);
  await connection.close();
  const issuer = await Issuer.open();
  const sides: Side[] = [];
  try {
    for (const guarded of [true, false]) {
      const name = guarded ? 'guarded' : 'bare';
      const databaseUrl = await makeDatabase(postgres.url, name, guarded);
      const on = { name, guarded, databaseUrl, temporalAddress: temporal.address };
      sides.push(await startSide({ ...on, issuer: issuer.url, jwksUrl: issuer.url }, issuer));
    }
    const [guarded, bare] = sides as [Side, Side];
    console.log(
      `${TENANTS} tenants with ${LOANS_PER_TENANT} loans and ${CLIENTS_PER_TENANT} clients each; ${ROUNDS} rounds of ${ROUND_MS / 1000} s of each side in turn.`,
    );
    await compare('reads: GET /loans/{id}', READERS, guarded, bare, read);
    await compare('commands: POST /loans/{id}/repay', COMMANDERS, guarded, bare, repay);
  } finally {
    for (const side of sides) {
      side.caller.close();
      side.process.disconnect();
    }
    issuer.close();
    await temporal.stop();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A database with the schema; without row-level security and audit where it is not guarded. */
async function makeDatabase(ownerUrl: string, name: string, guarded: boolean): Promise<string> {
  const url = new URL(ownerUrl);
  const run = async (connectionString: string, sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString });
    await client.connect();
    await client.query(sql);
    await client.end();
  };
  await run(url.href, `create database bench_${name}`);
  url.pathname = `/bench_${name}`;
  await migrate(url.href);
  if (!guarded) await run(url.href, WITHOUT_GUARDS);
  return url.href;
}

/** The first trigger by name drops the record, so that none is chained or written. */
const WITHOUT_GUARDS = `
do $$ declare t text; begin
  for t in select relname from pg_class where relrowsecurity and relnamespace = 'public'::regnamespace loop
    execute format('alter table %I disable row level security', t);
  end loop;
end $$;
create function drop_record() returns trigger language plpgsql as $$ begin return null; end $$;
create trigger a_dropped before insert on audit_records for each row execute function drop_record();
`;

async function startSide(options: SideOptions, issuer: Issuer): Promise<Side> {
  const child = fork(path.join(__dirname, 'api', 'side.js'), { serialization: 'json' });
  child.send(options);
  const [url] = (await Promise.race([once(child, 'message'), failed(child)])) as [string];
  const caller = new Caller(url);
  const loans: Loan[] = [];
  for (let tenant = 1; tenant <= TENANTS; tenant += 1) {
    const clients = Array.from({ length: CLIENTS_PER_TENANT }, (_, n) => issuer.token(`org_${tenant}`, `client-${n}`));
    const tokens = await Promise.all(clients);
    for (let n = 0; n < LOANS_PER_TENANT; n += 1) loans.push(await caller.disbursedLoan(tokens));
  }
  return { caller, loans, process: child };
}

async function failed(child: ChildProcess): Promise<never> {
  const [code] = await once(child, 'exit');
  throw new Error(`a side ended with ${code}`);
}

type Work = (caller: Caller, loan: Loan, turn: number) => Promise<unknown>;

const tokenOf = ({ tokens }: Loan, turn: number): string => tokens[turn % tokens.length] ?? '';

const read: Work = (caller, loan, turn) => caller.call(tokenOf(loan, turn), 'GET', `/loans/${loan.id}`);

const repay: Work = (caller, loan, turn) =>
  caller.call(tokenOf(loan, turn), 'POST', `/loans/${loan.id}/repay`, {
    amount: 100,
    currency: 'USD',
    date: new Date().toISOString().slice(0, 10),
  });

async function compare(title: string, callers: number, guarded: Side, bare: Side, work: Work): Promise<void> {
  const rounds: [Round[], Round[]] = [[], []];
  for (const side of [guarded, bare]) await load(side, callers, WARM_UP_MS, work);
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds[0].push(await load(guarded, callers, ROUND_MS, work));
    rounds[1].push(await load(bare, callers, ROUND_MS, work));
  }
  const [ours, theirs] = rounds;
  const of = (side: Round[], what: keyof Round): number => median(side.map((round) => round[what]));
  const ms = (side: Round[], what: keyof Round): string => `${count(of(side, what))} ms`;
  table(
    `${title}, ${callers} callers (median of rounds)`,
    [
      [
        'a second',
        count(of(ours, 'perSecond')),
        count(of(theirs, 'perSecond')),
        ratio(of(theirs, 'perSecond'), of(ours, 'perSecond'), TARGET),
      ],
      ['p50', ms(ours, 'p50'), ms(theirs, 'p50'), ratio(of(ours, 'p50'), of(theirs, 'p50'), '')],
      ['p99', ms(ours, 'p99'), ms(theirs, 'p99'), ratio(of(ours, 'p99'), of(theirs, 'p99'), TARGET)],
    ],
    ['', 'all on', 'all off', 'times'],
  );
}

async function load({ caller, loans }: Side, callers: number, ms: number, work: Work): Promise<Round> {
  const took: number[] = [];
  const began = performance.now();
  let turn = 0;
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (performance.now() - began < ms) {
        turn += 1;
        const loan = loans[turn % loans.length];
        if (loan === undefined) throw new Error('there are no loans');
        const sent = performance.now();
        await work(caller, loan, turn);
        took.push(performance.now() - sent);
      }
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  return { perSecond: took.length / seconds, p50: percentile(took, 50), p99: percentile(took, 99) };
}

void main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
