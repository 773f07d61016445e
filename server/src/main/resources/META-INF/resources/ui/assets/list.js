// A list of any length: only the rows in sight exist. Rows are asked for by pages as they come into sight.
import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { styles } from './styles.js';
import { Part, isNarrow, onNarrow, problemNotice, skeleton } from './element.js';

const PAGE = 200;
const OVERSCAN = 8;
/** Browsers cannot scroll further than this; a longer list is scrolled in larger steps. */
const TALLEST = 12_000_000;
const SETTLE_MILLIS = 60;

/**
 * What a list shows. `load(offset, limit, signal)` gives `{ items, total }`, or `{ items, more }` where nobody knows how
 * many there are.
 */
export class Rows {
  constructor(load, key = '') {
    this.load = load;
    this.key = key;
    this.pages = new Map();
    this.total = null;
    this.problem = null;
  }

  static of(items) {
    const rows = new Rows(async () => ({ items, total: items.length }));
    rows.total = items.length;
    for (let i = 0; i * PAGE < items.length; i += 1) {
      rows.pages.set(i, items.slice(i * PAGE, (i + 1) * PAGE));
    }
    return rows;
  }

  at(index) {
    const page = this.pages.get(Math.floor(index / PAGE));
    return Array.isArray(page) ? page[index % PAGE] : undefined;
  }

  /** All that are loaded, with their places. */
  * loaded() {
    for (const [number, page] of [...this.pages].sort(([a], [b]) => a - b)) {
      if (Array.isArray(page)) {
        for (let i = 0; i < page.length; i += 1) {
          yield [number * PAGE + i, page[i]];
        }
      }
    }
  }

  async page(number, then) {
    if (this.pages.has(number)) {
      return;
    }
    this.pages.set(number, null);
    try {
      const answer = await this.load(number * PAGE, PAGE);
      this.pages.set(number, answer.items);
      this.total = answer.total ?? Math.max(this.total ?? 0, number * PAGE + answer.items.length + (answer.more ? 1 : 0));
      this.problem = null;
    } catch (problem) {
      this.pages.delete(number);
      this.problem = problem;
    }
    then();
  }
}

export class ScrollList extends Part {
  static properties = {
    rows: { attribute: false },
    columns: { attribute: false },
    row: { attribute: false },
    href: { attribute: false },
    selected: { attribute: false },
    keyOf: { attribute: false },
    empty: { attribute: false },
    label: {},
    kind: {},
    tall: { type: Number },
    active: { type: Number },
  };

  #settle = 0;
  #frame = 0;
  #observer = new ResizeObserver(() => this.requestUpdate());

  constructor() {
    super();
    this.active = -1;
    this.tall = 56;
    this.selected = null;
    this.keyOf = (item) => item;
    this.href = () => null;
    this.columns = [];
    onNarrow(() => this.requestUpdate());
  }

  get rowHeight() {
    return isNarrow() ? this.tall : 36;
  }

  get #headHeight() {
    return isNarrow() || this.columns.length === 0 ? 0 : 36;
  }

  get grid() {
    return this.querySelector('.list');
  }

  willUpdate(changed) {
    if (changed.has('rows') && this.rows !== changed.get('rows')) {
      this.active = -1;
      if (this.grid && this.rows?.key !== changed.get('rows')?.key) {
        this.grid.scrollTop = 0;
      }
      this.rows?.page(0, () => this.#loaded());
    }
  }

  #loaded() {
    this.requestUpdate();
    this.dispatchEvent(new CustomEvent('loaded', { bubbles: true }));
  }

  updated() {
    const grid = this.grid;
    if (grid && !grid.watched) {
      grid.watched = true;
      this.#observer.observe(grid);
    }
    this.#askForVisible();
  }

  #range() {
    const total = this.rows.total ?? 0;
    const height = this.rowHeight;
    const view = Math.max(100, (this.grid?.clientHeight ?? 800) - this.#headHeight);
    const full = total * height;
    const inner = Math.min(full, TALLEST);
    const top = this.grid?.scrollTop ?? 0;
    const from = full <= TALLEST ? top : (top / Math.max(1, inner - view)) * (full - view);
    const first = Math.max(0, Math.floor(from / height) - OVERSCAN);
    const last = Math.min(total, Math.ceil((from + view) / height) + OVERSCAN);
    return { first, last, inner, shift: top - from, height, view };
  }

  #askForVisible() {
    if (!this.rows || this.rows.total === null) {
      return;
    }
    clearTimeout(this.#settle);
    const { first, last } = this.#range();
    const ask = () => {
      for (let page = Math.floor(first / PAGE); page <= Math.floor(Math.max(first, last - 1) / PAGE); page += 1) {
        this.rows.page(page, () => this.#loaded());
      }
    };
    this.#settle = setTimeout(ask, SETTLE_MILLIS);
  }

  #scrolled() {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.requestUpdate());
  }

  /** Makes a row the active one, and brings it into sight. */
  moveTo(index, { silent = false } = {}) {
    const total = this.rows?.total ?? 0;
    if (total === 0) {
      return;
    }
    this.active = Math.max(0, Math.min(total - 1, index));
    const { height, view, inner } = this.#range();
    const full = total * height;
    const grid = this.grid;
    if (full <= TALLEST) {
      const top = this.active * height;
      if (top < grid.scrollTop) {
        grid.scrollTop = top;
      } else if (top + height > grid.scrollTop + view) {
        grid.scrollTop = top + height - view;
      }
    } else {
      grid.scrollTop = ((this.active * height) / full) * (inner - view);
    }
    if (!silent) {
      this.#emit('active');
    }
  }

  #emit(name, index = this.active) {
    const item = this.rows.at(index);
    if (item !== undefined) {
      this.dispatchEvent(new CustomEvent(name, { detail: { item, index } }));
    }
  }

  /** Says whether the key meant something here. */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.rows?.total) {
      return false;
    }
    const page = Math.max(1, Math.floor((this.grid.clientHeight - this.#headHeight) / this.rowHeight) - 1);
    const to = { ArrowDown: this.active + 1, j: this.active + 1, ArrowUp: this.active - 1, k: this.active - 1,
      PageDown: this.active + page, PageUp: this.active - page, Home: 0, End: this.rows.total - 1 }[event.key];
    if (to !== undefined) {
      this.moveTo(to);
    } else if (this.active < 0) {
      return false;
    } else if (event.key === 'Enter') {
      this.#emit('open');
    } else if (event.key === ' ') {
      this.#emit('preview');
    } else if (event.key === 'x' && this.selected) {
      this.#emit('select');
    } else {
      return false;
    }
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  #clicked(event, index) {
    this.active = index;
    if (!event.target.closest('a, button, input, label')) {
      this.#emit(event.detail > 1 ? 'open' : 'preview', index);
    }
  }

  render() {
    if (!this.rows) {
      return nothing;
    }
    if (this.rows.problem && this.rows.total === null) {
      return problemNotice(this.rows.problem, () => {
        this.rows.problem = null;
        this.rows.page(0, () => this.#loaded());
        this.requestUpdate();
      });
    }
    if (this.rows.total === null) {
      return skeleton();
    }
    if (this.rows.total === 0) {
      return this.empty ?? nothing;
    }
    const { first, last, inner, shift, height } = this.#range();
    const indexes = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i);
    return html`<div class="list list-${this.kind}" role="grid" tabindex="0" aria-label=${this.label}
        aria-rowcount=${this.rows.total + (this.columns.length > 0 ? 1 : 0)} aria-multiselectable=${this.selected ? 'true' : 'false'}
        aria-activedescendant=${this.active >= first && this.active < last ? `row-${this.active}` : nothing}
        @scroll=${() => this.#scrolled()} @keydown=${(event) => this.key(event)}
        @focus=${() => this.active < 0 && this.moveTo(0, { silent: true })}>
      ${this.columns.length > 0 ? html`<div class="list-head" role="rowgroup"><div class="row" role="row" aria-rowindex="1">${this.columns}</div></div>` : nothing}
      <div class="list-body" role="rowgroup" ${styles({ height: `${inner}px` })}>
        ${repeat(indexes, (i) => i, (i) => this.#row(i, i * height + shift))}
      </div>
    </div>`;
  }

  #row(index, top) {
    const item = this.rows.at(index);
    const selected = item !== undefined && this.selected !== null && this.selected.has(this.keyOf(item));
    return html`<div class="row ${index === this.active ? 'active' : ''} ${selected ? 'selected' : ''}" role="row" id="row-${index}"
        aria-rowindex=${index + 1 + (this.columns.length > 0 ? 1 : 0)} aria-selected=${this.selected ? String(selected) : nothing}
        ${styles({ transform: `translateY(${top}px)`, height: `${this.rowHeight}px` })}
        @click=${(event) => this.#clicked(event, index)}>
      ${item === undefined ? html`<div role="gridcell" class="cell"><span class="bone"></span><span class="unseen">Loading</span></div>` : this.row(item, index)}
    </div>`;
  }
}
customElements.define('scroll-list', ScrollList);

/** The head of a column by which one can sort; `sort` is like `-size`. */
export function sortHead(text, key, sort, then, extra = '', firstDown = false) {
  const own = sort.replace('-', '') === key;
  const down = sort.startsWith('-');
  const next = own ? (down ? key : `-${key}`) : firstDown ? `-${key}` : key;
  return html`<div class="cell ${extra}" role="columnheader" aria-sort=${own ? (down ? 'descending' : 'ascending') : 'none'}>
    <button type="button" class="sort" tabindex="-1" @click=${() => then(next)}>${text}<span class="sort-mark" aria-hidden="true">${own ? (down ? '↓' : '↑') : ''}</span></button>
  </div>`;
}

export const plainHead = (text, extra = '') => html`<div class="cell ${extra}" role="columnheader">${text}</div>`;
