// What an owner may do: one section after the other. Fetched when the first owner opens it (views/server_dialog.tsx).
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { Acts } from './acts';
import { Addresses } from './addresses';
import { Links } from './links';
import { People } from './people';
import { Tokens } from './tokens';
import { words } from './words';

const names = ['people', 'links', 'tokens', 'addresses', 'acts'] as const;
export type Section = (typeof names)[number];

export function Server({ first }: { first: Section }) {
  const section = useSignal<Section>(first);
  const tabs = useRef<HTMLDivElement>(null);
  const choose = (name: Section, focus = false) => {
    section.value = name;
    const tab = tabs.current?.querySelector<HTMLElement>(`#tab-${name}`);
    if (focus) tab?.focus();
    tab?.scrollIntoView({ block: 'nearest', inline: 'center' });
  };
  useEffect(() => choose(first, true), []);
  const step = (event: KeyboardEvent) => {
    const ahead = getComputedStyle(event.currentTarget as Element).direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
    const back = ahead === 'ArrowRight' ? 'ArrowLeft' : 'ArrowRight';
    if (event.key !== ahead && event.key !== back) return;
    event.preventDefault();
    const at = names.indexOf(section.peek()) + (event.key === ahead ? 1 : -1);
    choose(names[(at + names.length) % names.length]!, true);
  };
  const shown = {
    people: () => <People toLinks={() => choose('links', true)} />,
    links: () => <Links />,
    tokens: () => <Tokens />,
    addresses: () => <Addresses />,
    acts: () => <Acts />,
  };
  return (
    <>
      <div class="tabs" role="tablist" ref={tabs} onKeyDown={step}>
        {names.map((name) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`tab-${name}`}
            aria-selected={name === section.value}
            aria-controls="section"
            tabIndex={name === section.value ? 0 : -1}
            onClick={() => choose(name)}
          >
            {words().sections[name]}
          </button>
        ))}
      </div>
      <div id="section" role="tabpanel" aria-labelledby={`tab-${section.value}`} tabIndex={0} key={section.value}>
        {shown[section.value]()}
      </div>
    </>
  );
}
