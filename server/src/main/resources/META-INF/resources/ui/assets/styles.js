// Styles that change, set as properties: the page's policy allows no `style` attributes.
import { Directive, PartType, directive } from 'lit/directive.js';
import { noChange } from 'lit';

class Styles extends Directive {
  constructor(part) {
    super(part);
    if (part.type !== PartType.ELEMENT) {
      throw new Error('styles belong to an element');
    }
  }

  render() {
    return noChange;
  }

  update(part, [values]) {
    for (const [name, value] of Object.entries(values)) {
      if (part.element.style.getPropertyValue(name) !== value) {
        part.element.style.setProperty(name, value);
      }
    }
    return noChange;
  }
}

/** On an element: `<div ${styles({ height: '3px' })}>`. */
export const styles = directive(Styles);
