import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure, ServerFailure, WorkflowNotFoundError } from '@temporalio/common';

// What became of an update that was sent to a loan's workflow, told by the error that came back for it.

/** The failure of an update that a workflow had accepted and did not finish. */
const ABANDONED = 'AcceptedUpdateCompletedWorkflow';

/** An update that the server gave up, in its own name: whether it was done is not known. */
export function isLost(error: unknown): boolean {
  return error instanceof WorkflowUpdateFailedError && error.cause instanceof ServerFailure;
}

/** The workflow is not running, or ended before it did the update. */
export function hasEnded(error: unknown): boolean {
  return error instanceof WorkflowNotFoundError || failureOf(error)?.type === ABANDONED;
}

/** What the workflow itself says of an update that it refused; undefined where the error is none of its own. */
export function failureOf(error: unknown): ApplicationFailure | undefined {
  if (!(error instanceof WorkflowUpdateFailedError)) return undefined;
  for (let at: unknown = error.cause; at instanceof Error; at = at.cause)
    if (at instanceof ApplicationFailure) return at;
  return undefined;
}
