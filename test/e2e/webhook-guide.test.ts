import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { transformSync } from '@swc/core';
import { verify } from '../../src/ledger/verify';
import { freePort } from '../../src/platform/ports';
import { signedHeaders } from '../../src/webhooks/signature';
import { createTestDatabase, type TestDatabase, testBundlePath, testTemporal } from '../environment';
import { eventually } from '../eventually';
import { lenderAt } from '../stories/client';
import { openSandbox } from '../stories/sandbox';

// docs/webhooks.md as it stands: its receiver in a process of its own, its shell lines in one shell; and README's receiver.

const ROOT = path.join(__dirname, '../..');
const GUIDE = readFileSync(path.join(ROOT, 'docs/webhooks.md'), 'utf8');
const README = readFileSync(path.join(ROOT, 'README.md'), 'utf8');
const blocksOf = (language: string, page = GUIDE): string[] =>
  [...page.matchAll(new RegExp(`^ *\`\`\`${language}\\n([\\s\\S]*?)^ *\`\`\`$`, 'gm'))].map(([, text = '']) => text);

/** A process whose lines are kept. */
class Talker {
  readonly lines: string[] = [];
  protected readonly child: ChildProcess;

  constructor(command: string[], folder: string, environment: Record<string, string>) {
    const [file = '', ...args] = command;
    this.child = spawn(file, args, {
      cwd: folder,
      env: { PATH: process.env.PATH, ...environment },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    if (this.child.stdout !== null) createInterface(this.child.stdout).on('line', (line) => this.lines.push(line));
  }

  /** Waits until a line has come that fits, after those that were there before. */
  async says(pattern: RegExp, after = 0): Promise<string> {
    return await eventually(
      async () => this.lines.slice(after).find((line) => pattern.test(line)) ?? '',
      (line) => line !== '',
    );
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await ended;
  }
}

/** A shell that goes through the guide's lines one block after another. */
class Shell extends Talker {
  private blocks = 0;

  constructor(folder: string) {
    super(['sh'], folder, {});
  }

  /** What a block prints. */
  async run(block: string | undefined): Promise<string[]> {
    if (block === undefined) throw new Error('the guide has no such block');
    this.blocks += 1;
    const before = this.lines.length;
    const end = `end of block ${this.blocks}`;
    this.child.stdin?.write(`${block}\necho '${end}'\n`);
    await this.says(new RegExp(`^${end}$`), before);
    return this.lines.slice(before, this.lines.indexOf(end));
  }
}

let database: TestDatabase;
let sandbox: Awaited<ReturnType<typeof openSandbox>>;
let folder: string;
let port: number;
let shell: Shell;
let receiver: Talker;
let loan: string;

beforeAll(async () => {
  database = await createTestDatabase();
  sandbox = await openSandbox({ db: database.db, temporal: testTemporal(), bundlePath: testBundlePath() });
  folder = mkdtempSync(path.join(tmpdir(), 'tenor-guide-'));
  port = await freePort();
  installTenor(folder);
  writeFileSync(path.join(folder, 'receiver.mjs'), blocksOf('js')[0] ?? '');
  shell = new Shell(folder);
});

afterAll(async () => {
  await receiver?.stop();
  await shell.stop();
  const { findings } = await verify(database.auditor);
  await sandbox.close();
  await database.drop();
  rmSync(folder, { recursive: true });
  expect(findings).toEqual([]);
});

/** The package as npm would put it there, with the one file that the guide imports. */
function installTenor(where: string): void {
  const at = path.join(where, 'node_modules/tenor');
  mkdirSync(at, { recursive: true });
  const source = readFileSync(path.join(ROOT, 'client/webhooks.ts'), 'utf8');
  const { code } = transformSync(source, {
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'es6' },
  });
  writeFileSync(path.join(at, 'webhooks.js'), code);
  const manifest = { name: 'tenor', type: 'module', exports: { './webhooks': './webhooks.js' } };
  writeFileSync(path.join(at, 'package.json'), JSON.stringify(manifest));
}

/** Starts the receiver by a line that the guide's shell printed. */
async function receive(line: string | undefined): Promise<void> {
  await receiver?.stop();
  receiver = new Talker(['sh', '-c', `exec env ${line}`], folder, { PORT: String(port) });
  await receiver.says(/^listening/);
}

async function post(body: string, headers: Record<string, string>): Promise<number> {
  return (await fetch(`http://127.0.0.1:${port}/webhooks`, { method: 'POST', headers, body })).status;
}

async function repay(): Promise<void> {
  const api = lenderAt(sandbox.url);
  const { business_date: date } = await api.getSandboxClock();
  const before = receiver.lines.length;
  const { id } = await api.repayLoan(loan, { amount: 1_000, currency: 'USD', date });
  expect(id).toMatch(/^rpmt_/);
  await receiver.says(/pooledcredit\.loan\.repaid /, before);
}

const [create = '', happen, look, again, rotate] = blocksOf('sh');

it('is exported by the package under the name that the guide imports', () => {
  const { exports } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  expect(JSON.stringify(exports?.['./webhooks'])).toContain('./dist/client/webhooks.js');
});

it('the receiver gets what happens', async () => {
  const here = create.replace('http://127.0.0.1:8080', sandbox.url).replace(':9000/', `:${port}/`);
  const [line] = (await shell.run(here)).slice(-1);
  expect(line).toMatch(/^WEBHOOK_SECRETS=whsec_\S{44} node receiver\.mjs$/);
  await receive(line);
  await shell.run(happen);
  await receiver.says(/^received evt_\w+ pooledcredit\.contribution\.recorded ctrb_/);
  const tried = await eventually(
    async () => JSON.parse((await shell.run(look)).join('')),
    ({ data }) => data[0]?.status === 'DELIVERED',
  );
  expect(tried.data).toHaveLength(1);
});

it("a loan's events come in their order", async () => {
  const api = lenderAt(sandbox.url);
  const [pool] = (await api.listCreditPools()).data;
  const { id: borrower_id } = await api.createMember({ name: 'A borrower' });
  for (const type of ['CREDIT_CHECK', 'LOAN_AGREEMENT'] as const) await api.grantConsent(borrower_id, { type });
  const terms = { rate_bps: 900, amortization: 'EQUAL_INSTALLMENTS' } as const;
  const schedule = { frequency: 'MONTHLY', installments: 12 } as const;
  const request = { borrower_id, amount: 1_000_000, currency: 'USD', terms, schedule };
  const job = await api.requestLoan(pool?.id ?? '', request);
  loan = job.resource.id;
  await api.approveLoan(loan);
  await api.disburseLoan(loan);
  await receiver.says(/disbursed/);
  const told = receiver.lines.filter((line) => line.endsWith(loan)).map((line) => line.split(' ')[2]);
  expect(told).toEqual(['requested', 'approved', 'disbursed'].map((name) => `pooledcredit.loan.${name}`));
});

it('what nobody signed is refused', async () => {
  const body = JSON.stringify({ id: 'evt_1', type: 'pooledcredit.loan.repaid', data: { id: loan } });
  const headers = { 'x-toss-signature': `t=${Math.floor(Date.now() / 1_000)},v1=${'0'.repeat(64)}` };
  expect(await post(body, headers)).toBe(400);
  await receiver.says(/^wrong-signature /);
});

it('what is sent again is a duplicate, and is dropped', async () => {
  const received = receiver.lines.filter((line) => line.startsWith('received')).length;
  await shell.run(again);
  await receiver.says(/^duplicate Event evt_\w+ was seen before/);
  expect(receiver.lines.filter((line) => line.startsWith('received'))).toHaveLength(received);
});

it('a secret is rotated while events flow, and none is refused', async () => {
  const [line] = (await shell.run(rotate)).slice(-1);
  const [, secrets = ''] = /^WEBHOOK_SECRETS='(whsec_\S+ whsec_\S+)' node receiver\.mjs$/.exec(line ?? '') ?? [];
  const [first, second] = secrets.split(' ');
  expect(first).not.toBe(second);
  await repay(); // still with the old one
  await receive(line);
  await repay();
  await receive(`WEBHOOK_SECRETS=${second} node receiver.mjs`);
  await repay();
  expect(receiver.lines.filter((each) => each.startsWith('wrong-signature'))).toEqual([]);
});

it("README's receiver takes what is signed, once", async () => {
  const [example = ''] = blocksOf('js', README);
  expect(example).toContain('tenor/webhooks');
  writeFileSync(path.join(folder, 'readme.mjs'), example.replace('9000', String(port)));
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  await receiver.stop();
  receiver = new Talker(['node', 'readme.mjs'], folder, { WEBHOOK_SECRETS: secret });
  const event = { id: 'evt_1', type: 'pooledcredit.loan.repaid', data: { id: 'loan_1' } };
  const body = JSON.stringify(event);
  const signed = signedHeaders({ id: event.id, body }, [secret], new Date());
  // it does not say when it listens
  const answer = await eventually(
    () => post(body, signed).catch(() => 0),
    (status) => status !== 0,
  );
  expect([answer, await post(body, signed), await post(`${body} `, signed)]).toEqual([200, 200, 400]);
  expect(receiver.lines).toEqual(['received evt_1 pooledcredit.loan.repaid loan_1']);
});
