// Where unsent messages are kept: in IndexedDB, which outlives the page and is the same for all tabs; in memory
// where the browser denies it.
import type { Unsent } from '../types';

export interface OutboxStore {
  readonly shared: boolean;
  all(): Promise<Unsent[]>; // in the order of sending
  put(item: Unsent): Promise<void>;
  remove(seq: number): Promise<void>;
}

const storeName = 'outbox';

function answerTo<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

class DatabaseStore implements OutboxStore {
  readonly shared = true;

  constructor(private readonly database: IDBDatabase) {}

  all(): Promise<Unsent[]> {
    return answerTo(this.database.transaction(storeName).objectStore(storeName).getAll());
  }
  put(item: Unsent): Promise<void> {
    return this.change((store) => store.put(item));
  }
  remove(seq: number): Promise<void> {
    return this.change((store) => store.delete(seq));
  }

  // Done is what the disk has, not what the database has heard of.
  private change(action: (store: IDBObjectStore) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction(storeName, 'readwrite', { durability: 'strict' });
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
      action(transaction.objectStore(storeName));
    });
  }
}

class MemoryStore implements OutboxStore {
  readonly shared = false;
  private readonly items = new Map<number, Unsent>();

  async all(): Promise<Unsent[]> {
    return [...this.items.values()].sort((a, b) => a.seq - b.seq);
  }
  async put(item: Unsent): Promise<void> {
    this.items.set(item.seq, item);
  }
  async remove(seq: number): Promise<void> {
    this.items.delete(seq);
  }
}

export async function openOutboxStore(): Promise<OutboxStore> {
  try {
    const request = indexedDB.open('tinychat', 1);
    request.onupgradeneeded = () => request.result.createObjectStore(storeName, { keyPath: 'seq' });
    return new DatabaseStore(await answerTo(request));
  } catch {
    return new MemoryStore();
  }
}
