export { batch } from './batch';
export { loan } from './loan';
export { webhook } from './webhooks';
