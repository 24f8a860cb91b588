import { type CommonSettings, misfit, named, type SettingsKind } from '../settings';

/** The pool of loans whose product names none, and the channels that money may come and go by. */
export interface TycheSettings extends CommonSettings {
  channels: readonly string[];
}

export const tycheSettings: SettingsKind<TycheSettings> = {
  dialect: 'tyche',
  defaults: { pool_id: null, product_id: null, version: 0, channels: [] },
  async settle({ books }, { next }) {
    const { pool, product } = await named(books, next);
    const wrong = pool === null || product === null ? undefined : misfit(product, pool);
    if (wrong !== undefined) throw wrong;
    return next;
  },
};
