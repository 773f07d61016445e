// The store as a whole: how much is in it, what came when, and whether it is well.
import { html, nothing } from 'lit';
import { Loading, Part, announce, attempt, problemNotice, skeleton } from './element.js';
import { get, post } from './api.js';
import { browse, go, to } from './router.js';
import * as format from './format.js';
import { icon } from './icons.js';
import { styles } from './styles.js';
import { calendar, sourceText } from './snapshots.js';
import { nodeIcon } from './compare.js';

const DAYS = 182;
const LARGEST = 15;

class StoreView extends Part {
  title = 'Store';
  #load = new Loading(this);
  #largest = new Loading(this);
  #jobs = new Loading(this);

  placed() {
    if (!this.#load.value) {
      this.#load.run(async (signal) => {
        const [info, stats] = await Promise.all([get('/api/repository/info', {}, signal), get('/api/v2/stats', { days: DAYS }, signal)]);
        return { info: info.item, stats: stats.item };
      });
      this.#largest.run((signal) => get('/api/v2/stats/largest', { limit: LARGEST }, signal));
    }
    this.#jobs.run((signal) => get('/api/v2/jobs', { kind: 'check', limit: 5 }, signal));
  }

  async #check(fast) {
    const job = await attempt(() => post('/api/v2/check', { fast }));
    if (job) {
      announce('The check has begun.');
      go(to('/restore', { job: job.item.id }));
    }
  }

  render() {
    const { value, problem } = this.#load;
    return html`<div class="view"><div class="view-head"><h1>Store</h1></div>
      ${problem ? problemNotice(problem, () => this.placed()) : value ? this.#all(value) : skeleton(10)}</div>`;
  }

  #all({ info, stats }) {
    const { store } = stats;
    const configuration = info.configuration;
    const failing = stats.sources.filter((one) => one.last_errors > 0);
    const ratio = store.storage_size > 0 && store.logical_size > 0 ? store.logical_size / store.storage_size : 0;
    return html`
      ${this.#health(stats, failing)}
      <dl class="figures">
        <div class="figure"><dt>Snapshots</dt><dd>${format.number(store.snapshots)}</dd></div>
        <div class="figure"><dt>Backed up</dt><dd title=${format.exactSize(store.logical_size)}>${format.size(store.logical_size)}</dd></div>
        <div class="figure"><dt>Stored</dt><dd title=${store.storage_size < 0 ? '' : format.exactSize(store.storage_size)}>${store.storage_size < 0 ? 'unknown' : format.size(store.storage_size)}</dd></div>
        <div class="figure"><dt>Smaller by</dt><dd>${ratio > 0 ? html`${ratio >= 10 ? Math.round(ratio) : ratio.toFixed(1)} ×` : '–'}</dd></div>
        <div class="figure"><dt>Packfiles</dt><dd>${format.number(store.packfiles)}</dd></div>
        <div class="figure"><dt>States</dt><dd>${format.number(store.states)}</dd></div>
      </dl>
      <section class="card stack"><h2>Activity</h2>${calendar(stats.days)}</section>
      <section class="stack"><h2>Sources</h2><div class="columns">${stats.sources.map((one) => this.#source(one))}</div></section>
      <div class="columns">
        <section class="card stack"><h2>Largest files</h2>${this.#largestFiles()}</section>
        <section class="card stack"><h2>Configuration</h2><dl class="details">
          <dt>Place</dt><dd><code>${info.location}</code></dd>
          <dt>Id</dt><dd><code>${configuration.repository_id}</code></dd>
          <dt>Made</dt><dd>${format.when(configuration.timestamp)}</dd>
          <dt>Encryption</dt><dd>${configuration.encryption ? html`<span class="badge good">${icon('lock')}${configuration.encryption.data_algorithm}</span>` : html`<span class="badge warn">not encrypted</span>`}</dd>
          ${configuration.encryption ? html`<dt>Key from</dt><dd>${configuration.encryption.KDF_params?.KDF ?? '–'}</dd>` : nothing}
          <dt>Hashing</dt><dd>${configuration.hashing?.algorithm ?? '–'}</dd>
          <dt>Compression</dt><dd>${configuration.compression?.algorithm ?? 'none'}</dd>
          <dt>Chunking</dt><dd>${configuration.chunking?.algorithm ?? '–'}</dd>
        </dl></section>
      </div>`;
  }

  #health(stats, failing) {
    const jobs = this.#jobs.value?.items ?? [];
    const last = jobs[0];
    const tone = failing.length > 0 ? 'warn' : 'good';
    return html`<section class="notice ${tone}" aria-label="Health">${icon(failing.length > 0 ? 'warning' : 'check')}
      <div class="stack"><p><strong>${stats.sources.length === 0 ? 'Nothing is backed up yet.' : failing.length === 0 ? 'The last backup of every source was complete.'
        : `The last backup of ${format.plural(failing.length, 'source')} left something out.`}</strong></p>
        <p>${last ? html`Last check: <a href=${to('/restore', { job: last.id })}>${last.title}</a>, ${STATE_TEXT[last.state]} ${last.finished_at ? format.relative(last.finished_at) : ''}` : 'Not checked since this server was started.'}</p>
        <div class="actions start"><button type="button" class="button" @click=${() => this.#check(true)}>Quick check</button>
          <button type="button" class="button" @click=${() => this.#check(false)}>Full check</button></div></div></section>`;
  }

  #source(one) {
    const most = Math.max(1, ...one.sizes.map((point) => point.size));
    return html`<article class="card source-card"><h3>${one.source.directory} <span class="soft">${one.source.type} · ${one.source.origin}</span></h3>
      <div class="bars" role="img" aria-label="Size of the last ${format.plural(one.sizes.length, 'snapshot')}, now ${format.size(one.size)}">
        ${one.sizes.slice(-60).map((point) => html`<span class="bar ${point.errors > 0 ? 'bad' : ''}" title="${format.when(point.timestamp)}: ${format.size(point.size)}, ${format.plural(point.files, 'file')}"
          ${styles({ height: `${Math.max(4, (point.size / most) * 100)}%` })}></span>`)}</div>
      <div class="facts"><span>${format.plural(one.snapshots, 'snapshot')}</span><span>${format.plural(one.files, 'file')}</span><span>${format.size(one.size)}</span>
        ${one.added !== null ? html`<span title="All its snapshots together">${format.size(one.added)} stored</span>` : nothing}</div>
      <div class="facts"><span>Last <a href=${browse(one.last_snapshot, one.source.directory)} title=${sourceText(one.source)}>${format.when(one.last)}</a> (${format.relative(one.last)})</span>
        ${one.last_errors > 0 ? html`<a class="badge bad" href=${browse(one.last_snapshot, one.source.directory, { errors: 1 })}>${icon('warning')}${format.plural(one.last_errors, 'error')}</a>` : html`<span class="badge good">complete</span>`}
        <a href=${to('/', { source: one.source.id })}>All its snapshots</a></div></article>`;
  }

  #largestFiles() {
    const { value, problem } = this.#largest;
    if (problem) {
      return html`<p class="soft">${problem.message}</p>`;
    }
    return value ? html`<p class="soft">In the newest snapshot, ${format.shortId(value.snapshot)}.</p><div class="table-scroll" tabindex="0" role="region" aria-label="Largest files"><table class="plain">
      <thead><tr><th scope="col">File</th><th scope="col" class="number">Size</th></tr></thead>
      <tbody>${value.items.map((node) => html`<tr><td>${icon(nodeIcon(node))} <a href=${browse(value.snapshot, format.parentPath(node.path), { open: node.path })}>${format.shown(node.path)}</a></td><td class="number">${format.size(node.size)}</td></tr>`)}</tbody></table></div>` : skeleton(4);
  }
}

export const STATE_TEXT = { queued: 'waiting', running: 'running', succeeded: 'done', warnings: 'done, with warnings', failed: 'failed', cancelled: 'cancelled' };

customElements.define('store-view', StoreView);
