declare module 'knex/lib/dialects/postgres' {
  import type { Knex } from 'knex';
  import type { Client } from 'pg';

  /** knex's client of PostgreSQL, which its own types leave out. */
  export default class PostgresClient extends Knex.Client {
    acquireConnection(): Promise<Client>;
    releaseConnection(connection: Client): Promise<void>;
  }
}
