// All snapshots of the store: as a table, or along the time.
import { html, nothing } from 'lit';
import { styles } from './styles.js';
import { Loading, Part, emptyNotice, isNarrow, problemNotice, skeleton } from './element.js';
import { get } from './api.js';
import { browse, go, here, place, to } from './router.js';
import { Rows, plainHead, sortHead } from './list.js';
import * as format from './format.js';
import { icon } from './icons.js';

const FILTERS = ['q', 'source', 'tag', 'host', 'job', 'name', 'since', 'until', 'errors'];
const WEEKS = 26;
const TIMELINE_PAGE = 200;

export const sourceText = (source) => `${source.type}://${source.origin}${source.directory}`;
export const sourceShort = (source) => source.directory || '/';
const onHost = (source) => (source.origin ? `${source.type} · ${source.origin}` : source.type);

class SnapshotsView extends Part {
  static properties = {
    rows: { state: true },
    facets: { state: true },
    selected: { state: true },
    filtersOpen: { state: true },
  };

  title = 'Snapshots';
  #stats = new Loading(this);
  #timeline = new Loading(this);
  #at = null;
  #typing = 0;

  constructor() {
    super();
    this.selected = new Map();
    this.filtersOpen = false;
  }

  placed() {
    const { query } = place();
    const wanted = Object.fromEntries(FILTERS.map((name) => [name, query.getAll(name)]));
    const key = JSON.stringify([wanted, query.get('sort'), query.get('view')]);
    if (key === this.#at) {
      return;
    }
    this.#at = key;
    this.filter = wanted;
    this.isFiltered = FILTERS.some((name) => query.getAll(name).some(Boolean));
    this.sort = query.get('sort') ?? '-timestamp';
    this.view = query.get('view') === 'timeline' ? 'timeline' : 'table';
    this.rows = new Rows((offset, limit) => this.#load(offset, limit), key);
    if (this.view === 'timeline') {
      this.#stats.run(async (signal) => (await get('/api/v2/stats', { days: WEEKS * 7 }, signal)).item);
      this.#timeline.run(async (signal) => {
        const answer = await get('/api/v2/snapshots', { ...this.filter, sort: '-timestamp', limit: TIMELINE_PAGE, facets: this.facets ? '' : 'true' }, signal);
        this.facets ??= answer.facets;
        return answer;
      });
    }
  }

  async #load(offset, limit) {
    const answer = await get('/api/v2/snapshots', { ...this.filter, sort: this.sort, offset, limit, facets: this.facets ? '' : 'true' });
    this.facets ??= answer.facets;
    this.requestUpdate();
    return answer;
  }

  shortcut(event) {
    const chosen = [...this.selected.values()];
    const list = this.querySelector('scroll-list');
    const active = list?.rows?.at(list.active);
    if (event.key === 'c') {
      if (chosen.length === 2) {
        this.#compare(chosen);
      } else if (active?.previous) {
        go(to('/compare', { from: active.previous.slice(0, 16), to: active.id.slice(0, 16) }));
      }
      return true;
    }
    if (event.key === 'r' && active) {
      go(to('/restore', { snapshot: active.id.slice(0, 16) }));
      return true;
    }
    return false;
  }

  #compare(chosen) {
    const [older, newer] = chosen.sort((a, b) => a.timestamp.localeCompare(b.timestamp));
    go(to('/compare', { from: older.id.slice(0, 16), to: newer.id.slice(0, 16) }));
  }

  #typed(event) {
    clearTimeout(this.#typing);
    const q = event.target.value;
    this.#typing = setTimeout(() => go(here({ q: q || null }), { replace: true }), 250);
  }

  #select(snapshot) {
    const selected = new Map(this.selected);
    if (!selected.delete(snapshot.id)) {
      selected.set(snapshot.id, snapshot);
    }
    this.selected = selected;
  }

  render() {
    if (!this.rows) {
      return nothing;
    }
    return html`<div class="view full">
      <div class="view-head">
        <h1>Snapshots ${this.rows.total === null ? nothing : html`<span class="count">${format.number(this.rows.total)}</span>`}</h1>
        <div class="segments" role="group" aria-label="View">
          ${[['table', 'Table', 'table'], ['timeline', 'Timeline', 'timeline']].map(([name, text, picture]) => html`<a class="segment"
            href=${here({ view: name === 'table' ? null : name })} aria-current=${this.view === name ? 'true' : nothing}>${icon(picture)}${text}</a>`)}
        </div>
      </div>
      ${this.#filters()}
      ${this.selected.size > 0 && this.view === 'table' ? this.#selection() : nothing}
      ${this.view === 'table' ? this.#table() : this.#times()}
    </div>`;
  }

  #filters() {
    const { query } = place();
    const change = (name) => (event) => go(here({ [name]: event.target.value || null }));
    const facets = this.facets;
    const option = (value, text, name) => html`<option value=${value} ?selected=${query.get(name) === value}>${text}</option>`;
    const choice = (name, label, options) => (options.length === 0 ? nothing : html`<label class="field inline"><span>${label}</span>
      <select @change=${change(name)}><option value="">All</option>${options}</select></label>`);
    const used = FILTERS.filter((name) => name !== 'q' && query.get(name)).length;
    return html`<search class="toolbar">
      <label class="searchbox">${icon('search')}<span class="unseen">Filter snapshots</span>
        <input type="search" placeholder="Filter: id, tag, host, folder …" .value=${query.get('q') ?? ''} @input=${this.#typed}></label>
      <button type="button" class="button quiet only-narrow" aria-expanded=${String(this.filtersOpen)}
        @click=${() => { this.filtersOpen = !this.filtersOpen; }}>${icon('filter')}Filters${used > 0 ? ` (${used})` : ''}</button>
      <div class="filters ${this.filtersOpen ? 'open' : ''}">
        ${facets ? html`
          ${choice('source', 'Source', facets.sources.map((one) => option(one.source.id, `${sourceShort(one.source)} – ${onHost(one.source)} (${one.count})`, 'source')))}
          ${facets.tags.length > 0 ? choice('tag', 'Tag', facets.tags.map((one) => option(one.value, `${one.value} (${one.count})`, 'tag'))) : nothing}
          ${facets.hosts.length > 1 ? choice('host', 'Host', facets.hosts.filter((one) => one.value).map((one) => option(one.value, `${one.value} (${one.count})`, 'host'))) : nothing}
          ${facets.jobs.some((one) => one.value) ? choice('job', 'Job', facets.jobs.filter((one) => one.value).map((one) => option(one.value, `${one.value} (${one.count})`, 'job'))) : nothing}` : nothing}
        <label class="field inline"><span>From</span><input type="date" .value=${(query.get('since') ?? '').slice(0, 10)}
          @change=${(event) => go(here({ since: event.target.value ? new Date(`${event.target.value}T00:00:00`).toISOString() : null }))}></label>
        <label class="field inline"><span>To</span><input type="date" .value=${dayOf(query.get('until'))}
          @change=${(event) => go(here({ until: event.target.value ? new Date(`${event.target.value}T23:59:59.999`).toISOString() : null }))}></label>
        <label class="check"><input type="checkbox" .checked=${query.get('errors') === 'true'}
          @change=${(event) => go(here({ errors: event.target.checked ? 'true' : null }))}><span>With errors</span></label>
        ${this.isFiltered ? html`<a class="button quiet" href=${here(Object.fromEntries(FILTERS.map((name) => [name, null])))}>Clear</a>` : nothing}
      </div>
    </search>`;
  }

  #selection() {
    const chosen = [...this.selected.values()];
    return html`<div class="selection" role="region" aria-label="Selection">
      <span>${format.plural(chosen.length, 'snapshot')} selected</span>
      <button type="button" class="button" ?disabled=${chosen.length !== 2} @click=${() => this.#compare(chosen)}>${icon('compare')}Compare</button>
      ${chosen.length !== 2 ? html`<span class="soft">Select two to compare them.</span>` : nothing}
      <button type="button" class="button quiet" @click=${() => { this.selected = new Map(); }}>Unselect all</button>
    </div>`;
  }

  #table() {
    const sorted = (next) => go(here({ sort: next === '-timestamp' ? null : next }));
    const head = (text, key, extra = '', down = false) => sortHead(text, key, this.sort, sorted, extra, down);
    return html`<scroll-list kind="snapshots" label="Snapshots" .rows=${this.rows} .selected=${this.selected} .keyOf=${(item) => item.id} tall="76"
      .columns=${[plainHead(html`<span class="unseen">Select</span>`, 'pick'), head('Made', 'timestamp', 'when', true), plainHead('Id', 'id'), head('Source', 'directory', 'source'),
        plainHead('Tags', 'tags'), head('Files', 'files', 'number files', true), head('Size', 'size', 'number', true), head('Added', 'added', 'number added', true),
        head('Duration', 'duration', 'number duration', true), head('Errors', 'errors', 'number errors', true), plainHead(html`<span class="unseen">Actions</span>`, 'acts')]}
      .row=${(item) => this.#row(item)} .empty=${this.#empty()} @loaded=${() => this.requestUpdate()}
      @open=${(event) => go(browse(event.detail.item.id, event.detail.item.source.directory))}
      @select=${(event) => this.#select(event.detail.item)}></scroll-list>`;
  }

  #row(item) {
    const address = browse(item.id, item.source.directory);
    return html`
      <div role="gridcell" class="cell pick"><input type="checkbox" tabindex="-1" aria-label="Select ${format.shortId(item.id)}"
        .checked=${this.selected.has(item.id)} @change=${() => this.#select(item)}></div>
      <div role="gridcell" class="cell when"><a href=${address} tabindex="-1"><time datetime=${item.timestamp} title=${item.timestamp}>${format.when(item.timestamp)}</time></a>
        <span class="soft ago">${format.relative(item.timestamp)}</span></div>
      <div role="gridcell" class="cell id mono">${format.shortId(item.id)}</div>
      <div role="gridcell" class="cell source" title=${sourceText(item.source)}><span class="ellipsis">${format.shown(sourceShort(item.source))}</span>
        <span class="soft host">${onHost(item.source)}</span></div>
      <div role="gridcell" class="cell tags">${item.tags.map((tag) => html`<span class="tag">${tag}</span>`)}</div>
      <div role="gridcell" class="cell number files">${format.number(item.files)}</div>
      <div role="gridcell" class="cell number" title=${format.exactSize(item.size)}>${format.size(item.size)}</div>
      <div role="gridcell" class="cell number added" title=${item.growth ? `${item.growth.files >= 0 ? '+' : ''}${item.growth.files} files, ${format.signedSize(item.growth.size)} against the one before` : ''}>
        ${item.added === null || item.added === undefined ? html`<span class="soft">–</span>` : format.size(item.added)}</div>
      <div role="gridcell" class="cell number duration">${format.duration(item.duration / 1e9)}</div>
      <div role="gridcell" class="cell number errors">${item.errors > 0
        ? html`<a class="badge bad" tabindex="-1" href=${to(`/browse/${item.id.slice(0, 16)}`, { path: item.source.directory, errors: 1 })}>${icon('warning')}${format.number(item.errors)}<span class="unseen"> errors</span></a>`
        : html`<span class="soft">0</span>`}</div>
      <div role="gridcell" class="cell acts">
        ${item.previous ? html`<a class="icon-button" tabindex="-1" href=${to('/compare', { from: item.previous.slice(0, 16), to: item.id.slice(0, 16) })}
          aria-label="Compare ${format.shortId(item.id)} with the one before" title="Compare with the one before">${icon('compare')}</a>` : nothing}
        <a class="icon-button" tabindex="-1" href=${to('/restore', { snapshot: item.id.slice(0, 16) })} aria-label="Restore ${format.shortId(item.id)}" title="Restore">${icon('restore')}</a>
      </div>`;
  }

  #empty() {
    return this.isFiltered
      ? emptyNotice('No snapshot fits', 'No snapshot of this store passes these filters.',
        html`<a class="button" href=${here(Object.fromEntries(FILTERS.map((name) => [name, null])))}>Clear the filters</a>`)
      : emptyNotice('No snapshot yet', html`Make the first one in a terminal: <code>plakar at STORE backup DIRECTORY</code>`);
  }

  #times() {
    if (this.#timeline.problem) {
      return problemNotice(this.#timeline.problem, () => { this.#at = null; this.placed(); });
    }
    const answer = this.#timeline.value;
    if (!answer) {
      return skeleton();
    }
    if (answer.items.length === 0) {
      return this.#empty();
    }
    return html`<div class="scroll">
      ${this.#stats.value && !this.isFiltered ? calendar(this.#stats.value.days) : nothing}
      ${this.#lanes(answer.items)}
      ${byDay(answer.items).map(([day, items]) => html`<section class="day"><h2>${format.day(day)} <span class="count">${format.plural(items.length, 'snapshot')}</span></h2>
        <ol class="moments">${items.map((item) => this.#moment(item))}</ol></section>`)}
      ${answer.total > answer.items.length ? html`<div class="actions start"><button type="button" class="button" ?disabled=${this.#timeline.busy} @click=${() => this.#more(answer)}>
        Show older (${format.number(answer.total - answer.items.length)} more)</button></div>` : nothing}
    </div>`;
  }

  #more(answer) {
    this.#timeline.run(async (signal) => {
      const next = await get('/api/v2/snapshots', { ...this.filter, sort: '-timestamp', offset: answer.items.length, limit: TIMELINE_PAGE }, signal);
      return { total: next.total, items: [...answer.items, ...next.items] };
    }, { keep: true });
  }

  /** A lane for each source: where its snapshots are in time. */
  #lanes(items) {
    const times = items.map((item) => new Date(item.timestamp).getTime());
    const first = Math.min(...times);
    const span = Math.max(1, Math.max(...times) - first);
    const lanes = new Map();
    for (const item of items) {
      const lane = lanes.get(item.source.id) ?? { source: item.source, items: [] };
      lane.items.push(item);
      lanes.set(item.source.id, lane);
    }
    return html`<section class="lanes" aria-label="Snapshots by source">
      ${[...lanes.values()].map(({ source, items: own }) => html`<div class="lane">
        <div class="lane-name" title=${sourceText(source)}><span class="ellipsis">${sourceShort(source)}</span><span class="soft">${onHost(source)}</span></div>
        <div class="lane-line">${own.map((item) => html`<a class="dot ${item.errors > 0 ? 'bad' : ''}" href=${browse(item.id, item.source.directory)}
          ${styles({ left: `${((new Date(item.timestamp).getTime() - first) / span) * 100}%` })}
          title="${format.when(item.timestamp)}, ${format.size(item.size)}${item.errors > 0 ? `, ${format.plural(item.errors, 'error')}` : ''}"
          aria-label="${format.when(item.timestamp)}${item.errors > 0 ? `, ${format.plural(item.errors, 'error')}` : ''}"></a>`)}</div></div>`)}
      <div class="lane axis" aria-hidden="true"><div class="lane-name"></div><div class="lane-ends"><span>${format.when(first)}</span><span>${format.when(first + span)}</span></div></div>
    </section>`;
  }

  #moment(item) {
    const growth = item.growth;
    return html`<li class="moment">
      <a class="moment-time" href=${browse(item.id, item.source.directory)}><time datetime=${item.timestamp}>${format.hour(item.timestamp)}</time></a>
      <span class="moment-source" title=${sourceText(item.source)}><span class="ellipsis">${sourceShort(item.source)}</span></span>
      <span class="mono soft moment-id">${format.shortId(item.id)}</span>
      <span class="number">${format.size(item.size)}</span>
      <span class="number soft">${growth ? format.signedSize(growth.size) : 'first'}</span>
      <span>${item.errors > 0 ? html`<span class="badge bad">${icon('warning')}${format.plural(item.errors, 'error')}</span>` : nothing}
        ${item.tags.map((tag) => html`<span class="tag">${tag}</span>`)}</span>
    </li>`;
  }
}

function dayOf(time) {
  if (!time) {
    return '';
  }
  const date = new Date(time);
  return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}-${String(date.getDate()).padStart(2, '0')}`;
}

function byDay(items) {
  const days = new Map();
  for (const item of items) {
    const key = dayOf(item.timestamp);
    days.set(key, [...(days.get(key) ?? []), item]);
  }
  return [...days].map(([, own]) => [own[0].timestamp, own]);
}

/** How many snapshots each of the last days saw, a column a week. */
export function calendar(days) {
  const weeks = isNarrow() ? 18 : WEEKS;
  const counts = new Map(days.map((day) => [day.date, day]));
  const today = new Date();
  const start = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate()));
  start.setUTCDate(start.getUTCDate() - start.getUTCDay() - (weeks - 1) * 7);
  const cells = [];
  let total = 0;
  for (let i = 0; i < weeks * 7; i += 1) {
    const date = new Date(start);
    date.setUTCDate(start.getUTCDate() + i);
    if (date > today) {
      break;
    }
    const key = date.toISOString().slice(0, 10);
    const day = counts.get(key);
    const count = day?.snapshots ?? 0;
    total += count;
    const level = count === 0 ? 0 : count < 2 ? 1 : count < 5 ? 2 : count < 12 ? 3 : 4;
    cells.push(html`<span class="calendar-day level-${level} ${day?.errors > 0 ? 'bad' : ''}"
      title="${key}: ${format.plural(count, 'snapshot')}${day?.errors > 0 ? `, ${format.plural(day.errors, 'error')}` : ''}"></span>`);
  }
  return html`<figure class="calendar"><div class="calendar-days" role="img" aria-label="${format.plural(total, 'snapshot')} in the last ${weeks} weeks">${cells}</div>
    <figcaption>${format.plural(total, 'snapshot')} in the last ${weeks} weeks</figcaption></figure>`;
}

customElements.define('snapshots-view', SnapshotsView);
