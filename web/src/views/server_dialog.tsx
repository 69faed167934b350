// What an owner may do about the server. Few are owners, so what it takes comes when one of them asks for it.
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import type { Section, Server } from '../owner/server';
import { t } from '../texts';
import { Dialog } from './dialog';
import { openDialog } from './dialogs';

const parts = signal<{ Server: typeof Server } | null>(null);
const failed = signal(false);
let first: Section = 'people';

export function openServer(section: Section): void {
  first = section;
  openDialog('server');
}

export function ServerDialog() {
  useEffect(() => {
    failed.value = false;
    if (!parts.peek()) import('../owner/server').then((loaded) => (parts.value = loaded), () => (failed.value = true));
  }, []);
  return (
    <Dialog title={t().thisServer} class="server">
      {parts.value ? <parts.value.Server first={first} /> : <p class="quiet">{failed.value ? t().unreachable : t().loading}</p>}
    </Dialog>
  );
}
