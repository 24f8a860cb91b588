import pino from 'pino';
import type { TrialBalance } from '../../client';
import { formatReport, verify } from '../../src/ledger/verify';
import { installTemporalRuntime } from '../../src/platform/temporal-runtime';
import { BUNDLE_PATH } from '../../worker/bundle';
import { lenderAt } from './client';
import { Scene } from './dialects/scene';
import { DIALECT_STORIES } from './dialects/stories';
import { openSandbox } from './sandbox';
import { startServers } from './servers';
import { STORIES } from './stories';
import { Teller } from './teller';

/** `npm run demo`: the lives of loans on a stack of its own, then the books. Answers the exit code. */
async function main(): Promise<number> {
  const tell = (line: string) => process.stdout.write(`${line}\n`);
  installTemporalRuntime(pino({ level: 'silent' }));
  const servers = await startServers();
  try {
    const sandbox = await openSandbox({ ...servers, bundlePath: BUNDLE_PATH });
    const api = lenderAt(sandbox.url);
    const teller = await Teller.begin(api, tell);
    for (const story of STORIES) {
      tell('');
      await teller.play(story);
    }
    const scene = await Scene.begin(api, sandbox.url, tell);
    for (const story of DIALECT_STORIES) {
      tell('');
      await scene.play(story);
    }
    tell('');
    tellTrialBalance(await api.getTrialBalance(), tell);
    await sandbox.close();
    const report = await verify(servers.auditor);
    tell(formatReport(report));
    return report.clean ? 0 : 1;
  } finally {
    await servers.stop();
  }
}

/** By kind of account: a line for each of a dozen loans would hide the sums. */
function tellTrialBalance({ as_of, currencies }: TrialBalance, tell: (line: string) => void): void {
  tell(`The trial balance on ${as_of}, in minor units:`);
  for (const { currency, debits, credits, accounts } of currencies) {
    const sums = new Map<string, { debit: number; credit: number }>();
    for (const { account, debit, credit } of accounts) {
      const sum = sums.get(account) ?? { debit: 0, credit: 0 };
      sums.set(account, { debit: sum.debit + debit, credit: sum.credit + credit });
    }
    for (const [account, { debit, credit }] of [...sums].filter(([, { debit, credit }]) => debit + credit > 0))
      tell(`  ${account.padEnd(28)}${String(debit).padStart(14)}${String(credit).padStart(14)}`);
    tell(`  ${`total ${currency}`.padEnd(28)}${String(debits).padStart(14)}${String(credits).padStart(14)}`);
    tell(`  debits less credits: ${debits - credits}`);
  }
}

void main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
