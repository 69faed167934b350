// Small things kept by the browser. Where storage is blocked they last as long as the page.
import { effect, signal, type Signal } from '@preact/signals';

const memory = new Map<string, string>();
const prefix = 'tinychat.';

export function read(key: string): string | null {
  try {
    return localStorage.getItem(prefix + key);
  } catch {
    return memory.get(key) ?? null;
  }
}

export function write(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(prefix + key);
    else localStorage.setItem(prefix + key, value);
  } catch {
    if (value === null) memory.delete(key);
    else memory.set(key, value);
  }
}

// A value that outlives the page and is the same in all tabs.
export function kept<T>(key: string, fallback: T): Signal<T> {
  const parse = (text: string | null): T => {
    try {
      return text === null ? fallback : (JSON.parse(text) as T);
    } catch {
      return fallback;
    }
  };
  const value = signal<T>(parse(read(key)));
  let known = JSON.stringify(value.peek());
  effect(() => {
    const text = JSON.stringify(value.value);
    if (text === known) return;
    known = text;
    write(key, text);
  });
  addEventListener('storage', (event) => {
    if (event.key !== prefix + key) return;
    value.value = parse(event.newValue);
    known = JSON.stringify(value.peek());
  });
  return value;
}
