import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

/** Where the build leaves the workflows' code, and the worker looks for it. */
export const BUNDLE_PATH = path.join(__dirname, '..', 'workflow-bundle.js');

/** Bundles the workflows as Temporal runs them; answers the code. */
export async function buildBundle(): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: require.resolve('../workflows'),
    failureConverterPath: require.resolve('../workflows/failure-converter'),
    logger: new DefaultLogger('WARN'),
  });
  return code;
}

async function main(): Promise<void> {
  await mkdir(path.dirname(BUNDLE_PATH), { recursive: true });
  await writeFile(BUNDLE_PATH, await buildBundle());
}

if (require.main === module) void main();
