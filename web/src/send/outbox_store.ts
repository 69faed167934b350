// Where unsent messages are kept: in IndexedDB, which outlives the page and is the same for all tabs; in memory
// where the browser denies it.
import type { Unsent } from '../types';

export interface OutboxStore {
  readonly shared: boolean;
  all(): Promise<Unsent[]>; // in the order of sending
  put(item: Unsent): Promise<void>;
  remove(key: string): Promise<void>;
}

// Two tabs may have written at the same time.
export const bySeq = (a: Unsent, b: Unsent): number => a.seq - b.seq || (a.key < b.key ? -1 : 1);

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

  async all(): Promise<Unsent[]> {
    const items: Unsent[] = await answerTo(this.database.transaction(storeName).objectStore(storeName).getAll());
    return items.sort(bySeq);
  }
  put(item: Unsent): Promise<void> {
    return this.change((store) => store.put(item));
  }
  remove(key: string): Promise<void> {
    return this.change((store) => store.delete(key));
  }

  // Done is what is committed. That outlives the browser's end; a power cut within some seconds it need not, and
  // nobody waits for the disk before a message is sent.
  private change(action: (store: IDBObjectStore) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction(storeName, 'readwrite');
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
      action(transaction.objectStore(storeName));
    });
  }
}

class MemoryStore implements OutboxStore {
  readonly shared = false;
  private readonly items = new Map<string, Unsent>();

  async all(): Promise<Unsent[]> {
    return [...this.items.values()].sort(bySeq);
  }
  async put(item: Unsent): Promise<void> {
    this.items.set(item.key, item);
  }
  async remove(key: string): Promise<void> {
    this.items.delete(key);
  }
}

export async function openOutboxStore(): Promise<OutboxStore> {
  try {
    const request = indexedDB.open('tinychat', 1);
    request.onupgradeneeded = () => request.result.createObjectStore(storeName, { keyPath: 'key' });
    return new DatabaseStore(await answerTo(request));
  } catch {
    return new MemoryStore();
  }
}
