// The addresses from which nobody gets in.
import { dateOf } from '../text/time';
import { t } from '../texts';
import { Problem, useAttempt } from '../views/attempt';
import { block, blocks, unblock } from './api';
import { textOf, useList } from './parts';
import { words } from './words';

export function Addresses() {
  const attempt = useAttempt();
  const [list, load] = useList(blocks, attempt);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const address = textOf(form, 'address');
    if (!address) return;
    void attempt.run(() => block(address)).then((done) => {
      if (!done) return;
      form.reset();
      void load();
    });
  };
  return (
    <>
      <p class="quiet">{words().blocksMean}</p>
      <form class="line" onSubmit={submit}>
        <label for="address">{words().address}</label>
        <div class="field">
          <input
            id="address"
            name="address"
            dir="ltr"
            autocapitalize="none"
            autocomplete="off"
            spellcheck={false}
            placeholder={words().addressHint}
            aria-describedby="address-problem"
          />
          <button class="text-button">{words().block}</button>
        </div>
        <div id="address-problem"><Problem of={attempt} /></div>
      </form>
      <ul class="entries">
        {list.value?.map(({ id, address, created }) => (
          <li key={id}>
            <div class="entry">
              <span class="name">
                <span dir="ltr">{address}</span>
                <small>{words().since(dateOf(created))}</small>
              </span>
              <button type="button" class="text-button" onClick={() => void attempt.run(() => unblock(id)).then(load)}>
                {words().unblock}
              </button>
            </div>
          </li>
        ))}
      </ul>
      {list.value?.length === 0 && <p class="quiet">{words().noBlocks}</p>}
      {!list.value && !attempt.problem.value && <p class="quiet">{t().loading}</p>}
    </>
  );
}
