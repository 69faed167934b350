// Which dialog is open. One at a time.
import { signal } from '@preact/signals';

export type DialogName = 'switcher' | 'keys' | 'settings' | 'room' | 'people' | 'person' | 'private' | 'server';

export const dialog = signal<DialogName | null>(null);

// On narrow screens the rooms are in a drawer.
export const drawer = signal(false);

export function openDialog(name: DialogName): void {
  drawer.value = false;
  dialog.value = name;
}
