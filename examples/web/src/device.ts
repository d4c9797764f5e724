/** The copy of a user's expenses on this device, in IndexedDB: one record for each user, written whole or not at all. */

import type { Copy } from "./synchronize.js";

const DATABASE = "expense-tracker";
const COPIES = "copies";

/** Return what is kept for a user; for a new one a copy that is empty. */
export async function load(userId: string): Promise<Copy> {
  const kept = await inStore<Copy | undefined>("readonly", (copies) => copies.get(userId));
  return kept ?? { cursor: "", expenses: new Map(), outbox: [], rejected: [] };
}

export async function save(userId: string, copy: Copy): Promise<void> {
  await inStore("readwrite", (copies) => copies.put(copy, userId));
}

export async function remove(userId: string): Promise<void> {
  await inStore("readwrite", (copies) => copies.delete(userId));
}

/** Run one request in a transaction, and return its result once the transaction is complete. */
async function inStore<Result>(
  mode: IDBTransactionMode, request: (copies: IDBObjectStore) => IDBRequest,
): Promise<Result> {
  const database = await opened();
  try {
    return await new Promise<Result>((resolve, reject) => {
      const transaction = database.transaction(COPIES, mode);
      const made = request(transaction.objectStore(COPIES));
      transaction.oncomplete = () => resolve(made.result as Result);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(COPIES);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
