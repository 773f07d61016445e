import { html } from 'lit';
import { Part } from './element.js';
customElements.define('store-view', class extends Part { render() { return html`<div class="view"><h1>store</h1></div>`; } });
