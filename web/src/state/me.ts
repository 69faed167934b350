// Who this browser is to the server. The server keeps it by a cookie that no script can read.
import { computed, signal } from '@preact/signals';

import * as api from '../api';
import type { Me } from '../types';

export const me = signal<Me | null>(null);
export const isOwner = computed(() => me.value?.role === 'owner');

// Whether the server lets this browser in. Who is out stays out until the page is loaded anew.
export type Standing = 'in' | 'stranger' | 'removed';
export const standing = signal<Standing>('in');

// Tabs that open together ask one after the other, or each would become a guest of its own.
function alone<T>(action: () => Promise<T>): Promise<T> {
  if (!navigator.locks) return action();
  return navigator.locks.request('tinychat.me', action) as Promise<T>;
}

export async function introduceMe(): Promise<Me> {
  try {
    me.value = await alone(api.introduce);
  } catch (error) {
    if (error instanceof api.ApiError && error.status === 401) standing.value = 'stranger';
    if (error instanceof api.ApiError && error.status === 403) standing.value = 'removed';
    throw error;
  }
  // An identity from before the door was closed lets nobody in.
  if (me.value.role === 'guest' && me.value.door === 'closed') standing.value = 'stranger';
  return me.value;
}

// What others may have made of us since.
export async function lookAtMe(): Promise<void> {
  me.value = await api.whoAmI();
}

export async function rename(name: string): Promise<void> {
  me.value = await api.rename(name);
}

export const isMe = (id: string | undefined): boolean => id !== undefined && id === me.value?.id;
