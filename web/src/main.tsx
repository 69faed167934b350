// The page starts here.
import { render } from 'preact';

import { watchKeys } from './keys';
import { watchAttention } from './state/attention';
import { watchPlace } from './state/entering';
import { watchAddress } from './state/route';
import { applyTheme } from './state/settings';
import { keepTitle } from './state/title';
import { startSession } from './stream/session';
import { workerAddress } from './text/trusted';
import { loadTexts } from './texts';
import { App } from './views/app';

applyTheme();
loadTexts();
watchAttention();
watchAddress();
watchPlace();
keepTitle();
watchKeys();
render(<App />, document.getElementById('app')!);
// From here on one can write; the tests measure it.
performance.mark('field');
void startSession();

// The shell for when there is no network; nobody waits for it.
addEventListener('load', () => {
  navigator.serviceWorker?.register(workerAddress(), { scope: '/' }).catch(() => undefined);
});
