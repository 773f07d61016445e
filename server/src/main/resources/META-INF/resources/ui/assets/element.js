// What all views have in common.
import { LitElement, html, nothing } from 'lit';
import { icon } from './icons.js';

/** A part of the page, styled by the page's one style sheet and reachable by its labels. */
export class Part extends LitElement {
  createRenderRoot() {
    return this;
  }
}

/** A part that reads the address itself, and so looks again whenever it changes. */
export class PlacedPart extends Part {
  #again = () => this.requestUpdate();

  connectedCallback() {
    super.connectedCallback();
    window.addEventListener('placed', this.#again);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    window.removeEventListener('placed', this.#again);
  }
}

/**
 * A view that loads what it shows. A new load ends the one before; what comes of it is `value` or `problem`.
 */
export class Loading {
  #host;
  #abort = null;
  value = null;
  problem = null;
  busy = false;

  constructor(host) {
    this.#host = host;
    host.addController(this);
  }

  hostDisconnected() {
    this.#abort?.abort();
  }

  async run(work, { keep = false } = {}) {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.busy = true;
    this.problem = null;
    if (!keep) {
      this.value = null;
    }
    this.#host.requestUpdate();
    try {
      const value = await work(abort.signal);
      if (this.#abort === abort) {
        this.value = value;
      }
    } catch (problem) {
      if (this.#abort === abort && problem.name !== 'AbortError') {
        this.problem = problem;
      }
    } finally {
      if (this.#abort === abort) {
        this.busy = false;
        this.#host.requestUpdate();
      }
    }
  }
}

/** Says something to whoever cannot see that it happened. */
export function announce(text, kind = 'done') {
  window.dispatchEvent(new CustomEvent('announce', { detail: { text, kind } }));
}

/** Runs what a button does and tells when it fails. */
export async function attempt(work) {
  try {
    return await work();
  } catch (problem) {
    if (problem.name !== 'AbortError') {
      announce(problem.message, 'bad');
    }
    return undefined;
  }
}

export function problemNotice(problem, retry) {
  if (problem.isDenied) {
    window.dispatchEvent(new CustomEvent('denied'));
  }
  return html`<div class="notice bad" role="alert">
    ${icon('warning')}
    <div>
      <p><strong>This could not be loaded.</strong></p>
      <p>${problem.message}</p>
      ${retry ? html`<button type="button" class="button" @click=${retry}>Try again</button>` : nothing}
    </div>
  </div>`;
}

export function emptyNotice(title, text, action = nothing) {
  return html`<div class="empty"><p class="empty-title">${title}</p><p>${text}</p>${action}</div>`;
}

export function skeleton(rows = 8) {
  return html`<div class="skeleton" role="status"><span class="unseen">Loading …</span>
    ${Array.from({ length: rows }, () => html`<div class="bone"></div>`)}</div>`;
}

const narrow = window.matchMedia('(max-width: 46rem)');
export const isNarrow = () => narrow.matches;
export const onNarrow = (then) => narrow.addEventListener('change', then);
