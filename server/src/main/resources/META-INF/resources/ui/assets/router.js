// The address is the state: every view reads what it shows from it, and changes it to show something else.

/** The route and its parameters as the address has them now. */
export function place() {
  const [, name = '', id = ''] = location.pathname.split('/');
  return { name: name === '' ? 'snapshots' : name, id, query: new URLSearchParams(location.search) };
}

/** An address inside the viewer; empty parameters are left out. */
export function to(path, parameters = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== '' && one !== false) {
        query.append(name, one === true ? '1' : String(one));
      }
    }
  }
  // A readable address: a slash needs no escape in a query.
  const text = query.toString().replaceAll('%2F', '/').replaceAll('%3A', ':');
  return text === '' ? path : `${path}?${text}`;
}

/** The present address with some parameters changed; null takes one away. */
export function here(changes) {
  const query = Object.fromEntries([...new Set(place().query.keys())].map((name) => [name, place().query.getAll(name)]));
  return to(location.pathname, { ...query, ...changes });
}

export function go(address, { replace = false } = {}) {
  if (address === location.pathname + location.search) {
    return;
  }
  history[replace ? 'replaceState' : 'pushState'](null, '', address);
  window.dispatchEvent(new Event('placed'));
}

/** Links of the viewer are followed without loading the page anew. */
export function followLinks() {
  window.addEventListener('popstate', () => window.dispatchEvent(new Event('placed')));
  document.addEventListener('click', (event) => {
    const link = event.target.closest?.('a[href]');
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (link && plain && !event.defaultPrevented && link.target === '' && !link.hasAttribute('download')) {
      const address = new URL(link.href);
      if (address.origin === location.origin && !address.pathname.startsWith('/api/') && !link.getAttribute('href').startsWith('#')) {
        event.preventDefault();
        go(address.pathname + address.search);
      }
    }
  });
}

export const browse = (id, path, more = {}) => to(`/browse/${id.slice(0, 16)}`, { path, ...more });
