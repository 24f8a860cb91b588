export { loan } from './loan';
