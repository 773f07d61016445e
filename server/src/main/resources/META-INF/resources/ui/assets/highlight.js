// Colours for the parts of a program. A small lexer for families of languages: it only ever cuts a text into pieces, which
// become text nodes, so that no file can add markup to the page.
import { extension } from './filetypes.js';

const words = (text) => new Set(text.split(' '));
const C = words('abstract as async await auto bool boolean break byte case catch char class const constexpr continue debugger default defer delete do double '
  + 'else enum export extends extern false final finally float fn for foreach from func function get go goto if impl implements import in instanceof int '
  + 'interface internal is let long loop match mod module mut namespace native new nil null nullptr object of operator override package private protected pub '
  + 'public range record ref return sealed select self set short signed sizeof static struct super switch synchronized template this throw throws trait '
  + 'true try type typedef typeof undefined union unsafe unsigned use using val var virtual void volatile when where while with yield');
const HASH = words('and as assert async await begin break case class continue def del do done elif else elsif end ensure esac except export false fi finally '
  + 'for from function global if import in is lambda local module next nil none not null or pass raise rescue return self then true try unless until while with yield '
  + 'None True False echo exit set source FROM RUN COPY ENV CMD ENTRYPOINT WORKDIR');
const SQL = words('add all alter and as asc between begin by case column commit create cross default delete desc distinct drop else end exists foreign from full '
  + 'function group having if in index inner insert int integer into is join key left like limit local not null offset on or order outer primary references return '
  + 'right rollback select set table text then true false union unique update values varchar view when where with nil repeat until while do elseif for');

const STRINGS = String.raw`"(?:\\[\s\S]|[^"\\\n])*"?|'(?:\\[\s\S]|[^'\\\n])*'?`;
const NUMBER = String.raw`\b(?:0[xX][0-9a-fA-F_]+|\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?)\b`;
const WORD = String.raw`[A-Za-z_$][\w$]*`;
const lexer = (comment, strings, keywords, fold = false) => ({
  pattern: new RegExp(`(?<c>${comment})|(?<s>${strings})|(?<n>${NUMBER})|(?<w>${WORD})`, 'g'), keywords, fold,
});

const FAMILIES = {
  c: lexer(String.raw`\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)`, `${STRINGS}|\`(?:\\\\[\\s\\S]|[^\`\\\\])*\`?`, C),
  hash: lexer(String.raw`#[^\n]*`, String.raw`"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|${STRINGS}`, HASH),
  sql: lexer(String.raw`--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)`, STRINGS, SQL, true),
  css: lexer(String.raw`\/\*[\s\S]*?(?:\*\/|$)`, STRINGS, words('important media supports import keyframes font-face layer not from to')),
  json: { pattern: new RegExp(String.raw`(?<t>"(?:\\[\s\S]|[^"\\\n])*"(?=\s*:))|(?<s>"(?:\\[\s\S]|[^"\\\n])*"?)|(?<n>-?${NUMBER})|(?<w>true|false|null)`, 'g'), keywords: words('true false null') },
  markup: { pattern: /(?<c><!--[\s\S]*?(?:-->|$))|(?<k><\/?[A-Za-z][\w:.-]*|\/?>)|(?<s>=\s*(?:"[^"]*"?|'[^']*'?))|(?<t>&[\w#]+;)/g, keywords: words('') },
  diff: { pattern: /(?<s>^\+[^\n]*)|(?<k>^-[^\n]*)|(?<t>^@@[^\n]*)/gm, keywords: words('') },
  markdown: { pattern: /(?<k>^#{1,6} [^\n]*)|(?<s>`[^`\n]*`|^```[\s\S]*?^```)|(?<t>\[[^\]\n]*\]\([^)\n]*\))/gm, keywords: words('') },
};

const BY_EXTENSION = new Map();
for (const [family, extensions] of Object.entries({
  c: 'js mjs cjs ts jsx tsx java kt kts go rs c h cc cpp hpp cs swift scala php proto gradle groovy dart tf zig vue svelte m',
  hash: 'py sh bash zsh fish rb pl yaml yml toml ini cfg conf properties env make mk cmake r dockerfile gitignore ps1',
  sql: 'sql lua hs elm ada', css: 'css scss less', json: 'json map webmanifest ipynb', markup: 'html htm xml svg xhtml rss pom xsl plist',
  diff: 'diff patch', markdown: 'md markdown',
})) {
  for (const one of extensions.split(' ')) {
    BY_EXTENSION.set(one, family);
  }
}

export function familyOf(name) {
  if (/^(Makefile|Dockerfile|Vagrantfile|Gemfile|Rakefile)$/.test(name)) {
    return 'hash';
  }
  return BY_EXTENSION.get(extension(name)) ?? '';
}

/** Lines of pieces, each `[text, class]`. */
export function lines(text, family) {
  const result = [[]];
  const put = (piece, kind) => {
    piece.split('\n').forEach((part, i) => {
      if (i > 0) {
        result.push([]);
      }
      if (part !== '') {
        result.at(-1).push([part, kind]);
      }
    });
  };
  const language = FAMILIES[family];
  let end = 0;
  if (language) {
    for (const match of text.matchAll(language.pattern)) {
      const { c, s, n, w, k, t } = match.groups;
      const kind = c ? 'tc' : s ? 'ts' : n ? 'tn' : k ? 'tk' : t ? 'tt'
        : w && language.keywords.has(language.fold ? w.toLowerCase() : w) ? 'tk' : '';
      if (kind !== '') {
        put(text.slice(end, match.index), '');
        put(match[0], kind);
        end = match.index + match[0].length;
      }
    }
  }
  put(text.slice(end), '');
  return result;
}
