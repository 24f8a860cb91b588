import type { Knex } from 'knex';
import { type Caller, runCommand } from '../../tenancy/command';
import { forTenant } from '../../tenancy/tenant';
import { clientOf, type Principal } from '../auth/principal';
import { fieldProblem } from '../problem';
import { API_VERSIONS, type ApiVersion, isApiVersion, NEWEST, VERSION_HEADER } from './versions';

/** How long a process believes that a client was not moved by another process. */
const FRESH_MS = 10_000;
/** Clients that one process remembers: some hundred bytes each. */
const MAX_REMEMBERED = 10_000;

interface Pin {
  version: ApiVersion;
  until: number;
}

/** Which version of the API each client is answered in: the one that it began with, until it moves. */
export class ClientVersions {
  private readonly pins = new Map<string, Pin>();

  constructor(private readonly db: Knex) {}

  /**
   * The version that a request is answered in: the one it asks for, or its client's. A client's first request pins it: to the
   * version that it asks for, or the newest.
   *
   * @throws Problem `validation-failed` where it asks for one that does not exist
   */
  async of(client: Principal, asked: string | undefined): Promise<ApiVersion> {
    const version = asked === undefined ? undefined : requireVersion(asked);
    const pinned = await this.pinned(client, version);
    return version ?? pinned;
  }

  /** The version that a client is answered in where it asks for none. */
  async pinned(client: Principal, atFirst: ApiVersion = NEWEST): Promise<ApiVersion> {
    const known = this.pins.get(keyOf(client));
    if (known !== undefined && known.until > Date.now()) return known.version;
    const version = (await this.read(client)) ?? (await this.begin(client, atFirst));
    this.remember(client, version);
    return version;
  }

  /** Moves a client to another version. Other processes follow within {@link FRESH_MS}. */
  async move(client: Principal, caller: Caller, version: ApiVersion): Promise<void> {
    const id = clientOf(client);
    const from = await this.pinned(client);
    await runCommand(forTenant(this.db, client.org), caller, async (books) => {
      await books.table('client_versions').where({ client: id }).update({ version, pinned_at: books.db.fn.now() });
      return { action: 'client.version_moved', subject: { type: 'client', id }, data: { from, to: version } };
    });
    this.pins.delete(keyOf(client));
  }

  private async read(client: Principal): Promise<ApiVersion | undefined> {
    const row = await forTenant(this.db, client.org)
      .table<{ client: string; version: string }>('client_versions')
      .where({ client: clientOf(client) })
      .first('version');
    if (row === undefined) return undefined;
    // a later release may have pinned it to a version that this one does not know
    return isApiVersion(row.version) ? row.version : NEWEST;
  }

  /** Pins a client; of two first requests at once, one does. */
  private async begin(client: Principal, version: ApiVersion): Promise<ApiVersion> {
    await forTenant(this.db, client.org)
      .insert('client_versions', { client: clientOf(client), version })
      .onConflict(['org_id', 'client'])
      .ignore();
    return (await this.read(client)) ?? version;
  }

  private remember(client: Principal, version: ApiVersion): void {
    const key = keyOf(client);
    this.pins.delete(key);
    this.pins.set(key, { version, until: Date.now() + FRESH_MS });
    const [oldest] = this.pins.keys();
    if (this.pins.size > MAX_REMEMBERED && oldest !== undefined) this.pins.delete(oldest);
  }
}

const keyOf = (client: Principal): string => `${client.org}\n${clientOf(client)}`;

function requireVersion(asked: string): ApiVersion {
  if (isApiVersion(asked)) return asked;
  throw fieldProblem(`/${VERSION_HEADER}`, 'unknown-version', `must be one of ${API_VERSIONS.join(', ')}`);
}
