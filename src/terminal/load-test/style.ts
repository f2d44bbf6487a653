/** The report's own: the page is one file that asks nobody for anything. */
export const style = `
:root { color-scheme: light dark; --ground: light-dark(#f4f6f8, #0b0f13); --surface: light-dark(#fff, #141a20);
  --rule: light-dark(#cfd8e0, #2a343e); --text: light-dark(#14202b, #e8eef4); --quiet: light-dark(#4a5967, #a3b2c0);
  --line-1: light-dark(#0b5aa8, #7cb8f2); --line-2: light-dark(#b3540b, #ffb066); --line-3: var(--quiet);
  --good: light-dark(#0b6648, #4fd09f); --bad: light-dark(#b30c2c, #ff6b81); }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 24px 16px 48px; max-width: 800px; background: var(--ground); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.5rem; } h2 { margin: 32px 0 8px; font-size: 1.1rem; } p { margin: 4px 0; }
.quiet { color: var(--quiet); } .passed { color: var(--good); } .failed { color: var(--bad); }
.passed, .failed { font-weight: 600; }
.remark { margin-top: 12px; padding: 8px 12px; background: var(--surface); border-left: 4px solid var(--bad); }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 8px; margin: 16px 0 0; }
dl > div { padding: 10px 12px; background: var(--surface); border: 1px solid var(--rule); border-radius: 6px; }
dt { color: var(--quiet); font-size: .8rem; }
dd { margin: 0; font-size: 1.25rem; font-variant-numeric: tabular-nums; }
figure { margin: 0; padding: 12px; background: var(--surface); border: 1px solid var(--rule); border-radius: 6px; }
figcaption { display: flex; flex-wrap: wrap; gap: 4px 16px; font-size: .85rem; } .unit { margin-left: auto; color: var(--quiet); }
.key::before { content: ""; display: inline-block; width: 16px; margin-right: 6px; vertical-align: middle;
  border-top: 3px solid var(--line-1); }
.key { white-space: nowrap; }
.key-2::before { border-color: var(--line-2); } .key-3::before { border-color: var(--line-3); } .key-dashed::before { border-top-style: dashed; }
svg { display: block; width: 100%; height: auto; margin-top: 8px; } .narrow { display: none; }
svg text { fill: var(--quiet); font-size: 12px; } .grid { stroke: var(--rule); }
.line { fill: none; stroke: var(--line-1); stroke-width: 2; stroke-linejoin: round; }
.line-2 { stroke: var(--line-2); } .line-3 { stroke: var(--line-3); } .dashed { stroke-dasharray: 5 4; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 6px 8px; text-align: right; border-bottom: 1px solid var(--rule); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; } th { color: var(--quiet); font-weight: 500; }
pre { overflow-x: auto; padding: 12px; background: var(--surface); border: 1px solid var(--rule); border-radius: 6px;
  font-size: .8rem; }
@media (max-width: 520px) { .wide { display: none; } .narrow { display: block; }
  th, td { padding: 6px 3px; } table { font-size: .8rem; } }
`;
