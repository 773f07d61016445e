import { html } from 'lit';
import { Part } from './element.js';
customElements.define('search-view', class extends Part { render() { return html`<div class="view"><h1>search</h1></div>`; } });
