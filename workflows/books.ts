import { proxyLocalActivities } from '@temporalio/workflow';
import type { BookActivities } from '../activities/books';

// One round trip to PostgreSQL, so a local activity: it costs one event of history instead of six. Tried without end:
// while PostgreSQL is away the loan waits.
export const books = proxyLocalActivities<BookActivities>({
  startToCloseTimeout: '20 seconds',
  summary: 'Write the books',
  retry: { initialInterval: '200 milliseconds', maximumInterval: '5 seconds' },
});
