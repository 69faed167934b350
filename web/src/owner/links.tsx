// The links by which people come in.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { shortTimeOf } from '../text/time';
import { t } from '../texts';
import { Problem, useAttempt } from '../views/attempt';
import { CopyLine } from '../views/copyable';
import { memberLink, newLink, type Link } from './api';
import { expiryOf, ExpiryField, textOf } from './parts';
import { words } from './words';

const usesOffered = [1, 5, 25];

const addressOf = (link: Link): string => location.origin + link.path;

function LinkLine({ link, label }: { link: Link; label: string }) {
  const limits = [
    link.expires && words().until(shortTimeOf(link.expires)),
    link.usesLeft !== null && words().usesLeft(link.usesLeft),
  ].filter(Boolean);
  return (
    <>
      <CopyLine label={label} text={addressOf(link)} />
      {limits.length > 0 && <p class="quiet">{limits.join(' · ')}</p>}
      {'share' in navigator && (
        <button
          type="button"
          class="button"
          onClick={() => void navigator.share({ url: addressOf(link) }).catch(() => undefined)}
        >
          {words().share}
        </button>
      )}
    </>
  );
}

export function Links() {
  const link = useSignal<Link | null>(null);
  const isLoaded = useSignal(false);
  const owners = useSignal<Link | null>(null);
  const attempt = useAttempt();
  const ownerAttempt = useAttempt();
  useEffect(() => {
    void attempt.run(async () => {
      link.value = await memberLink();
      isLoaded.value = true;
    });
  }, []);
  const make = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const uses = Number(textOf(form, 'uses'));
    void attempt.run(async () => {
      link.value = await newLink({ role: 'member', ...expiryOf(form), ...(uses ? { uses } : {}) });
    });
  };
  return (
    <>
      <section aria-live="polite">
        <h3>{words().joinLink}</h3>
        {link.value && <LinkLine link={link.value} label={words().joinLink} />}
        <p class="quiet">
          {link.value ? words().joinLinkMeans : isLoaded.value ? words().noJoinLink : t().loading}
        </p>
      </section>
      <form onSubmit={make}>
        <h3>{words().anotherLink}</h3>
        <div class="fields">
          <ExpiryField id="link-expires" />
          <div class="line">
            <label for="link-uses">{words().uses}</label>
            <select id="link-uses" name="uses">
              <option value="0">{words().anyNumber}</option>
              {usesOffered.map((count) => (
                <option key={count} value={count}>{words().people(count)}</option>
              ))}
            </select>
          </div>
        </div>
        {link.value && <p class="quiet">{words().anotherLinkMeans}</p>}
        <button class="button outline" disabled={attempt.busy.value}>{words().makeLink}</button>
        <Problem of={attempt} />
      </form>
      <section aria-live="polite">
        <h3>{words().ownerLink}</h3>
        {owners.value ? (
          <>
            <LinkLine link={owners.value} label={words().ownerLink} />
            <p class="quiet">{words().shownOnce} {words().ownerLinkMeans}</p>
          </>
        ) : (
          <>
            <p class="quiet">{words().ownerLinkMeans}</p>
            <button
              type="button"
              class="button outline"
              onClick={() => void ownerAttempt.run(async () => (owners.value = await newLink({ role: 'owner', expiresInDays: 7 })))}
            >
              {words().makeOwnerLink}
            </button>
          </>
        )}
        <Problem of={ownerAttempt} />
      </section>
    </>
  );
}
