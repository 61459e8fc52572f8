import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeEntities, pageResources, pageText, tokenizeHtml } from './html.ts';

const PAGE = `<!doctype html><html><head><title>The &amp; shop</title>
<link rel="stylesheet" href="/s.css"><style>p > a { color: red }</style><script>if (a < b) "<img src=no>"</script></head>
<body><!-- <img src="hidden.png"> --><h1>Hello</h1><p>one
 two<br>three &#8364;</p><IMG SRC='a.png' alt="a > b"><img src=b.gif><img src="a.png"></body></html>`;

it('finds the sub-resources of a page, each once', () => {
  expect(pageResources(tokenizeHtml(PAGE))).toEqual([
    { kind: 'style', url: '/s.css' },
    { kind: 'image', url: 'a.png' },
    { kind: 'image', url: 'b.gif' },
  ]);
});

it('reads the text that the page shows', () => {
  expect(pageText(tokenizeHtml(PAGE))).toEqual({
    title: 'The & shop',
    lines: ['Hello', 'one two', 'three €', '[a > b]'],
  });
});

it('decodes character references and leaves the rest', () => {
  expect(decodeEntities('&lt;&#x41;&#0;&unknown;&')).toBe('<A\ufffd&unknown;&');
});

it('reads any text without failing', () => {
  const piece = fc.constantFrom(
    '<',
    '>',
    '</',
    '<!--',
    '-->',
    '"',
    "'",
    '=',
    'a',
    ' ',
    '<img src',
    '<title',
    '<script>',
    '&#',
    ';',
    '</p>',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece).map((parts) => parts.join('')),
      ),
      (text) => {
        const tokens = tokenizeHtml(text);
        pageResources(tokens);
        pageText(tokens);
      },
    ),
  );
});
