// The frame around the views: where to go, the store's name, the theme, messages, help, and the keys that work everywhere.
import { html, nothing } from 'lit';
import { Part, announce } from './element.js';
import { icon } from './icons.js';
import { get } from './api.js';
import { followLinks, go, place, to } from './router.js';
import { setToken } from './session.js';
import { THEMES, setTheme, theme } from './theme.js';

const VIEWS = {
  snapshots: () => import('./snapshots.js'),
  browse: () => import('./browse.js'),
  search: () => import('./search.js'),
  history: () => import('./history.js'),
  compare: () => import('./compare.js'),
  restore: () => import('./restore.js'),
  store: () => import('./store.js'),
};

const PLACES = [
  ['snapshots', '/', 'Snapshots', 'snapshots'],
  ['search', '/search', 'Search', 'search'],
  ['compare', '/compare', 'Compare', 'compare'],
  ['restore', '/restore', 'Restore', 'restore'],
  ['store', '/store', 'Store', 'store'],
];

const KEYS = [
  ['/', 'Search'], ['g s', 'Go to the snapshots'], ['g t', 'Go to the timeline'], ['g d', 'Go to the store'], ['g j', 'Go to the restores'],
  ['j k ↓ ↑', 'Next and previous row'], ['Enter', 'Open'], ['Backspace', 'One folder up'], ['Space', 'Preview'], ['x', 'Select'],
  ['d', 'Download'], ['r', 'Restore'], ['c', 'Compare'], ['[ ]', 'Older and newer snapshot'], ['Esc', 'Close what is open'],
  ['Ctrl K', 'Go anywhere'], ['?', 'This help'],
];

const MESSAGE_MILLIS = 6000;

class ViewerApp extends Part {
  static properties = {
    store: { state: true },
    view: { state: true },
    messages: { state: true },
    denied: { state: true },
    offline: { state: true },
    palette: { state: true },
  };

  #prefix = '';
  #prefixTimer = 0;

  constructor() {
    super();
    this.messages = [];
    this.denied = false;
    this.palette = '';
    this.view = '';
  }

  connectedCallback() {
    super.connectedCallback();
    followLinks();
    window.addEventListener('placed', () => this.#show(true));
    window.addEventListener('announce', (event) => this.#message(event.detail));
    window.addEventListener('denied', () => { this.denied = true; });
    window.addEventListener('keydown', (event) => this.#key(event));
    this.#show(false);
    get('/api/repository/info').then((info) => { this.store = info.item; }).catch((problem) => {
      this.denied = problem.isDenied === true;
    });
  }

  async #show(moved) {
    const { name } = place();
    const load = VIEWS[name];
    const changed = this.view !== name;
    if (load) {
      await load();
    }
    this.view = load ? name : 'unknown';
    await this.updateComplete;
    const view = this.querySelector('main > *');
    view?.placed?.();
    this.#title(view);
    if (moved && changed) {
      this.querySelector('main').focus({ preventScroll: true });
    }
  }

  #title(view) {
    const name = PLACES.find(([key]) => key === this.view)?.[2] ?? 'plakar';
    document.title = `${view?.title ?? name} – plakar`;
  }

  #message({ text, kind }) {
    const message = { text, kind };
    this.messages = [...this.messages.slice(-2), message];
    setTimeout(() => { this.messages = this.messages.filter((one) => one !== message); }, MESSAGE_MILLIS);
  }

  #key(event) {
    if (event.key === 'k' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.#openPalette();
      return;
    }
    const typing = event.target.closest?.('input:not([type=checkbox]):not([type=radio]):not([type=range]), textarea, select, [contenteditable]');
    if (event.defaultPrevented || typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) {
      return;
    }
    if (this.#prefix === 'g') {
      this.#prefix = '';
      const address = { s: '/', t: '/?view=timeline', d: '/store', j: '/restore', c: '/compare' }[event.key];
      if (address) {
        event.preventDefault();
        go(address);
        return;
      }
    }
    if (event.key === 'g') {
      this.#prefix = 'g';
      clearTimeout(this.#prefixTimer);
      this.#prefixTimer = setTimeout(() => { this.#prefix = ''; }, 1500);
    } else if (event.key === '?') {
      event.preventDefault();
      this.querySelector('#help').showModal();
    } else if (event.key === '/') {
      event.preventDefault();
      const field = this.querySelector('main input[type=search]');
      if (field) {
        field.focus();
        field.select();
      } else {
        go('/search');
      }
    } else if (!this.querySelector('main > *')?.shortcut?.(event)) {
      const onControl = event.target.closest?.('a, button, input, summary, [role=tab]');
      if (!onControl || !['Enter', ' '].includes(event.key)) {
        const list = this.querySelector('main scroll-list');
        if (list && !event.target.closest?.('.panel, [role=grid], [role=tablist], input[type=range], input[type=radio]')) {
          list.key(event);
        }
      }
    }
  }

  #openPalette() {
    this.palette = '';
    const dialog = this.querySelector('#palette');
    if (!dialog.open) {
      dialog.showModal();
    }
  }

  #commands() {
    const words = this.palette.toLowerCase().split(/\s+/).filter(Boolean);
    const all = [
      ...PLACES.map(([, address, text]) => [text, () => go(address)]),
      ['Timeline', () => go('/?view=timeline')],
      ['Snapshots with errors', () => go('/?errors=true')],
      ...THEMES.map((name) => [`Theme: ${name}`, () => this.#theme(name)]),
      ['Keyboard help', () => this.querySelector('#help').showModal()],
    ];
    const found = all.filter(([text]) => words.every((word) => text.toLowerCase().includes(word)));
    return this.palette.trim() === '' ? found : [...found, [`Search files for “${this.palette.trim()}”`, () => go(to('/search', { q: this.palette.trim() }))]];
  }

  #theme(name) {
    setTheme(name);
    announce(`Theme: ${name}`);
    this.requestUpdate();
  }

  #run(command) {
    this.querySelector('#palette').close();
    command();
  }

  render() {
    return html`
      <a class="skip" href="#main" @click=${(event) => { event.preventDefault(); this.querySelector('main').focus(); }}>Skip to the content</a>
      <header class="side">
        <a class="brand" href="/"><img src="/assets/plakar.svg" alt="" width="24" height="24"><span>plakar</span></a>
        <nav aria-label="Main">
          ${PLACES.map(([name, address, text, picture]) => html`<a class="place" href=${address}
            aria-current=${this.#isAt(name) ? 'page' : nothing}>${icon(picture)}<span>${text}</span></a>`)}
        </nav>
        <div class="side-foot">
          ${this.store ? html`<p class="store-name" title=${this.store.location}>
            ${icon(this.store.configuration.encryption ? 'lock' : 'store')}<span>${this.store.location}</span>
            <span class="unseen">${this.store.configuration.encryption ? 'encrypted' : 'not encrypted'}</span></p>` : nothing}
          <fieldset class="themes"><legend class="unseen">Theme</legend>
            ${THEMES.map((name) => html`<label title="Theme: ${name}"><input type="radio" name="theme" .checked=${theme() === name}
              @change=${() => this.#theme(name)}>${icon(name)}<span class="unseen">${name}</span></label>`)}
          </fieldset>
          <button type="button" class="ghost" @click=${() => this.querySelector('#help').showModal()} title="Keyboard help (?)">
            ${icon('help')}<span class="unseen">Keyboard help</span></button>
        </div>
      </header>
      <main id="main" tabindex="-1">${this.denied ? this.#tokenForm() : this.#view()}</main>
      <div class="toasts" role="status" aria-live="polite">
        ${this.messages.map((message) => html`<p class="toast ${message.kind}">${icon(message.kind === 'bad' ? 'warning' : 'check')}${message.text}</p>`)}
      </div>
      <dialog id="help" aria-labelledby="help-title" @click=${closeOnBackdrop}>
        <form method="dialog"><h2 id="help-title">Keys</h2>
          <dl class="keys">${KEYS.map(([key, text]) => html`<div><dt>${key.split(' ').map((one) => html`<kbd>${one}</kbd>`)}</dt><dd>${text}</dd></div>`)}</dl>
          <div class="actions"><button class="button" autofocus>Close</button></div></form>
      </dialog>
      <dialog id="palette" aria-label="Go anywhere" @click=${closeOnBackdrop}>
        <form @submit=${(event) => { event.preventDefault(); const first = this.#commands()[0]; if (first) this.#run(first[1]); }}>
          <input type="search" aria-label="Command" placeholder="Go to, or search files …" .value=${this.palette} autofocus
            @input=${(event) => { this.palette = event.target.value; }}>
          <ul class="commands">${this.#commands().map(([text, command]) => html`<li><button type="button" @click=${() => this.#run(command)}>${text}</button></li>`)}</ul>
        </form>
      </dialog>`;
  }

  #isAt(name) {
    const view = { browse: 'snapshots', history: 'snapshots' }[this.view] ?? this.view;
    return view === name;
  }

  #view() {
    switch (this.view) {
      case 'snapshots': return html`<snapshots-view></snapshots-view>`;
      case 'browse': return html`<browse-view></browse-view>`;
      case 'search': return html`<search-view></search-view>`;
      case 'history': return html`<history-view></history-view>`;
      case 'compare': return html`<compare-view></compare-view>`;
      case 'restore': return html`<restore-view></restore-view>`;
      case 'store': return html`<store-view></store-view>`;
      case 'unknown': return html`<div class="view"><h1>Not found</h1><p>There is no page at this address.</p><p><a href="/">To the snapshots</a></p></div>`;
      default: return nothing;
    }
  }

  #tokenForm() {
    return html`<div class="view narrow"><h1>Access token</h1>
      <p>This server shows its snapshots only to who knows its token. Open the address that <code>plakar ui</code> printed,
        or type the token here.</p>
      <form class="stack" @submit=${(event) => this.#takeToken(event)}>
        <label class="field"><span>Token</span><input type="password" name="token" autocomplete="off" required></label>
        <div class="actions start"><button class="button primary">Continue</button></div>
      </form></div>`;
  }

  #takeToken(event) {
    event.preventDefault();
    setToken(new FormData(event.target).get('token'));
    location.reload();
  }
}

function closeOnBackdrop(event) {
  if (event.target === event.currentTarget) {
    event.currentTarget.close();
  }
}

customElements.define('viewer-app', ViewerApp);
