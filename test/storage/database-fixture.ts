/** @file A whole database as one JSON text: its shape and its rows. Those of released versions are frozen in `fixtures`. */
import { openDB, type IDBPDatabase } from "idb";

interface StoreShape {
  readonly name: string;
  readonly keyPath: string | string[] | null;
  readonly indexes: readonly { readonly name: string; readonly keyPath: string | string[] }[];
}

/** A database of some version. */
export interface DatabaseFixture {
  readonly version: number;
  readonly stores: readonly StoreShape[];
  readonly rows: Readonly<Record<string, readonly { readonly key: IDBValidKey; readonly value: unknown }[]>>;
}

/** Bytes are written as base64. */
export function fixtureText(fixture: DatabaseFixture): string {
  return JSON.stringify(
    fixture,
    (_key, value: unknown) => (value instanceof Uint8Array ? { $base64: toBase64(value) } : value),
    1,
  );
}

/** The fixture of a text. */
export function parseFixture(text: string): DatabaseFixture {
  return JSON.parse(text, (_key, value: unknown) => {
    if (typeof value !== "object" || value === null || !("$base64" in value)) return value;
    return Uint8Array.from(atob(String(value.$base64)), (character) => character.charCodeAt(0));
  }) as DatabaseFixture;
}

/** In browsers, too, which have no Buffer. */
function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/** Everything that a database holds. */
export async function dumpDatabase(name: string): Promise<DatabaseFixture> {
  const database = await openDB(name);
  const names = [...database.objectStoreNames];
  const stores = names.map((store) => shapeOf(database, store));
  const rows: Record<string, { key: IDBValidKey; value: unknown }[]> = {};
  for (const store of names) {
    const [keys, values] = [await database.getAllKeys(store), await database.getAll(store)];
    rows[store] = keys.map((key, i) => ({ key, value: values[i] as unknown }));
  }
  const { version } = database;
  database.close();
  return { version, stores, rows };
}

function shapeOf(database: IDBPDatabase, name: string): StoreShape {
  const store = database.transaction(name).objectStore(name);
  const indexes = [...store.indexNames].map((index) => ({
    name: index,
    keyPath: store.index(index).keyPath,
  }));
  return { name, keyPath: store.keyPath, indexes };
}

/** Makes a database as it is in a fixture, past all code of the page. */
export async function plantDatabase(name: string, { version, stores, rows }: DatabaseFixture): Promise<void> {
  const database = await openDB(name, version, {
    upgrade: (made) => {
      for (const { name: storeName, keyPath, indexes } of stores) {
        const store = made.createObjectStore(storeName, keyPath === null ? {} : { keyPath });
        for (const index of indexes) store.createIndex(index.name, index.keyPath);
      }
    },
  });
  for (const { name: store, keyPath } of stores) {
    for (const { key, value } of rows[store] ?? [])
      await database.put(store, value, keyPath === null ? key : undefined);
  }
  database.close();
}
