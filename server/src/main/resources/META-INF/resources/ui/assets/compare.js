import { html } from 'lit';
import { Part } from './element.js';
customElements.define('compare-view', class extends Part { render() { return html`<div class="view"><h1>compare</h1></div>`; } });
