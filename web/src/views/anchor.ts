// Keeps what is read where it is while rows come and go above and below it. The browser's own anchoring knows
// nothing of rows that are taken away, so it is switched off (styles/log.css) and done here: a text in sight is
// remembered with its place, and afterwards the log is scrolled until it is there again.

export interface Anchor {
  id: string;
  top: number; // px from the top of the log
}

const textOf = (row: Element): Element => row.querySelector('.text') ?? row;

// The first row whose text reaches into view; found by halves, as rows are in order.
export function takeAnchor(scroller: HTMLElement, list: HTMLElement): Anchor | null {
  const edge = scroller.getBoundingClientRect().top;
  const rows = list.children;
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle]!.getBoundingClientRect().bottom > edge) high = middle;
    else low = middle + 1;
  }
  const row = rows[low] as HTMLElement | undefined;
  return row ? { id: row.dataset.id!, top: textOf(row).getBoundingClientRect().top - edge } : null;
}

export function keepAnchor(scroller: HTMLElement, list: HTMLElement, anchor: Anchor): void {
  const row = list.querySelector(`[data-id="${anchor.id}"]`);
  if (!row) return;
  const top = textOf(row).getBoundingClientRect().top - scroller.getBoundingClientRect().top;
  if (Math.abs(top - anchor.top) >= 0.5) scroller.scrollTop += top - anchor.top;
}

// The greatest scroll offset.
export const endOf = (scroller: HTMLElement): number => scroller.scrollHeight - scroller.clientHeight;
