// Who this browser is to the server. The server keeps it by a cookie that no script can read.
import { signal } from '@preact/signals';

import * as api from '../api';
import type { Me } from '../types';

export const me = signal<Me | null>(null);

// Tabs that open together ask one after the other, or each would become a guest of its own.
function alone<T>(action: () => Promise<T>): Promise<T> {
  if (!navigator.locks) return action();
  return navigator.locks.request('tinychat.me', action) as Promise<T>;
}

export async function introduceMe(): Promise<Me> {
  me.value = await alone(api.introduce);
  return me.value;
}

export async function rename(name: string): Promise<void> {
  me.value = await api.rename(name);
}

export const isMe = (id: string | undefined): boolean => id !== undefined && id === me.value?.id;
