import { ApplicationFailure, currentUpdateInfo, workflowInfo } from '@temporalio/workflow';
import type * as messages from './messages';

/** Who asks where nobody says so: it came from the Temporal UI. */
export const OPERATOR = 'operator';

/** The caller's, or that of an update which an operator sent by hand. */
export function commandId(caller: messages.Caller): string {
  const id = caller.command_id ?? currentUpdateInfo()?.id;
  if (id === undefined) throw ApplicationFailure.nonRetryable('a command needs a command_id', 'validation-failed');
  return caller.command_id ?? `update/${workflowInfo().workflowId}/${id}`;
}

/** The id of what a command makes, where the caller brought none. */
export function idFor(prefix: string, caller: messages.Caller): string {
  return `${prefix}_${commandId(caller).replace(/^cmd_/, '').replaceAll('/', '.')}`;
}

/** A refusal as callers get it: its type is the problem's slug. */
export function refusal(slug: string, { detail, errors }: messages.RefusalDetail): ApplicationFailure {
  const details: messages.RefusalDetail = errors === undefined ? { detail } : { detail, errors };
  return ApplicationFailure.create({ type: slug, message: detail, nonRetryable: true, details: [details] });
}
