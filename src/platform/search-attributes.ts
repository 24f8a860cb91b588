import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '@temporalio/client';
import { LOAN_NEXT_DUE, SEARCH_ATTRIBUTES, TENOR_ORG } from '../../workflows/search-attributes';

/** Numbers of Temporal's IndexedValueType. */
const INDEXED_VALUE_TYPES = { TEXT: 1, KEYWORD: 2, INT: 3, DOUBLE: 4, BOOL: 5, DATETIME: 6, KEYWORD_LIST: 7 } as const;

/** The server's parts learn of new search attributes one after the other, each within its own refresh interval. */
const USABLE_WITHIN_MS = 60_000;
const RETRY_MS = 200;
/** Answers in a row that show that they do: each may come from another part. */
const ENOUGH_IN_A_ROW = 3;

/**
 * Registers the search attributes that a namespace does not have yet, and waits until they can be used.
 *
 * @throws Error where the caller may not (Temporal Cloud: add them there), naming those that are missing
 */
export async function ensureSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = SEARCH_ATTRIBUTES.filter((key) => !(key.name in (customAttributes ?? {})));
  if (missing.length === 0) return;
  const searchAttributes = Object.fromEntries(missing.map((key) => [key.name, INDEXED_VALUE_TYPES[key.type]]));
  try {
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
    await waitUntilUsable(connection, namespace);
  } catch (error) {
    // two processes that start together add the same ones
    const after = await connection.operatorService.listSearchAttributes({ namespace });
    const still = missing.filter((key) => !(key.name in (after.customAttributes ?? {})));
    if (still.length === 0) return;
    const names = still.map((key) => `${key.name} (${key.type})`).join(', ');
    throw new Error(`namespace ${namespace} lacks the search attributes ${names}: add them there`, { cause: error });
  }
}

async function waitUntilUsable(connection: Connection, namespace: string): Promise<void> {
  const query = `${TENOR_ORG.name} = 'none' AND ${LOAN_NEXT_DUE.name} > '2000-01-01T00:00:00Z'`;
  const deadline = Date.now() + USABLE_WITHIN_MS;
  for (let inARow = 0; inARow < ENOUGH_IN_A_ROW; ) {
    try {
      await connection.workflowService.countWorkflowExecutions({ namespace, query });
      inARow += 1;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      inARow = 0;
    }
    await sleep(RETRY_MS);
  }
}
