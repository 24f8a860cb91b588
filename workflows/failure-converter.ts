import { DefaultFailureConverter } from '@temporalio/common';

/** Messages of failures may quote what a caller wrote: they are kept as payloads, which the codec seals. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
