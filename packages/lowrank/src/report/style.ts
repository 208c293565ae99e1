/** The page's style sheet: one column of text, light or dark as the reader's system is, wide or as narrow as a phone. */

/** `level-1` to `level-6` are the shades of a confusion matrix, `base`, `lora` and `specialised` the networks' colours. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fcfbf8; --raised: #f4f2ec; --ink: #1f1e1b; --muted: #67645c; --rule: #e2dfd6;
  --base: #7b828c; --base-faint: #7b828c40;
  --lora: #1f6db0; --lora-faint: #1f6db038;
  --specialised: #c4531a; --specialised-faint: #c4531a38;
  --shade: 176 50 14;
  --on-shade: #fff;
  --serif: Charter, 'Bitstream Charter', 'Sitka Text', Cambria, 'Liberation Serif', serif;
  --sans: system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Liberation Sans', Arial, sans-serif;
  --mono: ui-monospace, 'Cascadia Code', Menlo, Consolas, 'Liberation Mono', monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #17181b; --raised: #202226; --ink: #e9e7e2; --muted: #a3a099; --rule: #34363b;
    --base: #99a1ab; --base-faint: #99a1ab40;
    --lora: #68aeea; --lora-faint: #68aeea38;
    --specialised: #f0935a; --specialised-faint: #f0935a38;
    --shade: 240 140 85;
    --on-shade: #17181b;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0 auto; max-width: 68rem; padding: clamp(1.5rem, 5vw, 4.5rem) clamp(1rem, 4vw, 2.5rem) 5rem;
  background: var(--paper); color: var(--ink);
  font: 1rem/1.6 var(--sans); font-variant-numeric: tabular-nums; overflow-wrap: break-word;
}
h1, h2 { font-family: var(--serif); font-weight: 600; line-height: 1.15; text-wrap: balance; }
h1 { font-size: clamp(2.1rem, 6vw, 3.4rem); letter-spacing: -0.015em; margin: 0.2rem 0 1.2rem; }
h2 { font-size: clamp(1.4rem, 3vw, 1.75rem); margin: 0 0 0.7rem; }
p { margin: 0 0 1rem; max-width: 42rem; text-wrap: pretty; }
.kicker, .aside, small, caption, figcaption { color: var(--muted); font-size: 0.875rem; }
.kicker { margin: 0; letter-spacing: 0.02em; }
.lede { font-family: var(--serif); font-size: clamp(1.1rem, 2.2vw, 1.25rem); line-height: 1.55; }
section { border-top: 1px solid var(--rule); margin-top: clamp(2.2rem, 5vw, 3.5rem); padding-top: clamp(1.6rem, 3vw, 2.2rem); }
small { display: block; font-weight: 400; line-height: 1.4; }
code { font: 0.9em var(--mono); background: var(--raised); border-radius: 3px; padding: 0.15em 0.4em; }
code span { white-space: nowrap; }
.unseen { position: absolute; left: 0; top: 0; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 1.2rem 1.6rem; margin: 2rem 0 1.2rem; }
.figure { border-top: 3px solid var(--rule); padding-top: 0.6rem; }
.figure.base { border-color: var(--base); }
.figure.lora { border-color: var(--lora); }
.figure.specialised { border-color: var(--specialised); }
.figure dt { color: var(--muted); font-size: 0.875rem; }
.figure dd { margin: 0; font: 600 clamp(1.5rem, 4vw, 2rem)/1.25 var(--serif); }
.figure small { font-family: var(--sans); margin-top: 0.15rem; }

table { border-collapse: separate; border-spacing: 0; font-size: 0.9375rem; line-height: 1.35; }
caption { caption-side: top; padding: 0 0 0.5rem; text-align: left; }
th { font-weight: 500; text-align: left; }
td, thead th { text-align: right; }
thead th:first-child { text-align: left; }
.scroll { position: relative; overflow-x: auto; margin: 1.2rem 0 0; }
.scroll table { min-width: min(100%, 44rem); }
.scroll th, .scroll td { border-bottom: 1px solid var(--rule); padding: 0.45rem 0.7rem; vertical-align: top; white-space: nowrap; }
.scroll th:first-child { background: var(--paper); left: 0; padding-left: 0; position: sticky; }
.scroll :is(th, td):last-child { padding-right: 0; }
.scroll thead th { color: var(--muted); font-size: 0.8125rem; vertical-align: bottom; }
.scroll tfoot :is(th, td) { border-bottom: 0; font-weight: 600; }
.chosen :is(th, td) { font-weight: 700; }
.wide { width: 30%; min-width: 5rem; }
.bar { display: block; width: 100%; height: 0.6rem; margin-top: 0.4rem; fill: var(--muted); }
.bar.base { fill: var(--base); }
.bar.lora { fill: var(--lora); }
.bar.specialised { fill: var(--specialised); }

.legend, .scale { display: flex; flex-wrap: wrap; gap: 0.3rem 1.3rem; list-style: none; margin: 1.2rem 0 0.8rem; padding: 0; font-size: 0.875rem; }
.legend li, .scale li { align-items: center; display: flex; gap: 0.5rem; }
.key { height: 10px; width: 24px; fill: currentColor; stroke: currentColor; stroke-width: 3; }
.key.solid { width: 10px; stroke: none; }
.key.base { color: var(--base); }
.key.lora { color: var(--lora); }
.key.specialised { color: var(--specialised); }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1.4rem 2rem; margin-bottom: 0.8rem; }
figure { margin: 0; min-width: 0; }
.canvas { position: relative; height: 19rem; }
canvas { max-width: 100%; }
figcaption { margin-top: 0.4rem; }
details { margin-top: 1rem; }
summary { cursor: pointer; font-size: 0.9375rem; }
:is(summary, .scroll):focus-visible { outline: 2px solid var(--lora); outline-offset: 3px; }

.scale { gap: 0.3rem 0.9rem; color: var(--muted); font-size: 0.8125rem; }
.scale li { gap: 0.35rem; }
.swatch { border-radius: 2px; display: inline-block; height: 1rem; width: 1rem; }
.matrices { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr)); gap: 1.8rem 1.6rem; }
.confusion { font-size: 0.75rem; table-layout: fixed; width: 100%; max-width: 26rem; border-spacing: 1px; }
.confusion caption { color: var(--ink); font-weight: 500; font-size: 0.9375rem; }
.confusion :is(th, td) { height: 1.75rem; overflow: hidden; padding: 0; text-align: center; white-space: nowrap; }
.confusion th { color: var(--muted); }
.confusion td { border-radius: 2px; }
.confusion .level-0 { color: var(--rule); }
.confusion td.right { font-size: 0.6875rem; letter-spacing: -0.02em; }
.right { color: var(--muted); box-shadow: inset 0 0 0 1px var(--rule); }
.level-1 { background: rgb(var(--shade) / 0.1); }
.level-2 { background: rgb(var(--shade) / 0.22); }
.level-3 { background: rgb(var(--shade) / 0.38); font-weight: 600; }
.level-4 { background: rgb(var(--shade) / 0.56); font-weight: 700; }
.level-5 { background: rgb(var(--shade) / 0.8); color: var(--on-shade); font-weight: 700; }
.level-6 { background: rgb(var(--shade)); color: var(--on-shade); font-weight: 800; }

.notes { margin: 0; padding-left: 1.2rem; max-width: 44rem; }
.notes li { margin-bottom: 0.6rem; }
.settings { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 15rem), 1fr)); gap: 0.9rem 1.6rem; margin: 0 0 1.4rem; }
.settings dt { color: var(--muted); font-size: 0.8125rem; }
.settings dd { margin: 0; }

@media (max-width: 30rem) {
  .figures { grid-template-columns: 1fr 1fr; }
  .canvas { height: 15rem; }
  .scroll table { font-size: 0.875rem; }
  .scroll.fits table { min-width: 0; width: 100%; }
  .scroll :is(th, td) { padding: 0.4rem 0.35rem; }
  .scroll thead th { font-size: 0.75rem; white-space: normal; }
  .scroll.fits th:first-child { white-space: normal; }
  .scroll small { font-size: 0.75rem; }
  .wide { display: none; }
  .settings { grid-template-columns: 1fr 1fr; gap: 0.8rem 1rem; }
  .confusion { font-size: 0.6875rem; }
}
@media print {
  body { max-width: none; padding: 0; }
  section, figure, table { break-inside: avoid; }
}
`;
