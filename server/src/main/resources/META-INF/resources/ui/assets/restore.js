import { html } from 'lit';
import { Part } from './element.js';
customElements.define('restore-view', class extends Part { render() { return html`<div class="view"><h1>restore</h1></div>`; } });
