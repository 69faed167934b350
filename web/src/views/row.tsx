// One message.
import { Component, type ComponentChildren } from 'preact';

import { permalinkOf } from '../state/route';
import { elementsOf } from '../text/html';
import { mentionsMe } from '../text/mentions';
import { hueOf } from '../text/person';
import { clockOf, dayOf, fullTimeOf } from '../text/time';
import { t } from '../texts';
import type { Message } from '../types';
import { Avatar } from './avatar';
import { Icon } from './icons';

export interface RowProps {
  message: Message;
  first: boolean; // of a group by one person
  day: boolean; // begins a day
  isNew: boolean; // begins what is unread
  twin: boolean; // somebody else here has the same name
  target: boolean; // the permalink leads here
  reachable: boolean; // by the Tab key
  active: boolean; // shows its actions
  language: string; // of the texts in it
  myName: string; // mentions look different
}

function bodyOf(message: Message): ComponentChildren {
  const { kind, html, sender, text } = message;
  if (kind === 'topic') return text ? t().topicSet(sender, text) : t().topicCleared(sender);
  if (kind === 'action') {
    return (
      <>
        <b dir="auto">{sender}</b> {html ? elementsOf(html) : text.replace(/^\/me\s+/, '')}
      </>
    );
  }
  return html ? elementsOf(html) : text;
}

function Actions({ message }: { message: Message }) {
  return (
    <div class="actions" role="group" aria-label={t().messageActions}>
      <button type="button" data-action="quote" aria-label={t().quote} title={t().quote}>
        <Icon name="quote" size={18} />
      </button>
      <button type="button" data-action="copy" aria-label={t().copyText} title={t().copyText}>
        <Icon name="copy" size={18} />
      </button>
      <button type="button" data-action="link" aria-label={t().copyLink} title={t().copyLink} data-id={message.id}>
        <Icon name="link" size={18} />
      </button>
    </div>
  );
}

function By({ message, twin }: { message: Message; twin: boolean }) {
  const { author, sender, time } = message;
  return (
    <p class="by">
      <b class={author ? `c${hueOf(author)}` : ''} dir="auto" title={sender} data-action={author && 'person'}>{sender}</b>
      {!author && <span class="tag" title={t().unverifiedMeans}>{t().unverified}</span>}
      {author && twin && <span class="tag" title={t().twinMeans}>{author.slice(0, 4)}</span>}
      <a href={permalinkOf(message.room, message.id)} tabIndex={-1}>
        <time dateTime={time} title={fullTimeOf(time)}>{clockOf(time)}</time>
      </a>
    </p>
  );
}

// Rendered again only if something in it has changed: there may be hundreds.
export class Row extends Component<RowProps> {
  override shouldComponentUpdate(next: RowProps): boolean {
    return (Object.keys(next) as (keyof RowProps)[]).some((name) => next[name] !== this.props[name]);
  }

  render({ message, first, day, isNew, twin, target, reachable, active }: RowProps) {
    const { id, room, kind, author, sender, time } = message;
    const isEvent = kind === 'action' || kind === 'topic';
    const state = ['message', first && !isEvent && 'first', isEvent && `event ${kind}`, target && 'target'];
    if (mentionsMe(message)) state.push('for-me');
    return (
      <li class={state.filter(Boolean).join(' ')} data-id={id} tabIndex={reachable ? 0 : -1}>
        {day && <p class="day"><span>{dayOf(time)}</span></p>}
        {isNew && <p class="new-line"><span>{t().newLine}</span></p>}
        {first && !isEvent ? (
          <>
            <Avatar name={sender} id={author} />
            <By message={message} twin={twin} />
          </>
        ) : (
          <>
            <a class="when" href={permalinkOf(room, id)} tabIndex={-1}>
              <time dateTime={time} title={fullTimeOf(time)}>{clockOf(time)}</time>
            </a>
            {!isEvent && <span class="hidden">{sender}</span>}
          </>
        )}
        <div class={message.html ? 'text rich' : 'text'} dir="auto" title={fullTimeOf(time)}>
          {bodyOf(message)}
        </div>
        {active && <Actions message={message} />}
      </li>
    );
  }
}
